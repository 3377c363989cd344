#!/usr/bin/python3
"""Measures media from an object store: bench/object_rates.py [--rounds N] [--seconds N] [--requests N] [--held N]

Sluice and nginx (proxy_pass, proxy_buffering off) in front of one Ceph RGW and one object of 1 GiB that everybody may
read: server CPU per GiB of four connections; time to the first byte of a range over a connection that is kept, beside
the same request to the store; memory of each connection that downloads slowly, the server's and the kernel's. One core
for the server; the store and the client share the other. Medians of the rounds, which take the servers in turn. Wants
scripts/bench to have built build/release/bin/sluice, the packages ceph-mon ceph-osd radosgw, and a quiet machine."""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import resource
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from common import BENCH, CLIENT_CORE, HOST, PORT, ROOT, SECRET, SLUICE, BenchError
from common import raise_descriptor_limit
from process import Running
from servers import RUN, Server
from targets import GIB, REL, USER, WHOLE_1G, WHOLE_1M, make_media

sys.path.insert(0, str(ROOT / "test/integration"))
from support.object_stores import Rgw  # noqa: E402

SLOW_BYTES = 1 << 20  # a second, of all slow downloads together
RANGE = "bytes=536870912-536871935"


def nginx(store, name, *directives):
    """nginx as a proxy of the bucket; `directives` size its buffer."""
    def command(_answer):
        lines = ["daemon off;", "worker_processes 1;", f"user {'root' if os.geteuid() == 0 else os.environ['USER']};",
                 f"pid {RUN}/pid;", "events { worker_connections 4096; }",
                 f"http {{ access_log off; upstream store {{ server {store.host}; keepalive 64; }}",
                 f"server {{ listen {HOST}:{PORT}; location /download2/ {{",
                 "proxy_pass http://store/vod/media/; proxy_http_version 1.1; proxy_set_header Connection '';",
                 "proxy_set_header Authorization '';",
                 "proxy_buffering off;", *directives, "}}}"]
        path = RUN / "nginx.conf"
        path.write_text("\n".join(lines), encoding="utf-8")
        return ["/usr/sbin/nginx", "-e", str(RUN / "error.log"), "-c", str(path)]
    return Server(name, name, command)


def sluice(store, folder):
    origins = json.dumps(store.config(folder)["media"]["origins"])

    def command(_answer):
        return [str(SLUICE), "serve", "--dev", "--listen", f"{HOST}:{PORT}", "--threads", "1", "--access-log", "off",
                "--log-level", "warning", "--set", f"media.origins={origins}",
                "--set=limits.requests_per_connection=1000000000", "--set=limits.connections=4096",
                "--set=limits.connections_per_peer=4096", "--set=limits.user_downloads=4096"]
    return Server("sluice", "Sluice", command, checks=True, env=(("SLUICE_SECRET", SECRET),))


def token(target):
    command = [SLUICE, "token", "issue", "--type", "lesson", "--rel", REL, "--user", USER, "--filename",
               target.filename, "--ttl", "86400"]
    done = subprocess.run(command, env={"SLUICE_SECRET": SECRET}, check=True, capture_output=True, encoding="utf-8")
    return done.stdout.strip()


def fill(store):
    """Puts the objects, and lets everybody read them, because nginx does not sign."""
    store.make_bucket()
    for target in (WHOLE_1M, WHOLE_1G):
        store.put(f"media/{REL}/{target.filename}", target.path.read_bytes())
    statement = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::vod/*"]}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode()
    status, text, _ = store.ask("PUT", "/vod", "policy=", policy)
    if status >= 300:
        raise BenchError(f"the store rejects the policy: {text}")


class Client:
    def __init__(self, store):
        self.fields = {"Authorization": f"Bearer {token(WHOLE_1G)}"}
        self.store = store

    def cpu_per_gib(self, running, seconds):
        before = running.cpu_seconds()
        done = subprocess.run(
            ["taskset", "-c", str(CLIENT_CORE), "wrk", "-t1", "-c4", f"-d{seconds}s", "-H",
             f"Authorization: {self.fields['Authorization']}", "-s", BENCH / "totals.lua",
             f"http://{HOST}:{PORT}{WHOLE_1G.uri}"], capture_output=True, encoding="utf-8", check=True)
        totals = json.loads(done.stdout.split("totals:")[1].splitlines()[0])
        if totals["failed"] or totals["bytes"] < GIB / 8:
            raise BenchError(f"{running.server.label}: {done.stdout}")
        return (running.cpu_seconds() - before) / (totals["bytes"] / GIB), totals["bytes"] / GIB / seconds

    def added_latency(self, count):
        """Milliseconds to the first byte above the same request to the store, both over connections that are kept."""
        def timed(connection, path, fields):
            begin = time.perf_counter()
            connection.request("GET", path, headers={**fields, "Range": RANGE})
            response = connection.getresponse()
            # RGW sends a small content when its head is acknowledged: neither way is to wait for this kernel.
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            response.read(1)
            first = time.perf_counter() - begin
            response.read()
            if response.status != 206:
                raise BenchError(f"{path} is answered with {response.status}")
            return first * 1e3

        ways = ((http.client.HTTPConnection(HOST, PORT), WHOLE_1G.uri, self.fields),
                (http.client.HTTPConnection(HOST, self.store.port), f"/vod/media/{REL}/{WHOLE_1G.filename}", {}))
        times = [[timed(*way) for way in ways] for _ in range(count + 5)][5:]
        for connection, _, _ in ways:
            connection.close()
        through, direct = (statistics.median(column) for column in zip(*times))
        return through - direct

    @staticmethod
    def memory(running, count, seconds):
        """KiB of the server, and of the kernel for the TCP of server, store and client, for each of `count` downloads of
        1 MiB that take SLOW_BYTES a second together. They start one after the other: the store reads ahead for each."""
        request = (f"GET {WHOLE_1M.uri} HTTP/1.1\r\nHost: {HOST}\r\n"
                   f"Authorization: Bearer {token(WHOLE_1M)}\r\n\r\n").encode()
        before, kernel_before, most, each = running.pss_bytes(), kernel_bytes(), 0, SLOW_BYTES // count
        with contextlib.ExitStack() as stack:
            held = []
            for _ in range(count):
                one = stack.enter_context(socket.socket())
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                one.settimeout(60)
                one.connect((HOST, PORT))
                one.sendall(request)
                if not one.recv(256).startswith(b"HTTP/1.1 200"):
                    raise BenchError(f"{running.server.label} rejects a slow download")
                held.append(one)
            for _ in range(seconds):
                end = time.monotonic() + 1
                for one in held:
                    if not one.recv(each):
                        raise BenchError(f"{running.server.label} has cut a slow download")
                most = max(most, running.pss_bytes())
                select.select([], [], [], max(0, end - time.monotonic()))
            kernel = kernel_bytes() - kernel_before
        return (most - before) / count / 1024, kernel / count / 1024


def kernel_bytes():
    """What the kernel holds for TCP."""
    for line in pathlib.Path("/proc/net/sockstat").read_text().splitlines():
        if line.startswith("TCP:"):
            return int(line.split()[-1]) * resource.getpagesize()
    raise BenchError("/proc/net/sockstat has no line of TCP")


def shown(values):
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--requests", type=int, default=200, help="for the time to the first byte; 0: skip it")
    parser.add_argument("--held", type=int, default=1000, help="slow downloads; 0: skip them")
    chosen = parser.parse_args()
    raise_descriptor_limit()
    make_media()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.sched_setaffinity(0, {CLIENT_CORE})  # the store's processes inherit it
        store = Rgw(f"{folder}/rgw")
        stack.callback(store.stop)
        fill(store)
        client = Client(store)
        servers = (sluice(store, folder), nginx(store, "nginx"),
                   nginx(store, "nginx, 32 KiB", "proxy_buffer_size 32k;", "proxy_buffers 8 32k;"))
        rows = {server: ([], [], [], [], []) for server in servers}
        for _ in range(chosen.rounds):
            for server in servers:
                with Running(server, None) as running:
                    client.added_latency(3)  # warms up
                    for row, value in zip(rows[server], client.cpu_per_gib(running, chosen.seconds)):
                        row.append(value)
                    if chosen.requests:
                        rows[server][2].append(client.added_latency(chosen.requests))
        if chosen.held:
            for server in servers:
                with Running(server, None) as running:
                    client.memory(running, 20, 1)  # the one-time cost of the first downloads
                    for row, value in zip(rows[server][3:], client.memory(running, chosen.held, 20)):
                        row.append(value)
    print("| | CPU, s/GiB | GiB/s | ms to the first byte above a direct request | KiB/slow download "
          "| KiB of TCP/slow download |\n|---|---|---|---|---|---|")
    for server, columns in rows.items():
        print(f"| {server.label} | {' | '.join(shown(column) if column else '–' for column in columns)} |")


if __name__ == "__main__":
    sys.exit(main())
