"""Messages that a strict server rejects (support/hostile.py) or must accept, over raw sockets."""

import contextlib
import time

import pytest
from support.checks import check_problem
from support.hostile import CASES, CHUNKED, FOLLOWED_BY, HEAD
from support.ids import VIDEO
from support.tokens import mint
from support.wire import Response

BY_ID = {case.id: case for case in CASES}


def only_response(data, method="GET"):
    """The only response in `data`; fails when a second one follows."""
    head, rest = data.split(b"\r\n\r\n", 1)
    response = Response(head)
    response.body = rest
    assert len(rest) == (0 if method == "HEAD" else response.length), data
    return response


def check_refusal(data, case):
    """Checks that `data` is only one error response to `case`, after which the connection
    closes."""
    is_head = case.data.startswith(b"HEAD ")
    answer = only_response(data, "HEAD" if is_head else "GET")
    assert answer.status in case.statuses, answer
    assert answer.get("Connection") == "close"
    assert answer.get("Content-Type") == "application/problem+json"
    if not is_head:
        check_problem(answer, answer.status)


@pytest.mark.parametrize("case", BY_ID)
def test_row_45_hostile_message(server, case):
    """One response, then the end: the bytes that follow are never taken for a request."""
    case = BY_ID[case]
    check_refusal(server.raw(case.data + FOLLOWED_BY), case)


def test_row_45_hostile_messages_in_two_parts(server):
    """The result does not depend on how the bytes arrive."""
    for number, case in enumerate(CASES):
        cut = 1 + number * 7919 % (len(case.data) - 1)
        with server.connect() as connection, contextlib.suppress(BrokenPipeError):
            connection.send(case.data[:cut])
            time.sleep(0.002)
            with contextlib.suppress(ConnectionResetError):
                connection.send(case.data[cut:] + FOLLOWED_BY)
            check_refusal(connection.rest(), case)


def test_row_45_hostile_messages_after_a_good_one(server):
    """The valid request is served, the other is rejected, in this order."""
    for case in CASES:
        first, second = server.raw(HEAD + b"\r\n" + case.data).split(b"HTTP/1.1 ")[1:]
        assert first.startswith(b"200 "), case.id
        assert int(second[:3]) in case.statuses, case.id


def test_a_refused_client_that_goes_on_sending_still_hears_why(server):
    """The connection is closed in stages, so that no reset overtakes the response."""
    for data, status in (
        (HEAD + b"Content-Length: 60000\r\n\r\n" + b"x" * 60_000, 400),
        (HEAD + b"Content-Length: 100000\r\n\r\n" + b"x" * 100_000, 413),
        (HEAD + CHUNKED + b"\r\n" + (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 20, 400),
        (b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + b"x" * 60_000, 405),
    ):
        for _ in range(10):
            check_problem(only_response(server.raw(data, timeout=5)), status)


ACCEPTED = {
    "a CRLF before it": b"\r\n" + HEAD + b"\r\n",
    "several CRLFs before it": b"\r\n\r\n\r\n" + HEAD + b"\r\n",
    "no white space after the colon": b"GET /healthz HTTP/1.1\r\nHost:x\r\n\r\n",
    "tabs around the value": b"GET /healthz HTTP/1.1\r\nHost:\t x \t\r\n\r\n",
    "an empty value": HEAD + b"X-A:\r\n\r\n",
    "bytes beyond ASCII in a value": HEAD + b"X-A: \xe9\xff\r\n\r\n",
    "names in any case": b"GET /healthz HTTP/1.1\r\nhOST: x\r\n\r\n",
    "a length of zero": HEAD + b"Content-Length: 0\r\n\r\n",
    "a port without digits": b"GET /healthz HTTP/1.1\r\nHost: x:\r\n\r\n",
    "an IPv6 host": b"GET /healthz HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
    "a name of many labels": b"GET /healthz HTTP/1.1\r\nHost: a-b.c_d.example.:443\r\n\r\n",
    "a query of any characters": b"GET /healthz?a=/?:@!$&'()*+,;=%20|^`{}[] HTTP/1.1\r\nHost: x\r\n\r\n",
    "a target of 8000 bytes": b"GET /healthz?" + b"x" * 7991 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "absolute-form": b"GET http://y:80/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "absolute-form, scheme in capitals": b"GET HTTPS://y/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "chunked content that is exactly empty": HEAD + CHUNKED + b"\r\n0\r\n\r\n",
    "chunked in capitals, exactly empty": HEAD + CHUNKED.upper() + b"\r\n0\r\n\r\n",
    "Upgrade to WebSocket": HEAD + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "Upgrade to HTTP/2": HEAD
    + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
    "Expect without content": HEAD + b"Expect: 100-continue\r\n\r\n",
    "TE": HEAD + b"TE: trailers, deflate;q=0.5\r\n\r\n",
    "several Accept": HEAD + b"Accept: a/b\r\nAccept: c/d\r\n\r\n",
    "HTTP/1.0 kept alive": b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "HTTP/1.0 with Host": b"GET /healthz HTTP/1.0\r\nHost: x\r\nConnection: Keep-Alive\r\n\r\n",
    "HTTP/1.0 with an expectation": b"GET /healthz HTTP/1.0\r\nExpect: 100-continue\r\n"
    b"Connection: keep-alive\r\n\r\n",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_a_strict_server_has_to_take(server, name):
    """The request is served, with no 1xx and no upgrade before it, and so is the next one on the
    connection."""
    with server.connect() as connection:
        for _ in range(2):
            connection.send(ACCEPTED[name])
            answer = connection.read_head()
            assert answer.status == 200, answer
            assert answer.get("Upgrade") is None
            assert answer.get("Connection") in (None, "keep-alive")
            connection.read_exactly(answer.length, answer)


@pytest.mark.parametrize(
    "data",
    [
        b"GET /healthz HTTP/1.0\r\n\r\n",
        b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n",
        HEAD + b"Connection: close\r\n\r\n",
        HEAD + b"Connection: keep-alive, Close\r\n\r\n",
        HEAD + b"Connection: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_connections_that_end_after_the_answer(server, data):
    answer = only_response(server.raw(data + FOLLOWED_BY))
    assert answer.status == 200
    assert answer.get("Connection") == "close"


def test_http_1_0_gets_no_field_it_cannot_know(server):
    with server.connect() as connection:
        connection.send(b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        answer = connection.read()
        assert answer.get("Connection") == "keep-alive"
        assert answer.get("Transfer-Encoding") is None


@pytest.mark.parametrize("target", ["*", "/healthz", VIDEO.target()])
def test_options(server, target):
    with server.connect() as connection:
        for _ in range(2):
            answer = connection.request("OPTIONS", target)
            assert answer.status == 204, answer
            assert answer.list("Allow") == {"get", "head", "options"}
            assert answer.get("Content-Length") is None
            assert answer.get("Content-Type") is None


def test_expect_gets_the_final_answer_and_no_100(server):
    """The final response is sent without a 100 (RFC 9110 §10.1.1), and received content is not
    taken for a request."""
    data = b"POST /healthz HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 35\r\n\r\n"
    answer = only_response(server.raw(data))
    check_problem(answer, 405)
    assert only_response(server.raw(data + FOLLOWED_BY)).status == 405
    answer = only_response(server.raw(data.replace(b"POST", b"GET")))
    check_problem(answer, 400)


def test_methods_that_no_route_has_keep_the_connection(server):
    with server.connect() as connection:
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
            answer = connection.request(method, "/healthz")
            check_problem(answer, 405)
            assert answer.list("Allow") == {"get", "head", "options"}
        assert connection.request("GET", "/healthz").status == 200


def test_head_has_the_header_of_get_and_nothing_else(server):
    token = mint(VIDEO)
    with server.connect() as connection:
        for target, status in (("/healthz", 200), (VIDEO.target(), 200), ("/nowhere", 404)):
            fields = {"Authorization": f"Bearer {token}"}
            whole = connection.request("GET", target, fields)
            head = connection.request("HEAD", target, fields)
            assert (whole.status, head.status) == (status, status)
            assert head.length == whole.length
            assert head.get("Content-Type") == whole.get("Content-Type")


def test_pipelined_refusals_that_are_no_framing_error_go_on(server):
    """401, 404, 405 and an invalid parameter do not affect the framing of the next request."""
    lines = (f"GET {VIDEO.target()}", "GET /nowhere", "POST /healthz", "GET /healthz")
    with server.connect() as connection:
        connection.send("".join(f"{line} HTTP/1.1\r\nHost: x\r\n\r\n" for line in lines).encode())
        assert [connection.read().status for _ in lines] == [401, 404, 405, 200]
