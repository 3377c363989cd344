"""Every limit of the configuration: the status of the response, the close, and the metric."""

import contextlib
import socket

import pytest
from support.checks import check_problem
from support.ids import VIDEO, Lesson
from support.metrics import metric
from support.server import Server
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed, request_bytes

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"


def reached(server, limit):
    """sluice_limits_reached_total of one limit."""
    return metric(server, f'sluice_limits_reached_total{{limit="{limit}"}}')


@pytest.fixture(scope="module")
def strict(tmp_path_factory, media):
    """A server whose limits are all low enough to reach."""
    limits = {
        "header_bytes": 8192,
        "header_fields": 8,
        "target_bytes": 512,
        "content_bytes": 100,
        "header_timeout": 1,
        "idle_timeout": 2,
        "requests_per_connection": 2,
    }
    instance = Server(tmp_path_factory.mktemp("limits"), media.root, config={"limits": limits})
    yield instance
    instance.stop()


@pytest.mark.parametrize(
    "limit, status, data",
    [
        ("target_bytes", 414, b"GET /" + b"x" * 600),
        ("header_bytes", 431, GET + b"X-A: " + b"x" * 9000),
        ("header_fields", 431, GET + b"X-A: b\r\n" * 8 + b"\r\n"),
        ("content_bytes", 413, GET + b"Content-Length: 101\r\n\r\n" + b"x" * 101),
        ("header_timeout", 408, GET + b"X-A: "),
    ],
)
def test_a_request_over_a_limit_is_refused_counted_and_closed(strict, limit, status, data):
    before = reached(strict, limit)
    with strict.connect() as connection:
        connection.send(data)
        answer = connection.read()
        check_problem(answer, status)
        assert answer.get("Connection") == "close"
        assert connection.is_closed(8)
    assert reached(strict, limit) == before + 1


def test_exactly_at_the_limits_a_request_is_served(strict):
    target = b"GET /healthz?" + b"x" * (512 - len("/healthz?")) + b" HTTP/1.1\r\n"
    fields = b"Host: x\r\n" + b"X-A: b\r\n" * 6
    padding = 8192 - len(target + fields) - len("X-P: \r\n\r\n")
    data = target + fields + b"X-P: " + b"x" * padding + b"\r\n\r\n"
    assert len(data) == 8192
    with strict.connect() as connection:
        connection.send(data)
        assert connection.read().status == 200


def test_idle_connections_are_counted(strict):
    before = reached(strict, "idle_timeout")
    with strict.connect() as connection:
        assert connection.request("GET", "/healthz").status == 200
        assert connection.is_closed(8)
    assert reached(strict, "idle_timeout") == before + 1


def test_the_last_request_of_a_connection_is_counted(strict):
    before = reached(strict, "requests_per_connection")
    with strict.connect() as connection:
        connection.send((GET + b"\r\n") * 3)
        assert connection.read().get("Connection") is None
        assert connection.read().get("Connection") == "close"
        assert connection.is_closed(8)
    assert reached(strict, "requests_per_connection") == before + 1


def test_stalled_and_slow_transfers_are_counted_apart(start_server, tree):
    video = tree.add(Lesson("slow.mp4"), bytes(64 << 20))
    request = request_bytes("GET", video.target(), {"Authorization": f"Bearer {mint(video)}"})
    for limit, limits in (
        ("stall_timeout", {"stall_timeout": 1, "pause_timeout": 0, "min_rate": 0}),
        ("pause_timeout", {"stall_timeout": 1, "pause_timeout": 2}),
        ("min_rate", {"stall_timeout": 60, "min_rate": 1 << 30, "min_rate_grace": 1}),
    ):
        server = start_server(tree, config={"limits": limits})
        with server.connect(receive_buffer=4096) as connection:
            connection.send(request)
            connection.read_head()
            eventually(lambda: reached(server, limit) == 1)


def test_row_41_cap_per_peer(start_server, tree):
    """A connection over the limit gets 503, further ones get no response, and other peers are
    served throughout."""
    limits = {"connections_per_peer": 4, "uncounted_peers": ["127.0.0.1"]}
    server = start_server(tree, config={"limits": limits})
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(server.connect(source="127.0.0.9")) for _ in range(4)]
        for connection in held:
            assert connection.request("GET", "/healthz").status == 200
        for _ in range(3):
            with server.connect(source="127.0.0.9") as extra:
                answer = extra.request("GET", "/healthz")
                check_problem(answer, 503)
                assert int(answer.get("Retry-After")) > 0
                assert extra.is_closed()
        assert reached(server, "connections_per_peer") == 3
        silent = [stack.enter_context(server.connect(source="127.0.0.9")) for _ in range(30)]
        assert sum(connection.is_closed(1) for connection in silent[-8:]) == 8
        with server.connect(source="127.0.0.10") as other:
            assert other.request("GET", "/healthz").status == 200
        for _ in range(20):
            stack.enter_context(server.connect(source="127.0.0.1"))
        assert server.download(VIDEO).status == 200
        assert held[0].request("GET", "/healthz").status == 200

    def is_served():
        with contextlib.suppress(Closed, OSError), server.connect(source="127.0.0.9") as again:
            return again.request("GET", "/healthz").status == 200
        return False

    eventually(is_served)


def test_row_41_the_cap_spares_balancers_by_default(start_server, tree):
    """Many clients share one address on loopback and in private networks."""
    server = start_server(tree, config={"limits": {"connections_per_peer": 1}})
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(server.connect()) for _ in range(20)]
        assert all(one.request("GET", "/healthz").status == 200 for one in held)


def test_row_48_silent_connections_over_the_limit_go_soon(start_server, tree):
    """Connections over the limit may wait for their 503, but for two seconds and not for the header
    deadline."""
    server = start_server(tree, config={"limits": {"connections": 2, "header_timeout": 60}})
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(server.connect()) for _ in range(2)]
        assert all(one.request("GET", "/healthz").status == 200 for one in held)
        silent = stack.enter_context(server.connect())
        assert silent.is_closed(10)
        refused = stack.enter_context(server.connect()).request("GET", "/healthz")
        check_problem(refused, 503)
        assert int(refused.get("Retry-After")) > 0


def test_a_client_that_half_closes_gets_its_answer(server):
    with server.connect() as connection:
        connection.send(GET + b"\r\n")
        connection.socket.shutdown(socket.SHUT_WR)
        assert connection.read().status == 200
