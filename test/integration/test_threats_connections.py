"""Hostile use of connections: rows 41 to 43 and 48 of the table of threats."""

import contextlib
import os
import socket
import time

import pytest
from support.checks import check_problem
from support.ids import VIDEO, Lesson
from support.media import noise
from support.server import BINARY, SANITIZER_MARK
from support.tokens import decode, mint
from support.wire import Closed, request_bytes


def test_row_41_header_deadline_is_absolute(start_server, tree):
    """A trickle of bytes does not extend the header deadline."""
    server = start_server(tree, config={"limits": {"header_timeout": 1}})
    began = time.monotonic()
    with server.connect() as connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        connection.socket.settimeout(0.1)
        answer = None
        while answer is None and time.monotonic() - began < 8:
            connection.send(b"x")
            with contextlib.suppress(socket.timeout):
                answer = connection.read()
        check_problem(answer, 408)
        assert connection.is_closed()
    assert 0.9 < time.monotonic() - began < 4


def test_row_41_many_slow_clients_keep_nobody_waiting(start_server, tree):
    server = start_server(tree, config={"limits": {"header_timeout": 5}})
    with contextlib.ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(server.connect()).send(b"GET / HTTP/1.1\r\nX-Slow: x")
        began = time.monotonic()
        assert server.download(VIDEO).status == 200
        assert time.monotonic() - began < 2


def test_row_41_idle_connection_is_closed(start_server, tree):
    server = start_server(tree, config={"limits": {"idle_timeout": 1, "header_timeout": 1}})
    with server.connect() as used, server.connect() as unused:
        assert used.request("GET", "/healthz").status == 200
        assert used.is_closed(4), "a client that says nothing is no error: no answer"
        assert unused.is_closed(4)


def test_row_41_tls_hello_to_the_plain_port(start_server, tree):
    """Bytes that never form a request are cut at the deadline like any others."""
    server = start_server(tree, config={"limits": {"header_timeout": 1}})
    hello = bytes.fromhex("16030100c8010000c40303") + bytes(range(128, 228))
    with server.connect() as connection:
        connection.send(hello.replace(b"\n", b"x"))
        answer = connection.read()
        assert answer.status in (400, 408)
        assert connection.is_closed(5)


@pytest.mark.parametrize(
    "limits, pause",
    [
        ({"stall_timeout": 1, "pause_timeout": 0, "min_rate": 0}, None),
        ({"stall_timeout": 1, "paused_connections": 0}, None),
        ({"stall_timeout": 1, "pause_timeout": 2}, None),
        ({"stall_timeout": 60, "min_rate": 16 << 20, "min_rate_grace": 1}, 0.01),
    ],
    ids=["stalled", "no pauses", "paused", "trickling"],
)
def test_row_42_slow_reader_is_cut_and_resumes(start_server, tree, limits, pause):
    body = noise(64 << 20)
    video = tree.add(Lesson("slow.mp4"), body)
    server = start_server(tree, config={"limits": limits})
    request = request_bytes("GET", video.target(), {"Authorization": f"Bearer {mint(video)}"})
    with server.connect(receive_buffer=4096) as connection:
        connection.send(request)
        head = connection.read_head()
        assert head.length == len(body)
        got, began = b"", time.monotonic()
        if pause is None:
            time.sleep(4 if "pause_timeout" in limits else 2.5)
        else:
            while time.monotonic() - began < 2.5:
                got += connection.receive(1024)
                time.sleep(pause)
        got += connection.rest(10)
    assert len(got) < len(body)
    assert got == body[: len(got)]

    wanted = {"Range": f"bytes={len(got)}-", "If-Range": head.get("ETag")}
    rest = server.download(video, wanted)
    assert rest.status == 206
    assert got + rest.body == body
    assert "sluice_transfers_cut_total 1\n" in server.get("/metrics").body.decode()


def test_row_43_a_token_is_good_from_any_address_and_leaves_a_trail(start_server, tree):
    """A bearer token is bound to a file, not to a client: phones change their address in
    mid-download. The access log has one line per use, with the token's id and the address."""
    server = start_server(tree)
    issued = server.token(VIDEO)
    addresses = [f"127.0.0.{n}" for n in range(2, 52)]
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(server.connect(source=one)) for one in addresses]
        for connection in held:
            connection.send(request_bytes("GET", VIDEO.target(), {"Authorization": f"Bearer {issued}"}))
        assert [connection.read().status for connection in held] == [200] * 50
    jti = decode(issued)[1]["jti"]

    def trail():
        return [line["peer"] for line in server.access_log() if line.get("jti") == jti]

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not set(addresses) <= set(trail()):
        time.sleep(0.05)
    assert sorted(set(trail()) - {"127.0.0.1"}) == sorted(addresses)
    assert issued not in server.stdout() + server.stderr()


def test_row_48_connection_limit(start_server, tree):
    server = start_server(tree, config={"limits": {"connections": 8}})
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(server.connect()) for _ in range(8)]
        for connection in held:
            assert connection.request("GET", "/healthz").status == 200
        with server.connect(timeout=3) as extra:
            try:
                answer = extra.request("GET", "/healthz")
                check_problem(answer, 503)
                assert int(answer.get("Retry-After")) > 0
            except (Closed, ConnectionError):
                pass
        assert held[0].request("GET", "/healthz").status == 200
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with contextlib.suppress(Closed, OSError):
            if server.get("/healthz").status == 200:
                return
    pytest.fail("closed connections were never given back")


@pytest.mark.skipif(
    SANITIZER_MARK in BINARY.read_bytes(),
    reason="UBSan needs a descriptor of its own to look at an object",
)
def test_row_48_out_of_descriptors(start_server, tree):
    """Without a free descriptor the service waits without spinning, and works again when some are
    free."""
    server = start_server(tree, prefix=("prlimit", "--nofile=64:64"))
    with contextlib.ExitStack() as stack:
        for _ in range(150):
            stack.enter_context(server.connect())
        time.sleep(0.3)
        before = cpu_seconds(server.process.pid)
        time.sleep(1)
        assert cpu_seconds(server.process.pid) - before < 0.5
        assert server.process.poll() is None
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(Closed, OSError):
            if server.download(VIDEO, token=mint(VIDEO)).status == 200:
                return
    pytest.fail("never recovered")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
