"""A process that leaves has delivered what it counted: the network of a pod dies with its process."""

import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request

import pytest
from support.ability import unable
from support.certificates import TlsConnection
from support.ids import Lesson
from support.media import noise
from support.metrics import metric, parse
from support.server import BINARY, environment
from support.tokens import SECRET, mint
from support.wire import Connection, request_bytes

SIZE = 1_500_000  # fits into the send buffer of the server, and not into a small one of the client
SLOW = 65536      # bytes; the client's receive buffer


def ask(server, video, *more, is_secure=False):
    """A client that has sent its request and read the header."""
    kind, address = (TlsConnection, server.secure) if is_secure else (Connection, server.address)
    connection = kind(address, receive_buffer=SLOW, timeout=30)
    fields = [("Authorization", f"Bearer {mint(video)}"), *more]
    connection.send(request_bytes("GET", video.target(), fields))
    return connection, connection.read_head()


def is_sent(server, size=SIZE):
    """True when the server has handed that many bytes to the kernel."""
    return metric(server, "sluice_sent_bytes_total") >= size


def sent_by(base):
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(base + "/metrics") as answer:
        return parse(answer.read().decode())["sluice_sent_bytes_total"]


def wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


KEPT, CLOSED = (), (("Connection", "close"),)


@pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("fields", [KEPT, CLOSED], ids=["kept", "close"])
def test_it_stays_until_a_slow_client_has_everything(start_tls, tree, fields, is_secure):
    """The server has handed all of it to the kernel, the client reads on after four seconds: longer
    than any wait for a silent connection."""
    server = start_tls()
    content = noise(SIZE)
    video = tree.add(Lesson("v.mp4"), content)
    connection, head = ask(server, video, *fields, is_secure=is_secure)
    wait_until(lambda: is_sent(server))
    server.signal()
    server.wait_for_event(lambda event: event["event"] == "draining")
    time.sleep(4)
    assert server.process.poll() is None
    assert connection.read_exactly(head.length, head) == content
    connection.close()
    assert server.wait(10) == 0
    stopped = [event for event in server.events() if event["event"] == "stopped"]
    assert (stopped[0]["cut"], stopped[0]["undelivered"]) == ("0", "0")


def test_not_longer_than_the_operator_allows(start_server, tree):
    server = start_server(tree, config={"shutdown": {"drain_timeout": 2}})
    video = tree.add(Lesson("v.mp4"), noise(SIZE))
    connection, _ = ask(server, video)
    wait_until(lambda: is_sent(server))
    began = time.monotonic()
    server.signal()
    assert server.wait(15) == 0
    assert 1.5 < time.monotonic() - began < 8
    stopped = [event for event in server.events() if event["event"] == "stopped"]
    assert stopped[0]["undelivered"] == "1"
    connection.close()


def test_a_client_that_is_gone_holds_nobody_up(start_server, tree):
    server = start_server(tree)
    video = tree.add(Lesson("v.mp4"), noise(SIZE))
    connections = [ask(server, video, *fields)[0] for fields in (KEPT, CLOSED)]
    wait_until(lambda: is_sent(server, 2 * SIZE))
    for connection in connections:
        connection.close()  # with unread bytes: a reset
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 5


def test_a_closing_connection_outlives_its_two_seconds(start_server, tree):
    """Without a drain, too: the answer was the last one, and the client takes its time."""
    server = start_server(tree)
    content = noise(SIZE)
    video = tree.add(Lesson("v.mp4"), content)
    connection, head = ask(server, video, *CLOSED)
    wait_until(lambda: is_sent(server))
    time.sleep(3)
    assert 'sluice_connections{state="lingering"} 1' in server.get("/metrics").body.decode()
    assert connection.read_exactly(head.length, head) == content
    wait_until(lambda: 'state="lingering"} 0' in server.get("/metrics").body.decode(), 5)
    connection.close()


def test_the_network_of_a_pod_dies_with_its_process(tree, tmp_path):
    """A namespace whose link is removed as soon as the process has ended, as the network plug-in of an
    orchestrator does. The client outside reads on three seconds after SIGTERM, when the rest of the
    file is in the buffers of that namespace."""
    if os.geteuid() != 0 or subprocess.run(["ip", "link"], capture_output=True).returncode != 0:
        unable("network namespaces take root and ip(8)")
    content = noise(400_000)
    video = tree.add(Lesson("v.mp4"), content)
    name = f"pod{os.getpid() % 10000}"
    config = tmp_path / "sluice.json"
    config.write_text('{"issuer": {"mode": "none"}}')
    log = open(tmp_path / "log", "wb")
    pod = subprocess.Popen(
        ["unshare", "-n", "sh", "-c",
         "while ! ip link show eth0 >/dev/null 2>&1; do sleep 0.05; done; "
         "ip addr add 10.231.7.2/30 dev eth0; ip link set eth0 up; ip link set lo up; "
         f"exec {BINARY} serve --listen 10.231.7.2:8080 --media-root {tree.root} --config {config}"],
        env=environment({"SLUICE_SECRET": SECRET}), stdout=log, stderr=log,
    )

    def remove_link():
        pod.wait()
        subprocess.run(["ip", "link", "del", name], capture_output=True)

    plugin = threading.Thread(target=remove_link)
    try:
        wait_until(lambda: os.readlink(f"/proc/{pod.pid}/ns/net") != os.readlink("/proc/self/ns/net"))
        made = subprocess.run(["ip", "link", "add", name, "type", "veth", "peer", "name", "eth0",
                               "netns", str(pod.pid)], capture_output=True, encoding="utf-8")
        if made.returncode != 0:
            unable(f"no veth: {made.stderr}")
        for command in (["addr", "add", "10.231.7.1/30", "dev", name], ["link", "set", name, "up"]):
            subprocess.run(["ip", *command], check=True)
        wait_until(lambda: b'"listening"' in (tmp_path / "log").read_bytes())
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW)
        client.settimeout(5)
        client.connect(("10.231.7.2", 8080))
        client.settimeout(20)
        client.sendall(request_bytes("GET", video.target(), {"Authorization": f"Bearer {mint(video)}"}))
        got = client.recv(1000)
        while b"\r\n\r\n" not in got:
            got += client.recv(1000)
        wait_until(lambda: sent_by("http://10.231.7.2:8080") >= len(content))
        pod.send_signal(signal.SIGTERM)
        plugin.start()
        time.sleep(3)
        while len(got) < got.index(b"\r\n\r\n") + 4 + len(content):
            more = client.recv(1 << 20)
            assert more, f"the end after {len(got)} bytes"
            got += more
        assert got[-len(content):] == content
        assert pod.wait(20) == 0
    finally:
        pod.kill()
        pod.wait()
        log.close()
        subprocess.run(["ip", "link", "del", name], capture_output=True)
