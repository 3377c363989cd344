"""Several listeners, unix sockets, passed sockets, and balancers that speak the PROXY protocol."""

import socket
import stat
import subprocess
import time

import pytest
from support import proxy
from support.ids import VIDEO
from support.server import BINARY, environment, run_sluice
from support.wire import Connection, request_bytes


@pytest.fixture
def start(start_server, tree):
    """start([listener, …], **other settings) → a Server without the flag --listen."""

    def make(listeners, **settings):
        return start_server(tree, config={"listeners": listeners, **settings}, listen=None)

    return make


def ask(address, data=b"", target="/healthz", fields=()):
    """One request after `data`, on a connection of its own."""
    with Connection(address) as connection:
        connection.send(data + request_bytes("GET", target, fields))
        return connection.read()


def is_refused(address, data):
    """True when the server closes the connection without a response."""
    with Connection(address) as connection:
        connection.send(data)
        return connection.is_closed()


def logged_peer(server, answer):
    request_id = answer.get("X-Request-Id")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for line in server.access_log():
            if line["request_id"] == request_id:
                return line["peer"]
        time.sleep(0.05)
    raise AssertionError(server.stdout())


def test_several_listeners_of_every_kind(start, tmp_path):
    path = tmp_path / "s.sock"
    server = start([{"address": "127.0.0.1:0"}, {"address": "127.0.0.2:0", "backlog": 5},
                    {"address": "[::1]:0"}, {"address": f"unix:{path}", "mode": "0600"}])
    assert len(server.addresses) == 4
    for address in server.addresses:
        assert ask(address).status == 200
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert logged_peer(server, ask(str(path))) == "unix"
    server.stop()
    assert not path.exists(), "the socket stayed behind"


def test_dual_stack_is_explicit(start):
    both = start([{"address": "[::]:0"}])
    port = both.addresses[0][1]
    assert logged_peer(both, ask(("127.0.0.1", port))) == "127.0.0.1"
    assert logged_peer(both, ask(("::1", port))) == "::1"
    only = start([{"address": "[::]:0", "dual_stack": False}])
    with pytest.raises(ConnectionRefusedError):
        ask(("127.0.0.1", only.addresses[0][1]))


def test_a_stale_socket_is_replaced_and_nothing_else(start, tree, tmp_path):
    path = tmp_path / "s.sock"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    first = start([{"address": f"unix:{path}"}])
    assert ask(str(path)).status == 200
    refused = run_sluice("serve", "--listen", f"unix:{path}", "--media-root", tree.root)
    assert refused.returncode != 0 and "in use" in refused.stderr
    assert ask(str(path)).status == 200, "somebody else took the socket away"
    first.stop()
    assert not path.exists()
    path.write_text("precious")
    refused = run_sluice("serve", "--listen", f"unix:{path}", "--media-root", tree.root)
    assert refused.returncode != 0 and str(path) in refused.stderr
    assert path.read_text() == "precious"


def test_row_52_no_way_in_makes_a_client_local_for_the_issuer(start, tmp_path):
    path = tmp_path / "s.sock"
    server = start([{"address": f"unix:{path}"}, {"address": "127.0.0.1:0", "proxy_protocol": "any"}],
                   issuer={"mode": "auto"})
    query = VIDEO.query("trainer123")
    assert ask(str(path), target=query).status == 403
    for header in (proxy.LOCAL, proxy.UNSPEC, b"PROXY UNKNOWN\r\n", proxy.v1("127.0.0.1"), proxy.v2("127.0.0.1")):
        assert ask(server.addresses[1], header, query).status == 403


def test_a_balancers_connection_takes_one_place(start):
    """Once its PROXY header has been read, a connection counts for its client."""
    server = start([{"address": "127.0.0.1:0", "proxy_protocol": "any"}], limits={"connections": 1})
    for header in (proxy.v1(), proxy.v2(), b"PROXY UNKNOWN\r\n", proxy.v1()):
        deadline = time.monotonic() + 10  # the one before may not have been noticed to leave yet
        while (answer := ask(server.addresses[0], header)).status != 200:
            assert answer.status == 503 and time.monotonic() < deadline, answer
            time.sleep(0.05)


@pytest.mark.parametrize("header,peer", [
    (proxy.v1(), "192.0.2.7"), (proxy.v1("2001:db8::7", "::1"), "2001:db8::7"),
    (proxy.v2(), "192.0.2.7"), (proxy.v2("2001:db8::7"), "2001:db8::7"),
    (proxy.v2(extensions=proxy.tlv(5, b"id") + proxy.tlv(4, b"")), "192.0.2.7"),
    (proxy.LOCAL, "127.0.0.1"), (proxy.UNSPEC, "127.0.0.1"), (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
])
def test_proxy_headers_name_the_client(start, header, peer):
    server = start([{"address": "127.0.0.1:0", "proxy_protocol": "any"}])
    assert logged_peer(server, ask(server.addresses[0], header)) == peer


def test_a_header_that_trickles_is_read_and_the_request_behind_it_too(start):
    server = start([{"address": "127.0.0.1:0", "proxy_protocol": "v2"}])
    data = proxy.v2(extensions=proxy.tlv(5, b"x" * 40)) + request_bytes("GET", "/healthz")
    with Connection(server.addresses[0]) as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(0, len(data), 7):
            connection.send(data[i:i + 7])
            time.sleep(0.01)
        answer = connection.read()
        assert answer.status == 200 and logged_peer(server, answer) == "192.0.2.7"
        assert connection.request("GET", "/healthz").status == 200


BAD_HEADERS = {
    "none": request_bytes("GET", "/healthz"),
    "v1 where v2 is wanted": proxy.v1() + request_bytes("GET", "/healthz"),
    "datagram": proxy.SIGNATURE + b"\x21\x12\x00\x0c" + bytes(12),
    "oversize": proxy.SIGNATURE + b"\x21\x11\xff\xff" + bytes(100),
    "extension cut": proxy.v2(extensions=b"\x05\x00\x09x"),
    "checksum": proxy.v2(extensions=proxy.tlv(3, b"abcd")),
}


@pytest.mark.parametrize("name", BAD_HEADERS)
def test_a_connection_without_a_good_header_is_closed(start, name):
    server = start([{"address": "127.0.0.1:0", "proxy_protocol": "v2"}, {"address": "127.0.0.1:0"}])
    assert is_refused(server.addresses[0], BAD_HEADERS[name])
    assert "sluice_proxy_headers_refused_total 1" in ask(server.addresses[1], target="/metrics").body.decode()


def test_a_strangers_header_is_a_bad_request(start):
    server = start([{"address": "127.0.0.1:0"}])
    for header in (proxy.v1(), proxy.v2()):
        assert ask(server.addresses[0], header).status == 400


def test_only_the_balancers_named_may_send_a_header(start):
    server = start([{"address": "127.0.0.1:0", "proxy_protocol": "any", "proxy_from": ["10.0.0.0/8"]},
                    {"address": "127.0.0.2:0", "proxy_protocol": "any", "proxy_from": ["127.0.0.0/8"]}])
    assert is_refused(server.addresses[0], proxy.v1())
    assert logged_peer(server, ask(server.addresses[1], proxy.v1())) == "192.0.2.7"


def test_a_header_has_a_deadline(start):
    server = start([{"address": "127.0.0.1:0", "proxy_protocol": "any"}], limits={"header_timeout": 1})
    with Connection(server.addresses[0]) as connection:
        connection.send(b"PROXY ")
        began = time.monotonic()
        assert connection.is_closed(timeout=10)
        assert time.monotonic() - began > 0.9


# Opens the socket, then executes the service with LISTEN_* set, as systemd does.
ACTIVATE = """
import os, sys
fd, name, *command = sys.argv[1:]
os.dup2(int(fd), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES=name)
os.execv(command[0], command)
"""


def activated(listener, name="http"):
    """A command prefix for Server, and the descriptor that it passes on."""
    return ["/usr/bin/python3", "-c", ACTIVATE, str(listener.fileno()), name]


def test_a_passed_socket_is_served(start_server, tree):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = start_server(tree, listen="systemd:http", prefix=activated(listener),
                              pass_fds=[listener.fileno()])
        assert server.addresses == [listener.getsockname()]
        assert server.get("/healthz").status == 200


def test_a_passed_socket_that_nobody_takes_is_an_error(tree):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        for name, listen in (("http", "systemd:other"), ("http", "127.0.0.1:0")):
            result = subprocess.run(
                [*activated(listener, name), BINARY, "serve", "--listen", listen, "--media-root",
                 tree.root], env=environment(), pass_fds=[listener.fileno()],
                capture_output=True, encoding="utf-8", timeout=30, check=False)
            assert result.returncode == 1
            assert "passed" in result.stderr and "terminate" not in result.stderr


def test_sockets_meant_for_somebody_else_are_left_alone(start_server, tree):
    server = start_server(tree, env={"LISTEN_FDS": "1", "LISTEN_PID": "1"})
    assert server.get("/healthz").status == 200
