"""Clients that disconnect at every point of an exchange, orderly or not, leave nothing behind."""

import os
import socket
import struct
import time

import pytest
from support.ids import VIDEO, Lesson
from support.media import noise
from support.metrics import metric
from support.paused import LARGE
from support.tokens import mint
from support.waiting import eventually
from support.wire import request_bytes


def leave(connection, how):
    if how == "reset":
        linger = struct.pack("ii", 1, 0)
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    elif how == "half-closed":
        connection.socket.shutdown(socket.SHUT_WR)
        connection.socket.settimeout(5)
        while connection.receive():
            pass
    connection.close()


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def check_nothing_is_left(server, before):
    eventually(lambda: metric(server, "sluice_connections_open") == 1)
    eventually(lambda: metric(server, "sluice_requests_active") == 1)
    # Two more may be open: the cache of open files and the connection for the metrics vary.
    eventually(lambda: descriptors(server) <= before + 2)
    assert server.download(VIDEO).status == 200


@pytest.mark.parametrize("how", ["closed", "reset", "half-closed"])
def test_after_each_byte_of_the_request(start_server, tree, how):
    server = start_server(tree)
    token = mint(VIDEO)
    request = request_bytes("GET", VIDEO.target(), {"Authorization": f"Bearer {token}"})
    before = descriptors(server)
    for count in range(0, len(request) + 1):
        connection = server.connect()
        connection.send(request[:count])
        leave(connection, how)
    check_nothing_is_left(server, before)


@pytest.mark.parametrize("how", ["closed", "reset", "half-closed"])
def test_after_each_part_of_the_answer(start_server, tree, how):
    """The client leaves within the header, at its end, in the first segment, much later, or at the
    very end; also with a second request already sent."""
    body = noise(3 << 20)
    video = tree.add(Lesson("large.mp4"), body)
    huge = tree.add(Lesson("huge.mp4"), noise(LARGE))
    server = start_server(tree, config={"limits": {"stall_timeout": 2}})
    before = descriptors(server)
    points = [*range(1, 400, 7), 1000, 4096, 65536, 65537, 1 << 20, len(body)]
    for media, size in ((video, len(body)), (huge, LARGE)):
        request = request_bytes("GET", media.target(), {"Authorization": f"Bearer {mint(media)}"})
        for point in points:
            for pipelined in (1, 2) if point in (1, 65536) else (1,):
                connection = server.connect(receive_buffer=65536)
                connection.send(request * pipelined)
                received = 0
                while received < point:
                    received += len(connection.receive(point - received))
                if how == "half-closed" and size > len(body):
                    connection.socket.shutdown(socket.SHUT_WR)
                    connection.close()
                else:
                    leave(connection, how)
    check_nothing_is_left(server, before)


def test_half_closed_client_gets_its_answer(start_server, tree):
    """A FIN after the request does not prevent the response."""
    server = start_server(tree)
    request = request_bytes("GET", VIDEO.target(), {"Authorization": f"Bearer {mint(VIDEO)}"})
    with server.connect() as connection:
        connection.send(request)
        connection.socket.shutdown(socket.SHUT_WR)
        assert connection.read().body == tree.content(VIDEO)
        assert connection.is_closed()


def test_vanishing_while_it_lingers(start_server, tree):
    server = start_server(tree)
    before = descriptors(server)
    for _ in range(50):
        connection = server.connect()
        connection.send(b"GET / HTTP/1.1\r\n\r\n" + b"x" * 5000)
        connection.read_head()
        leave(connection, "reset")
    check_nothing_is_left(server, before)


def test_port_scan(start_server, tree):
    """Opens thousands of consecutive connections that send nothing."""
    server = start_server(tree)
    before = descriptors(server)
    began = time.monotonic()
    for _ in range(2000):
        leave(server.connect(), "reset")
    assert time.monotonic() - began < 60
    check_nothing_is_left(server, before)
