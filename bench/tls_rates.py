#!/usr/bin/python3
"""Measures the cost of TLS: bench/tls_rates.py [--seconds N] [--rounds N] [--held N]

Sluice, which checks a token on each request, beside nginx, which checks nothing, under the same
certificate (ECDSA P-256), protocol and cipher: server CPU per GiB, per request of 1 KiB, per new and per
resumed connection, and memory of each connection that is idle or downloads slowly. One core for the server,
one for the client; medians of the rounds, which take the servers in turn. Wants scripts/bench to have
built build/release/bin/sluice, and a quiet machine."""

import argparse
import json
import os
import socket
import ssl
import statistics
import subprocess
import sys
import time

from common import BENCH, CLIENT_CORE, HOST, PORT, SECRET, SLUICE, WORK
from common import raise_descriptor_limit
from process import Running
from servers import Server, nginx_command, sluice_command
from targets import REL, USER, WHOLE_1G, WHOLE_1K, make_media

CERTIFICATE, KEY = WORK / "tls.crt", WORK / "tls.key"
LISTENERS = json.dumps(
    [{"address": f"{HOST}:{PORT}", "certificate": str(CERTIFICATE), "key": str(KEY)}])
# `ssl on` instead of `listen … ssl`: the template is the same as for the other rows.
NGINX = f"""
    ssl on;
    ssl_certificate {CERTIFICATE};
    ssl_certificate_key {KEY};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache off;"""
SERVERS = (
    Server("sluice", "Sluice", sluice_command("--access-log", "off", "--set", f"listeners={LISTENERS}"),
           env=(("SLUICE_SECRET", SECRET),)),
    Server("nginx", "nginx", nginx_command(http=NGINX)),
)


def make_certificate():
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "30", "-subj", "/CN=bench", "-keyout", KEY, "-out", CERTIFICATE],
        check=True, capture_output=True)


def token_for(target):
    command = [SLUICE, "token", "issue", "--type", "lesson", "--rel", REL, "--user", USER,
               "--filename", target.filename, "--ttl", "86400"]
    done = subprocess.run(command, env={"SLUICE_SECRET": SECRET}, check=True, capture_output=True,
                          encoding="utf-8")
    return done.stdout.strip()


def insecure_context():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Client:
    def __init__(self):
        self.tokens = {target: token_for(target) for target in (WHOLE_1K, WHOLE_1G)}

    def wrk(self, running, target, connections, seconds, *fields):
        """(requests, bytes, server CPU) of a run."""
        headers = [f"Authorization: Bearer {self.tokens[target]}", *fields]
        before = running.cpu_seconds()
        done = subprocess.run(
            ["taskset", "-c", str(CLIENT_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
             *(part for header in headers for part in ("-H", header)), "-s", BENCH / "totals.lua",
             f"https://{HOST}:{PORT}{target.uri}"],
            capture_output=True, encoding="utf-8", check=True)
        totals = json.loads(done.stdout.split("totals:")[1].splitlines()[0])
        if totals["failed"]:
            raise SystemExit(f"{running.server.label}: {done.stdout}")
        return totals["requests"], totals["bytes"], running.cpu_seconds() - before

    def resumed(self, running, seconds):
        """(connections, server CPU): one connection after the other, each with the session of the one
        before it and one request of 1 KiB."""
        os.sched_setaffinity(0, {CLIENT_CORE})
        context = insecure_context()
        request = (f"GET {WHOLE_1K.uri} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n"
                   f"Authorization: Bearer {self.tokens[WHOLE_1K]}\r\n\r\n").encode()
        session, count, resumed = None, -1, 0
        end = None
        while end is None or time.monotonic() < end:
            with context.wrap_socket(socket.create_connection((HOST, PORT)), session=session) as secure:
                secure.sendall(request)
                while secure.recv(65536):
                    pass
                session = secure.session
                resumed += secure.session_reused
            count += 1
            if count == 0:  # the first makes the session
                end, before = time.monotonic() + seconds, running.cpu_seconds()
        used = running.cpu_seconds() - before
        os.sched_setaffinity(0, range(os.cpu_count()))
        if resumed != count:
            raise SystemExit(f"{running.server.label} resumed {resumed} of {count} sessions")
        return count, used

    def memory(self, running, target, count):
        """The server's memory, in bytes, for each of `count` connections that have requested
        `target` and read only the header section."""
        context = insecure_context()
        request = (f"GET {target.uri} HTTP/1.1\r\nHost: {HOST}\r\n"
                   f"Authorization: Bearer {self.tokens[target]}\r\n\r\n").encode()
        held, before = [], running.pss_bytes()
        for _ in range(count):
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.connect((HOST, PORT))
            held.append(context.wrap_socket(raw))
            held[-1].sendall(request)
            if not held[-1].recv(2048).startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"{running.server.label} does not answer")
        time.sleep(0.5)
        grown = running.pss_bytes() - before
        for one in held:
            one.close()
        return grown / count


def measure(client, server, chosen):
    with Running(server, None) as running:
        requests, _, cpu = client.wrk(running, WHOLE_1K, 64, chosen.seconds)
        small = cpu / requests * 1e6
        _, sent, cpu = client.wrk(running, WHOLE_1G, 4, chosen.seconds)
        large = cpu / (sent / (1 << 30))
        requests, _, cpu = client.wrk(running, WHOLE_1K, 16, chosen.seconds, "Connection: close")
        fresh = cpu / requests * 1e6
        count, cpu = client.resumed(running, chosen.seconds)
        again = cpu / count * 1e6
    held = []
    for target in (WHOLE_1K, WHOLE_1G):
        with Running(server, None) as running:
            client.memory(running, target, 50)  # the one-time cost of the first connections
            held.append(client.memory(running, target, chosen.held) / 1024)
    return large, small, fresh, again, *held


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--held", type=int, default=1000)
    chosen = parser.parse_args()
    raise_descriptor_limit()
    make_media()
    make_certificate()
    client = Client()
    seen = {server: [] for server in SERVERS}
    for _ in range(chosen.rounds):
        for server in SERVERS:
            seen[server].append(measure(client, server, chosen))
    print("| | CPU, s/GiB | CPU, us/request of 1 KiB | CPU, us/new connection "
          "| CPU, us/resumed connection | KiB/idle connection | KiB/slow download |\n"
          "|---|---|---|---|---|---|---|")
    for server, results in seen.items():
        shown = [f"{statistics.median(column):.3g} ({min(column):.3g} to {max(column):.3g})"
                 for column in zip(*results)]
        print(f"| {server.label} | {' | '.join(shown)} |")


if __name__ == "__main__":
    sys.exit(main())
