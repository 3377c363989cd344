"""Load, disruptive clients and the distribution over threads, with any binary: a run for
sanitizers. No test here measures time."""

import contextlib
import random
import socket
import struct
import threading

from support.ids import VIDEO, Lesson
from support.load import wrk
from support.media import noise
from support.metrics import scrape, scrape_until
from support.tokens import mint
from support.wire import request_bytes

SECONDS = 4
# A close that always sends RST.
AT_ONCE = struct.pack("ii", 1, 0)


def abort_again_and_again(server, requests, stop, seed):
    """Connects, sends a request or a part of it, reads a part of the response, and disconnects."""
    choose = random.Random(seed)
    while not stop.is_set():
        with contextlib.suppress(OSError), socket.create_connection(server.address, 5) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            text = choose.choice(requests)
            client.sendall(text[: choose.randint(1, len(text))] if choose.random() < 0.3 else text)
            client.settimeout(0.2)
            client.recv(choose.choice((1, 4096, 1 << 16)))


def all_kinds(tree):
    """Requests for a small file, a large file, a part of a file, a token, and an unknown path."""
    large = tree.add(Lesson("large.mp4"), noise(4 << 20))
    fields = {"Authorization": f"Bearer {mint(large)}"}
    return [
        request_bytes("GET", VIDEO.target(), {"Authorization": f"Bearer {mint(VIDEO)}"}),
        request_bytes("GET", large.target(), fields),
        request_bytes("GET", large.target(), {**fields, "Range": "bytes=100000-1999999"}),
        request_bytes("GET", large.target(), {**fields, "Range": "bytes=0-9,3000000-3999999"}),
        request_bytes("GET", f"/api/get-download-token/v2?{VIDEO.query(VIDEO.trainer)}"),
        request_bytes("GET", "/nowhere"),
    ]


def test_many_connections_beside_clients_that_abort(start_server, tree):
    server = start_server(tree, arguments=["--threads", "2"])
    requests = all_kinds(tree)
    stop = threading.Event()
    rude = [
        threading.Thread(target=abort_again_and_again, args=(server, requests, stop, seed))
        for seed in range(4)
    ]
    with wrk(server.base + VIDEO.target(), mint(VIDEO), SECONDS, connections=256) as load:
        for one in rude:
            one.start()
        stop.wait(SECONDS)
        stop.set()
        for one in rude:
            one.join()
    load.assert_unharmed()
    values = scrape_until(server, lambda now: now["sluice_connections_open"] <= 1)
    assert values["sluice_requests_active"] <= 1  # the scrape itself
    assert server.download(VIDEO).status == 200


def test_connections_are_spread_evenly_over_threads(start_server, tree):
    server = start_server(tree, arguments=["--threads", "4"])
    for count in (64, 400):
        with contextlib.ExitStack() as stack:
            for _ in range(count):
                stack.enter_context(socket.create_connection(server.address, 10))
            scrape_until(server, lambda now: now["sluice_connections_open"] > count)
            by_thread = [
                value
                for name, value in scrape(server).items()
                if name.startswith("sluice_thread_connections") and value > 0
            ]
        assert len(by_thread) == 4, by_thread  # others that count have no connections
        assert max(by_thread) - min(by_thread) <= 2, by_thread
        scrape_until(server, lambda now: now["sluice_connections_open"] <= 2)
