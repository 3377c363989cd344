"""A pause is not a death: a client that takes no bytes keeps its transfer while its system still acknowledges
packets (limits.pause_timeout), within a number of such connections (limits.paused_connections); a dead one is
cut at limits.stall_timeout."""

import contextlib
import json
import signal
import subprocess
import time

import pytest
from support.certificates import TlsConnection
from support.ids import Lesson
from support.media import noise
from support.metrics import check_metric, metric, scrape, scrape_until
from support.paused import LARGE, die, revive
from support.tokens import mint
from support.waiting import eventually
from support.wire import Closed, Connection, request_bytes

SMALL = 1_500_000  # fits into the send buffer of the server, and not into that of a slow client
PAUSED = 'sluice_connections{state="paused"}'

TRANSPORTS = pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "tls"])
KEPT, CLOSED = (), (("Connection", "close"),)


def reached(server, limit):
    return metric(server, f'sluice_limits_reached_total{{limit="{limit}"}}')


@pytest.fixture
def service(start_tls, tmp_path):
    """start(**limits) → a server; its downloads' lines are in server.lines()."""
    log = tmp_path / "access.log"

    def start(**limits):
        server = start_tls(log={"access": str(log)}, limits={"stall_timeout": 1, **limits})
        server.lines = lambda: [line for line in map(json.loads, log.read_text().split("\n")[:-1])
                                if line["route"] == "download"]
        return server

    return start


@pytest.fixture
def large(tree):
    return tree.add(Lesson("large.bin"), noise(1 << 20) * (LARGE >> 20))


@pytest.fixture
def ask(service):
    """ask(server, video) → a client that has sent its request and read the header, and the header."""
    with contextlib.ExitStack() as open_ones:

        def begin(server, video, is_secure=False, more=(), source=None, **claims):
            if is_secure:
                connection = TlsConnection(server.secure, timeout=30, receive_buffer=65536)
            else:
                connection = Connection(server.address, timeout=30, receive_buffer=65536, source=source)
            open_ones.enter_context(connection)
            fields = [("Authorization", f"Bearer {mint(video, **claims)}"), *more]
            connection.send(request_bytes("GET", video.target(), fields))
            return connection, connection.read_head()

        yield begin


def the_line(server, count=1):
    return eventually(lambda: len(server.lines()) >= count and server.lines())[-1]


@TRANSPORTS
def test_a_client_pauses_and_gets_the_whole_file(service, ask, large, tree, is_secure):
    server = service()
    connection, head = ask(server, large, is_secure)
    start = connection.read_exactly(1 << 20, head)
    scrape_until(server, lambda values: values[PAUSED] == 1)
    time.sleep(5)  # five times stall_timeout
    assert metric(server, PAUSED) == 1
    check_metric(server, "sluice_requests_active", 2)  # with the request for this metric
    assert start + connection.read_exactly(head.length - len(start), head) == tree.content(large)
    assert the_line(server)["outcome"] == "complete"
    values = scrape_until(server, lambda values: values[PAUSED] == 0)
    assert values["sluice_transfers_cut_total"] == 0
    for limit in ("stall_timeout", "pause_timeout", "paused_connections", "min_rate"):
        assert values[f'sluice_limits_reached_total{{limit="{limit}"}}'] == 0


@TRANSPORTS
@pytest.mark.parametrize("more", [KEPT, CLOSED], ids=["kept", "close"])
def test_a_client_pauses_before_the_last_bytes(service, ask, tree, more, is_secure):
    """The kernel has taken the whole response; the connection would be idle, or close."""
    server = service(idle_timeout=1)
    content = noise(SMALL)
    video = tree.add(Lesson("v.mp4"), content)
    connection, head = ask(server, video, is_secure, more)
    scrape_until(server, lambda values: values[PAUSED] == 1)
    time.sleep(4)
    assert server.lines() == []
    assert connection.read_exactly(head.length, head) == content
    line = the_line(server)
    assert (line["outcome"], line["delivered"]) == ("complete", SMALL)
    scrape_until(server, lambda values: values[PAUSED] == 0)


@TRANSPORTS
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["at the end", "in the middle"])
def test_a_dead_client_is_cut_at_the_stall(service, ask, tree, size, is_secure):
    server = service(stall_timeout=2, idle_timeout=1)
    video = tree.add(Lesson("v.bin"), bytes(size))
    connection, head = ask(server, video, is_secure)
    die(connection)
    began = time.monotonic()
    with contextlib.suppress(Closed, TimeoutError):  # reads: its system would have acknowledged
        connection.socket.settimeout(1)
        connection.read_exactly(head.length, head)
    line = the_line(server)
    assert (line["outcome"], line["cause"]) == ("cut", "stall_timeout")
    assert time.monotonic() - began < 8
    assert reached(server, "stall_timeout") == 1 and reached(server, "pause_timeout") == 0


def test_a_client_that_dies_during_its_pause_is_cut(service, ask, large):
    """At the second probe after its death, and stall_timeout later. The intervals of the
    probes grow with the pause: they are short at its beginning."""
    server = service()
    connection, head = ask(server, large)
    connection.read_exactly(1 << 20, head)
    scrape_until(server, lambda values: values[PAUSED] == 1)
    die(connection)
    line = the_line(server)
    assert (line["outcome"], line["cause"]) == ("cut", "stall_timeout")
    scrape_until(server, lambda values: values[PAUSED] == 0)


def test_a_lost_probe_is_no_death(service, ask, large, tree):
    """A client without network for a moment: one probe is not answered, the next one is."""
    server = service(stall_timeout=5)
    connection, head = ask(server, large)
    start = connection.read_exactly(1 << 20, head)
    scrape_until(server, lambda values: values[PAUSED] == 1)
    die(connection)
    time.sleep(3)
    revive(connection)
    time.sleep(6)
    assert metric(server, PAUSED) == 1
    assert start + connection.read_exactly(head.length - len(start), head) == tree.content(large)


@TRANSPORTS
def test_a_pause_ends_at_its_limit(service, ask, large, is_secure):
    server = service(pause_timeout=3)
    connection, head = ask(server, large, is_secure)
    connection.read_exactly(1 << 20, head)
    began = time.monotonic()
    line = the_line(server)
    assert (line["outcome"], line["cause"]) == ("cut", "pause_timeout")
    assert 2 < time.monotonic() - began < 7
    assert reached(server, "pause_timeout") == 1
    assert metric(server, PAUSED) == 0


def test_pauses_have_a_limit_before_the_last_bytes_too(service, ask, tree):
    server = service(pause_timeout=3, idle_timeout=1)
    video = tree.add(Lesson("v.mp4"), noise(SMALL))
    ask(server, video)
    line = the_line(server)
    assert (line["outcome"], line["cause"]) == ("cut", "pause_timeout")
    assert 0 < line["delivered"] < SMALL


def test_only_so_many_pause(service, ask, large, tree):
    """A connection beyond limits.paused_connections is cut as if there were no pauses. The place is
    free again when a client reads on, and when one leaves."""
    server = service(paused_connections=2)

    def pause(count):
        connection, head = ask(server, large)
        start = connection.read_exactly(1 << 20, head)
        scrape_until(server, lambda values: values[PAUSED] == count)
        return connection, head, start

    def refused(lines):
        connection, head = ask(server, large)
        connection.read_exactly(1 << 20, head)
        line = the_line(server, lines)
        return line["outcome"], line["cause"]

    first, second = pause(1), pause(2)
    assert refused(1) == ("cut", "paused_connections")
    assert reached(server, "paused_connections") == 1 and metric(server, PAUSED) == 2
    connection, head, start = first
    assert start + connection.read_exactly(head.length - len(start), head) == tree.content(large)
    assert the_line(server, 2)["outcome"] == "complete"
    pause(2)
    assert refused(3) == ("cut", "paused_connections")
    second[0].close()
    assert the_line(server, 4)["outcome"] == "aborted"
    pause(2)


def test_a_peer_has_its_share_of_the_pauses(service, ask, large):
    """connections_per_peer of connections: here a quarter. A peer that stands for many has no share."""
    server = service(paused_connections=8, connections=400, connections_per_peer=100,
                     uncounted_peers=["127.0.0.1"])

    def start(source):
        connection, head = ask(server, large, source=source)
        connection.read_exactly(1 << 20, head)

    for _ in range(4):
        start("127.0.0.9")
    scrape_until(server, lambda values: values[PAUSED] == 2
                 and values['sluice_limits_reached_total{limit="paused_connections"}'] == 2)
    for _ in range(4):
        start("127.0.0.1")
    scrape_until(server, lambda values: values[PAUSED] == 6)
    assert reached(server, "paused_connections") == 2


def test_a_byte_now_and_then_is_a_pause(service, ask, large):
    """A client below limits.min_rate cannot start its pause again with the odd byte."""
    server = service(pause_timeout=4)
    connection, head = ask(server, large)
    connection.read_exactly(1 << 20, head)
    began = time.monotonic()
    with contextlib.suppress(Closed, OSError):
        while time.monotonic() - began < 15:
            assert connection.receive(20)
            time.sleep(0.1)
    line = the_line(server)
    assert (line["outcome"], line["cause"]) == ("cut", "pause_timeout")


def test_a_resume_takes_the_place_of_a_paused_download(service, ask, large):
    server = service(user_downloads=1, takeover_after=1)
    paused, head = ask(server, large)
    paused.read_exactly(1 << 20, head)
    scrape_until(server, lambda values: values[PAUSED] == 1)
    answer = server.download(large, {"Range": "bytes=1000-1999"}, mint(large))
    assert answer.status == 206
    eventually(lambda: any(line.get("cause") == "takeover_after" for line in server.lines()))
    assert scrape(server)[PAUSED] == 0


def test_curl_is_stopped_and_continued(service, large, tree, tmp_path):
    """SIGSTOP, as an app in the background: its system acknowledges, nothing reads."""
    server = service()
    into = tmp_path / "large.bin"
    command = ["curl", "-sS", "--fail", "--limit-rate", "20M", "-o", into, "-H",
               f"Authorization: Bearer {mint(large)}", server.base + large.target()]
    with subprocess.Popen(command) as curl:
        try:
            eventually(lambda: into.exists() and into.stat().st_size > 1 << 20)
            curl.send_signal(signal.SIGSTOP)
            scrape_until(server, lambda values: values[PAUSED] == 1)
            time.sleep(4)
            curl.send_signal(signal.SIGCONT)
            assert curl.wait(60) == 0
        finally:
            curl.kill()
    assert into.read_bytes() == tree.content(large)
    assert the_line(server)["outcome"] == "complete"


def test_status_names_those_who_pause(service, ask, large):
    server = service()
    connection, head = ask(server, large)
    connection.read_exactly(1 << 20, head)
    scrape_until(server, lambda values: values[PAUSED] == 1)
    assert metric(server, 'sluice_connections{state="writing"}') == 0
