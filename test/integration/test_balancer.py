"""HAProxy and nginx in front, as in deploy/: the detected client, regardless of its own forwarding
fields; the bytes of a file; kept connections."""

import concurrent.futures
import re
import time

import pytest
from support import certificates
from support.balancers import SHIPPED, Balancer
from support.ids import VIDEO, Lesson
from support.media import noise
from support.metrics import metric
from support.server import run_sluice
from support.tokens import mint
from test_listeners import logged_peer

# The changes for nodes that receive the client's address by the PROXY protocol instead of in fields.
WITH_HEADER = {
    "v1": "default-server send-proxy check-send-proxy check",
    "v2": "default-server send-proxy-v2 check-send-proxy proxy-v2-options ssl,crc32c,unique-id check",
}
CLIENT = "127.0.0.77"
FORGED = [
    ("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "127.0.0.1, 6.6.6.7"),
    ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Port", "666"), ("X-Real-IP", "6.6.6.6"),
    ("Forwarded", "for=6.6.6.6;host=evil.example;proto=https"), ("Via", "1.1 evil.example"),
]


@pytest.fixture
def front(start_server, tree, pem, tmp_path):
    """front("haproxy" or "nginx", proxy_protocol=…, tls=…, changes=…, **settings) → (node,
    balancer)"""
    running = []

    def make(kind, proxy_protocol="off", tls=False, changes=(), **settings):
        listener = {"address": "127.0.0.1:0", "proxy_protocol": proxy_protocol}
        if tls:
            listener = certificates.listener(*pem, proxy_protocol=proxy_protocol)
        node = start_server(tree, listen=None, config={
            "listeners": [listener, {"address": "127.0.0.1:0"}],
            "trusted_proxies": ["127.0.0.1"] if proxy_protocol == "off" else [],
            "issuer": {"mode": "none"}, **settings})
        told = WITH_HEADER.get(proxy_protocol, "default-server check")
        if tls:
            told += f" ssl verify required ca-file {pem[0]} verifyhost node.example sni str(node.example)"
        if kind == "haproxy":
            changes = [("default-server check", told), ("inter 1s", "inter 200ms"), *changes]
        balancer = Balancer(kind, tmp_path / "balancer", ["%s:%d" % node.address] * 3, changes)
        node.address = node.addresses[1]  # for the test's own requests to the node
        running.append(balancer.__enter__())
        return node, balancer

    yield make
    for balancer in running:
        balancer.__exit__()


EVERY_WAY = pytest.mark.parametrize(
    "kind, options",
    [("haproxy", {}), ("haproxy", {"proxy_protocol": "v1"}), ("haproxy", {"proxy_protocol": "v2"}),
     ("haproxy", {"proxy_protocol": "v2", "tls": True}), ("nginx", {})],
    ids=["haproxy", "haproxy-v1", "haproxy-v2", "haproxy-v2-tls", "nginx"],
)


@EVERY_WAY
def test_row_44_the_client_is_known_and_a_forger_changes_nothing(front, kind, options):
    node, balancer = front(kind, **options)
    for fields in ((), FORGED):
        answer = balancer.request(VIDEO.query("trainer123"), fields, source=CLIENT, host="media.example")
        assert answer.status == 200, answer
        scheme = "https" if options.get("tls") else "http"
        assert answer.json()["download_url"] == f"{scheme}://media.example{VIDEO.target()}"
        assert logged_peer(node, answer) == CLIENT


@EVERY_WAY
def test_row_44_nobody_behind_a_balancer_is_on_this_machine(front, kind, options):
    """The balancer itself is local, but clients behind it must not get its rights."""
    _, balancer = front(kind, **options, issuer={"mode": "auto"})
    forged = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"}
    for fields in ({}, forged):
        answer = balancer.request(VIDEO.query("trainer123"), fields, host="localhost")
        assert (answer.status, answer.json()["type"]) == (403, "urn:sluice:problem:issuer-closed")


@EVERY_WAY
def test_a_file_comes_through_byte_for_byte(front, tree, kind, options):
    _, balancer = front(kind, **options)
    content = noise(1 << 20) * 3
    media = tree.add(Lesson("large.mp4"), content)
    bearer = {"Authorization": f"Bearer {mint(media)}"}
    with balancer.connect() as connection:
        whole = connection.request("GET", media.target(), bearer)
        assert whole.status == 200 and whole.body == content
        part = connection.request("GET", media.target(), {**bearer, "Range": "bytes=1048570-2097160"})
        assert part.status == 206 and part.body == content[1048570:2097161]
        parts = connection.request("GET", media.target(), {**bearer, "Range": "bytes=0-9,2000000-2000009"})
        assert parts.status == 206 and content[2000000:2000010] in parts.body
        fresh = connection.request("GET", media.target(), {**bearer, "If-None-Match": whole.get("ETag")})
        assert fresh.status == 304
        assert connection.request("HEAD", media.target(), bearer).length == len(content)


def test_nginx_is_the_one_that_closes(front):
    """The balancer closes idle connections before the node does. Otherwise it could send a request
    on a connection that its node is closing."""
    node, balancer = front("nginx", changes=[("keepalive_timeout 60s", "keepalive_timeout 1s")],
                           limits={"idle_timeout": 3})
    assert balancer.request("/healthz").status == 200
    time.sleep(4)
    assert metric(node, 'sluice_limits_reached_total{limit="idle_timeout"}') == 0


@pytest.mark.parametrize("kind", ["haproxy", "nginx"])
def test_a_connection_that_closes_in_this_moment_costs_no_request(front, kind):
    """HAProxy keeps some of its connections for as long as the node does."""
    _, balancer = front(kind, limits={"idle_timeout": 1})

    def ask(pause):
        with balancer.connect() as connection:
            for _ in range(3):
                answer = connection.request("GET", "/healthz")
                assert answer.status == 200, answer
                time.sleep(pause)
        return True

    pauses = [1 + step / 100 for step in range(16)]  # the node checks ten times a second
    with concurrent.futures.ThreadPoolExecutor(len(pauses)) as pool:
        assert all(pool.map(ask, pauses))


def setting(pattern, kind):
    return int(re.search(pattern, SHIPPED[kind].read_text(encoding="utf-8")).group(1))


def test_the_shipped_windows_fit_the_defaults():
    shown = run_sluice("config", "print", "--media-root", "/").stdout
    default = {name: int(re.search(rf'"{name}": (\d+)', shown).group(1))
               for name in ("idle_timeout", "stall_timeout")}
    assert setting(r"\n\s+keepalive_timeout (\d+)s", "nginx") < default["idle_timeout"]
    assert setting(r"proxy_read_timeout (\d+)s", "nginx") > default["stall_timeout"]
    assert setting(r"timeout server (\d+)s", "haproxy") > default["stall_timeout"]
    assert setting(r"timeout client (\d+)s", "haproxy") > default["stall_timeout"]
