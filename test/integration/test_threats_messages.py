"""Hostile messages: row 45 of the table of threats, and what HTTP asks of a connection."""

import pytest
from support.checks import check_problem
from support.ids import VIDEO, Lesson
from support.tokens import mint
from support.wire import Response, request_bytes


CHUNKED = "Transfer-Encoding: chunked\r\n"
SMUGGLING = {
    "content-length and chunked": f"Content-Length: 5\r\n{CHUNKED}\r\n0\r\n\r\n",
    "chunked and content-length": f"{CHUNKED}Content-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
    "two equal lengths": "Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "list of lengths": "Content-Length: 0, 0\r\n\r\n",
    "signed length": "Content-Length: +0\r\n\r\n",
    "hexadecimal length": "Content-Length: 0x0\r\n\r\n",
    "huge length": "Content-Length: 99999999999999999999\r\n\r\n",
    "unknown coding": "Transfer-Encoding: xchunked\r\n\r\n",
    "gzip": "Transfer-Encoding: gzip\r\n\r\n",
    "identity": "Transfer-Encoding: identity\r\nContent-Length: 0\r\n\r\n",
    "gzip, chunked": "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked, gzip": "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "chunked twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "gzip, then chunked": "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "empty coding": "Transfer-Encoding: \r\n\r\n",
    "space before colon": "Content-Length : 0\r\n\r\n",
    "folded field": "X-A: b\r\n c\r\n\r\n",
    "bare line feeds": "X-A: b\n\n",
    "bare line feed": "X-A: b\nX-B: c\r\n\r\n",
    "bare carriage return": "X-A: b\rX-B: c\r\n\r\n",
    "NUL": "X-A: b\0c\r\n\r\n",
    "no colon": "X-A\r\n\r\n",
    "empty name": ": x\r\n\r\n",
    "second host": "Host: elsewhere.example\r\n\r\n",
    "body": "Content-Length: 5\r\n\r\nhello",
    "chunked body": "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
}


def only_response(data):
    """The one response that `data` holds; fails when a second one follows."""
    head, rest = data.split(b"\r\n\r\n", 1)
    response = Response(head)
    response.body = rest
    assert len(rest) == response.length, data
    return response


@pytest.mark.parametrize("name", SMUGGLING)
def test_row_45_smuggling(server, name):
    """One answer, then the end: what follows is never taken for a request."""
    followed_by = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    data = f"GET /healthz HTTP/1.1\r\nHost: x\r\n{SMUGGLING[name]}".encode() + followed_by
    answer = only_response(server.raw(data))
    assert answer.status in (400, 501), answer
    check_problem(answer, answer.status)
    assert answer.get("Connection") == "close"


REQUEST_LINES = {
    "GET /healthz HTTP/1.2": {505, 200},
    "GET /healthz HTTP/2.0": {505},
    "GET /healthz HTTP/01.1": {400},
    "GET /healthz HTTP/1": {400},
    "GET /healthz http/1.1": {400},
    "GET /healthz HTTP/1.1 x": {400},
    "GET  /healthz HTTP/1.1": {400},
    "GET /health z HTTP/1.1": {400},
    "GET /healthz": {400},
    " GET /healthz HTTP/1.1": {400},
    "GET\t/healthz\tHTTP/1.1": {400},
    "G@T /healthz HTTP/1.1": {400, 501},
    "get /healthz HTTP/1.1": {501},
    "TRACE /healthz HTTP/1.1": {405, 501},
    "CONNECT x:80 HTTP/1.1": {400, 405, 501},
    "GET * HTTP/1.1": {400},
    "GET healthz HTTP/1.1": {400},
    "GET /healthz#x HTTP/1.1": {400},
    'GET /"healthz HTTP/1.1': {400},
    "GET /<healthz> HTTP/1.1": {400},
    "GET ftp://x/healthz HTTP/1.1": {400},
}


@pytest.mark.parametrize("line", REQUEST_LINES)
def test_row_45_request_lines(server, line):
    answer = only_response(server.raw(f"{line}\r\nHost: x\r\nConnection: close\r\n\r\n".encode()))
    assert answer.status in REQUEST_LINES[line], answer
    if answer.status != 200:
        check_problem(answer, answer.status)


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "a,b", "user@x", "x/y", "x:y", "x:80:80", "[::1", "a\\b", "é"]
)
def test_row_45_host(server, host):
    check_problem(server.request("GET", "/healthz", {"Host": host.encode().decode("latin-1")}), 400)


def test_row_45_no_host(server):
    check_problem(server.request("GET", "/healthz", host=None), 400)


@pytest.mark.parametrize("host", ["x", "x:80", "127.0.0.1", "[::1]:8080", "a-b.example", "a.b:"])
def test_row_45_good_hosts(server, host):
    assert server.request("GET", "/healthz", {"Host": host}).status == 200


def test_row_45_absolute_form(server):
    """RFC 9112 §3.2.2: it has to be accepted, and its authority counts."""
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


def test_row_45_token_in_a_trailer_is_not_read(server):
    data = (
        f"GET {VIDEO.target()} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"Trailer: Authorization\r\n\r\n0\r\nAuthorization: Bearer {mint(VIDEO)}\r\n\r\n"
    )
    assert only_response(server.raw(data.encode())).status in (400, 401, 413)


def test_row_45_limits(server):
    check_problem(server.get("/healthz?" + "x" * 9000), 414)
    check_problem(server.get("/healthz", {"X-A": "x" * 20000}), 431)
    check_problem(server.get("/healthz", [(f"X-{n}", "x") for n in range(200)]), 431)
    assert server.get("/healthz?" + "x" * 7000).status == 200


def test_row_45_expectations(server):
    check_problem(server.get("/healthz", {"Expect": "the-unexpected"}), 417)


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
