"""Sent and delivered: the access log and the metrics say what the kernel of the client has acknowledged, and a
response is complete when that is all of it."""

import array
import fcntl
import json
import socket
import struct
import termios
import threading
import time

import pytest
from support.certificates import TlsConnection
from support.ids import VIDEO, Lesson
from support.media import noise
from support.metrics import check_metric, metric
from support.paused import LARGE
from support.tokens import mint
from support.waiting import eventually
from support.wire import Connection, request_bytes

SIZE = 1_500_000     # fits into the send buffer of the server, and not into that of a slow client
SLOW = 65536         # bytes; the receive buffer of a slow client
HELD = 64            # responses of one connection that may be on the way
RECORD = 16384 + 22  # the largest record of TLS 1.3

TRANSPORTS = pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "tls"])


@pytest.fixture
def service(start_tls, tree, tmp_path):
    """start(**config) → a server with a plain and a TLS listener; its lines are in server.lines()."""
    log = tmp_path / "access.log"

    def start(**config):
        server = start_tls(log={"access": str(log)}, **config)
        server.lines = lambda: [json.loads(line) for line in log.read_text().split("\n")[:-1]]
        server.downloads = lambda: [line for line in server.lines() if line["route"] == "download"]
        return server

    return start


def connect(server, is_secure=False, **options):
    kind, address = (TlsConnection, server.secure) if is_secure else (Connection, server.address)
    return kind(address, timeout=30, **options)


def request_of(video, *more, method="GET"):
    return request_bytes(method, video.target(), [("Authorization", f"Bearer {mint(video)}"), *more])


def slow_client(server, video, is_secure=False, more=()):
    """A client that has read the header and stops."""
    connection = connect(server, is_secure, receive_buffer=SLOW)
    connection.send(request_of(video, *more))
    return connection, connection.read_head()


def wait_until_sent(server, size):
    """Until the service has handed `size` bytes to the kernel, which has sent what the client has room for."""
    eventually(lambda: metric(server, "sluice_sent_bytes_total") >= size)
    time.sleep(0.3)


def received(connection):
    """Bytes in the client's kernel: acknowledged, and not read."""
    count = array.array("i", [0])
    fcntl.ioctl(connection.socket.fileno(), termios.FIONREAD, count)
    return count[0]


def reset(connection):
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def the_line(server):
    return eventually(server.downloads)[0]


@TRANSPORTS
@pytest.mark.parametrize("more", [(), (("Connection", "close"),)], ids=["kept", "close"])
def test_complete_when_the_client_has_it(service, tree, is_secure, more):
    """The service has handed over all of it long before."""
    server = service()
    content = noise(SIZE)
    video = tree.add(Lesson("v.mp4"), content)
    connection, head = slow_client(server, video, is_secure, more)
    wait_until_sent(server, SIZE)
    time.sleep(1)
    assert server.downloads() == []
    assert metric(server, "sluice_requests_active") == 1  # the scrape: the service has sent the download
    assert connection.read_exactly(head.length, head) == content
    line = the_line(server)
    assert (line["outcome"], line["delivered"]) == ("complete", SIZE)
    assert metric(server, "sluice_bytes_delivered_total") >= SIZE
    connection.close()


def test_what_a_lost_client_had_is_known_to_the_byte(service, tree):
    server = service()
    for size in (SIZE, LARGE):  # sent as a whole, and interrupted
        video = tree.add(Lesson(f"{size}.mp4"), bytes(size))
        connection, head = slow_client(server, video)
        time.sleep(0.5)
        connection.read_exactly(100_000, head)
        time.sleep(1)
        had = 100_000 + received(connection)
        before = len(server.downloads())
        reset(connection)
        line = eventually(lambda: server.downloads()[before:])[0]
        assert (line["outcome"], line["delivered"]) == ("aborted", had)
        assert line["delivered"] < line["bytes"]
    eventually(lambda: metric(server, "sluice_transfers_lost_total") == 2)


def test_what_a_lost_tls_client_had_is_known_to_a_record(service, tree):
    """The overhead of records that are on the way counts as body, and so does the record that the socket has
    taken in part: the log never says too much."""
    server = service()
    for size in (SIZE, LARGE):
        video = tree.add(Lesson(f"{size}.mp4"), bytes(size))
        connection, head = slow_client(server, video, is_secure=True)
        time.sleep(0.5)
        connection.read_exactly(100_000, head)
        time.sleep(1)
        had = received(connection)
        before = len(server.downloads())
        reset(connection)
        line = eventually(lambda: server.downloads()[before:])[0]
        assert line["outcome"] == "aborted"
        on_the_way = 64 * 22 + (line["bytes"] - line["delivered"]) // RECORD * 22
        read = 100_000 + RECORD  # of the last record, OpenSSL has read the whole
        assert 100_000 + had - on_the_way - 2 * RECORD <= line["delivered"] <= read + had


def test_every_response_says_it(service, tree):
    server = service()
    requests = [request_of(VIDEO, method="HEAD"), request_of(VIDEO, ("Range", "bytes=10-19")),
                request_of(VIDEO, ("Range", "bytes=0-1,5-6")), request_of(VIDEO, ("If-None-Match", "*")),
                request_bytes("GET", VIDEO.target())]
    bodies = []
    with connect(server) as connection:
        for each in requests:
            connection.send(each)
            head = connection.read_head()
            is_empty = each.startswith(b"HEAD") or head.status == 304
            bodies.append(0 if is_empty else len(connection.read_exactly(head.length, head)))
    lines = eventually(lambda: server.downloads() if len(server.downloads()) == len(requests) else None)
    assert [line["delivered"] for line in lines] == bodies
    assert bodies[:2] == [0, 10] and min(bodies[2], bodies[4]) > 100
    assert {line["outcome"] for line in lines} == {"complete"}


def test_an_idle_connection_needs_no_further_request(service, tree):
    server = service()
    with connect(server) as connection:
        connection.send(request_of(VIDEO))
        head = connection.read_head()
        connection.read_exactly(head.length, head)
        line = the_line(server)  # the connection is open
        assert (line["outcome"], line["delivered"]) == ("complete", head.length)


def test_pipelined_requests_prove_nothing(service, tree):
    """A thousand of them are sent at once. The service answers until as many responses as it remembers are on the
    way, and continues when the client receives them."""
    server = service(threads=1, limits={"requests_per_connection": 10_000})
    small = tree.add(Lesson("small.mp4"), noise(12_000))
    count = 1000
    connection = connect(server, receive_buffer=SLOW)
    sender = threading.Thread(target=connection.send, args=(request_of(small) * count,))
    sender.start()
    time.sleep(1.5)
    answered = metric(server, 'sluice_responses_total{route="download",status="2xx"}')
    assert len(server.downloads()) < answered <= len(server.downloads()) + HELD
    for _ in range(count):
        head = connection.read_head()
        assert len(connection.read_exactly(head.length, head)) == 12_000
    sender.join()
    eventually(lambda: len(server.downloads()) == count)
    assert {(line["outcome"], line["delivered"]) for line in server.downloads()} == {("complete", 12_000)}
    connection.close()


def test_of_pipelined_responses_each_has_its_share(service, tree):
    """The client receives some, a part of one, and leaves."""
    server = service()
    small = tree.add(Lesson("small.mp4"), noise(12_000))
    connection = connect(server, receive_buffer=SLOW)
    connection.send(request_of(small) * 40)
    head = connection.read_head()
    connection.read_exactly(head.length, head)
    time.sleep(1)
    size = metric(server, "sluice_sent_bytes_total")
    had = received(connection) + len(connection.buffer)
    reset(connection)
    lines = eventually(lambda: server.downloads() if server.downloads()[-1]["outcome"] != "complete" else None)
    assert size > had
    overhead = lines[0]["bytes"] - 12_000
    delivered = [line["delivered"] for line in lines]
    assert delivered == sorted(delivered, reverse=True)
    whole, rest = divmod(had, lines[0]["bytes"])
    assert delivered.count(12_000) == 1 + whole
    assert sum(delivered) == 12_000 * (1 + whole) + max(0, rest - overhead)


@TRANSPORTS
def test_a_client_that_stops_is_cut(service, tree, is_secure):
    server = service(limits={"idle_timeout": 1, "stall_timeout": 2, "pause_timeout": 0})
    video = tree.add(Lesson("v.mp4"), noise(SIZE))
    connection, _ = slow_client(server, video, is_secure)
    line = the_line(server)
    assert (line["outcome"], line["cause"]) == ("cut", "stall_timeout")
    assert 0 < line["delivered"] < SIZE
    check_metric(server, 'sluice_limits_reached_total{limit="stall_timeout"}', 1)
    connection.close()


def test_a_slow_client_is_not_idle(service, tree):
    """The idle time counts when the response is delivered."""
    server = service(limits={"idle_timeout": 1, "stall_timeout": 10})
    content = noise(SIZE)
    video = tree.add(Lesson("v.mp4"), content)
    connection, head = slow_client(server, video)
    time.sleep(4)
    assert connection.read_exactly(head.length, head) == content
    assert the_line(server)["outcome"] == "complete"
    connection.close()


def test_a_client_may_close_its_side_first(service, tree):
    server = service()
    content = noise(SIZE)
    video = tree.add(Lesson("v.mp4"), content)
    connection, head = slow_client(server, video)
    wait_until_sent(server, SIZE)
    connection.socket.shutdown(socket.SHUT_WR)
    time.sleep(1)
    assert server.downloads() == []
    assert connection.read_exactly(head.length, head) == content
    assert the_line(server)["delivered"] == SIZE
    connection.close()


def test_the_end_of_the_process_concludes_all(service, tree):
    """The client that still reads gets the rest from the kernel of this machine: the log says what was certain."""
    server = service(shutdown={"drain_timeout": 1})
    video = tree.add(Lesson("v.mp4"), noise(SIZE))
    connection, _ = slow_client(server, video)
    wait_until_sent(server, SIZE)
    server.signal()
    assert server.wait(15) == 0
    line = server.downloads()[0]
    assert (line["outcome"], line["cause"]) == ("cut", "shutdown")
    assert 0 < line["delivered"] < SIZE
    connection.close()
