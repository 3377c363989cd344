"""Row 45 of the table of threats where a token is involved, and HTTP's requirements for a
connection. The messages themselves: test_strict_messages.py."""

import time

from support.checks import check_problem
from support.ids import VIDEO, Lesson
from support.tokens import mint
from support.wire import request_bytes
from test_strict_messages import only_response


def test_row_45_absolute_form(server):
    """RFC 9112 §3.2.2: the absolute form must be accepted, and its authority is the one that
    applies."""
    with server.connect() as connection:
        target = f"http://{server.host}{VIDEO.query('trainer123')}"
        answer = connection.request("GET", target, {"Host": "elsewhere.example"})
        assert answer.json()["download_url"] == server.base + VIDEO.target()
        foreign = f"http://elsewhere.example{VIDEO.query('trainer123')}"
        check_problem(connection.request("GET", foreign, {"Host": server.host}), 403)


def test_row_45_body_on_a_download(server):
    token = server.token(VIDEO)
    fields = {"Authorization": f"Bearer {token}", "Content-Length": "11"}
    data = request_bytes("GET", VIDEO.target(), fields, body=b"hello world")
    answer = only_response(server.raw(data))
    assert answer.status in (400, 413)


def test_row_45_an_exactly_empty_chunked_body_is_none(server, media):
    """A chunked empty body, in parts of any size as tunnels send it; the next request begins after
    it."""
    fields = {"Authorization": f"Bearer {mint(VIDEO)}", "Transfer-Encoding": "chunked"}
    data = request_bytes("GET", VIDEO.target(), fields) + b"0\r\n\r\n"
    with server.connect() as connection:
        for cut in (len(data), *range(len(data) - 8, len(data)), 1):
            connection.send(data[:cut])
            time.sleep(0.02)
            connection.send(data[cut:] + data)
            for _ in range(2):
                answer = connection.read()
                assert answer.status == 200 and answer.body == media.content(VIDEO)


def test_row_45_a_last_chunk_that_does_not_come_is_waited_for_no_longer_than_a_header(start_server, tree):
    server = start_server(tree, config={"limits": {"header_timeout": 1}})
    with server.connect() as connection:
        connection.send(request_bytes("GET", "/healthz", {"Transfer-Encoding": "chunked"}) + b"0\r\n")
        check_problem(connection.read(), 408)
        assert connection.is_closed()


def test_names_as_node_sends_them(server, media):
    """The URL standard leaves these characters unencoded in a path; RFC 3986 treats their encoded
    forms as equal."""
    video = media.add(Lesson("a|b^c`d{e}[f].mp4"), b"raw")
    raw = video.target().rsplit("/", 1)[0] + "/" + video.filename
    for target in (raw, video.target()):
        assert server.get(target, token=mint(video)).body == b"raw"
    for other in "#\\\"<>":
        check_problem(server.get(raw.replace("|", other), token=mint(video)), 400)


def test_row_45_token_in_a_trailer_is_not_read(server):
    data = (
        f"GET {VIDEO.target()} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"Trailer: Authorization\r\n\r\n0\r\nAuthorization: Bearer {mint(VIDEO)}\r\n\r\n"
    )
    assert only_response(server.raw(data.encode())).status in (400, 401, 413)


def test_pipelined_requests_are_answered_in_order(server, media):
    videos = [media.add(Lesson(f"pipe{n}.mp4"), bytes([n]) * 5000) for n in range(6)]
    data = b"".join(
        request_bytes("GET", video.target(), {"Authorization": f"Bearer {mint(video)}"})
        for video in videos
    )
    with server.connect() as connection:
        connection.send(b"\r\n" + data)
        assert [connection.read().body for _ in videos] == [media.content(v) for v in videos]


def test_connection_is_kept_and_closed_as_asked(server):
    with server.connect() as connection:
        assert connection.request("GET", "/healthz").get("Connection") != "close"
        last = connection.request("GET", "/healthz", {"Connection": "close"})
        assert last.get("Connection") == "close"
        assert connection.is_closed()
    with server.connect() as connection:
        connection.send(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert connection.read().status == 200
        assert connection.is_closed()


def test_requests_per_connection(start_server, tree):
    server = start_server(tree, config={"limits": {"requests_per_connection": 3}})
    with server.connect() as connection:
        answers = [connection.request("GET", "/healthz") for _ in range(3)]
        assert [answer.get("Connection") for answer in answers][-1] == "close"
        assert connection.is_closed()
