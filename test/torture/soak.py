"""Sends the mixed traffic of an hour and checks that nothing grows."""

import random
import struct
import socket
import threading
import time

from load import LARGE, start
from probe import SMALL
from support.leftovers import descriptors, pss_kib
from support.metrics import scrape
from support.tokens import mint
from support.wire import Closed, Connection, request_bytes

# An hour of a node that answers 60 requests a second.
HOUR = 216_000
# Growth that counts as noise: the allocator keeps some pages.
MOST_GROWTH_KIB = 512
MOST_GROWTH_SHARE = 0.03


class Chaos(threading.Thread):
    """Clients of every kind: accepted, rejected, with ranges, and disconnected in the middle."""

    def __init__(self, server, until, seed):
        super().__init__()
        self.server, self.until, self.random, self.count = server, until, random.Random(seed), 0

    def request(self):
        fields = {"Authorization": f"Bearer {mint(LARGE)}"}
        first = self.random.randrange(1 << 20)
        return self.random.choice([
            request_bytes("GET", SMALL.query("trainer123"), host=self.server.host),
            request_bytes("GET", LARGE.target(), {**fields, "Range": f"bytes={first}-{first + 999}"}),
            request_bytes("GET", LARGE.target(), {**fields, "Range": "bytes=0-9,20-29,40-49"}),
            request_bytes("GET", LARGE.target(), fields),
            request_bytes("HEAD", LARGE.target(), fields),
            request_bytes("GET", LARGE.target(), {"Authorization": "Bearer x.y.z"}),
            request_bytes("GET", "/download2/a/../b", fields),
            b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        ])

    def run(self):
        while time.monotonic() < self.until:
            try:
                with Connection(self.server.address, timeout=10) as connection:
                    data = self.request()
                    connection.send(data[: self.random.choice([len(data)] * 4 + [len(data) // 2])])
                    connection.socket.settimeout(0.05)
                    connection.receive(self.random.choice([1, 65536]))
                    if self.random.random() < 0.5:
                        linger = struct.pack("ii", 1, 0)
                        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            except (Closed, OSError):
                pass
            self.count += 1


def run_soak(run):
    """No growth of memory or descriptors from the second quarter to the last."""
    seconds = 25 if run.quick else 150
    with run.server(cache={"files": 64}) as server:
        pid = server.process.pid
        idle = descriptors(pid)
        until = time.monotonic() + seconds
        clients = [Chaos(server, until, seed) for seed in range(3)]
        for client in clients:
            client.start()
        target = f"{server.base}{SMALL.target()}"
        header = f"Authorization: Bearer {mint(SMALL)}"
        wrk = start("wrk", "-t1", "-c16", f"-d{seconds}s", "-H", header, target)
        memory, open_now = [], []
        while time.monotonic() < until:
            memory.append(pss_kib(pid))
            open_now.append(descriptors(pid))
            time.sleep(0.25)
        for client in clients:
            client.join()
        wrk.wait()
        time.sleep(3)  # lingering connections, cached files
        values = scrape(server)
        answers = int(sum(v for k, v in values.items() if k.startswith("sluice_responses_total")))
        left = descriptors(pid)
        quarter = len(memory) // 4
        early = sum(memory[quarter : 2 * quarter]) / quarter
        late = sum(memory[-quarter:]) / quarter
        allowed = max(MOST_GROWTH_KIB, early * MOST_GROWTH_SHARE)
        fds = [sum(open_now[quarter : 2 * quarter]) / quarter, sum(open_now[-quarter:]) / quarter]
        run.note(
            f"soak, {seconds} s, {answers / HOUR:.1f} hours at 60/s",
            f"{answers} answers; Pss {early:.0f} -> {late:.0f} KiB (allowed +{allowed:.0f});"
            f" descriptors {fds[0]:.0f} -> {fds[1]:.0f}, {left} at rest (began with {idle})",
            late - early <= allowed and fds[1] <= fds[0] + 10 and left <= idle + 3,
        )
