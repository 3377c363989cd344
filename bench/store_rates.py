#!/usr/bin/python3
"""Measures minting and a store: bench/store_rates.py [--seconds N] [--rounds N] [--only WORD]

Tokens per second and server CPU per request for owners without a store, by each kind of credential,
and for holders of grants with SQLite and PostgreSQL, answers remembered and not; then downloads with
no store, and with 0 and 1,000,000 revocations loaded. The floor is a loop that takes the same requests
and sends answers of the same size, and does nothing else. One core for the server, one for wrk;
medians of the rounds, which take the rows in turn. Wants scripts/bench to have built
build/release/bin/sluice, and a quiet machine."""

import argparse
import contextlib
import importlib.util
import json
import os
import pathlib
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from common import BENCH, CLIENT_CORE, ROOT, SECRET, SERVER_CORE, SLUICE

sys.path.insert(0, str(ROOT / "test/integration"))

from support.issuers import Signer, issuer_key, jwks_file, keys_file

PORT = 18090
TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 64
TOKENS = 2000
REVOCATIONS = 1_000_000
QUERY = "/api/get-download-token/v2?type=course&course_id=c1&filename=a.mp4&user_id="
PATH = "/download2/course/c1/a.mp4"


def postgres():
    spec = importlib.util.spec_from_file_location(
        "postgres_server", ROOT / "test/support/postgres_server.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PostgresServer()


class Served:
    """A process on the server's core, loaded by wrk."""

    def __init__(self, *command):
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *command],
            env={"SLUICE_SECRET": SECRET}, stderr=subprocess.DEVNULL)

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2]
        return sum(int(part) for part in fields.split()[11:13]) / TICKS

    def resident(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def load(self, requests, seconds):
        """Requests per second, server CPU per request in microseconds, and the 99th percentile."""
        before = self.cpu()
        done = subprocess.run(
            ["taskset", "-c", str(CLIENT_CORE), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s",
             "-s", BENCH / "wrk.lua", f"http://127.0.0.1:{PORT}/", "--", requests],
            capture_output=True, encoding="utf-8", check=True)
        result = json.loads(done.stdout.split("result:")[1].splitlines()[0])
        if any(result["errors"].values()):
            raise SystemExit(f"errors: {result['errors']}")
        count = result["requests"]
        return count / result["seconds"], (self.cpu() - before) / count * 1e6, result["p99_us"]

    def close(self):
        self.process.terminate()
        self.process.wait(20)


class Node(Served):
    """`sluice serve` with these settings."""

    def __init__(self, folder, settings):
        config = folder / "sluice.json"
        config.write_text(json.dumps({"issuer": {"mode": "local"}, **settings}))
        super().__init__(
            SLUICE, "serve", "--config", config, "--threads", "1", "--listen", f"127.0.0.1:{PORT}",
            "--media-root", folder / "media", "--access-log", "off")
        wait_until(lambda: fetch("/readyz"))


class Floor(Served):
    """The bare loop, which responds with as many bytes as `answer` has."""

    def __init__(self, folder, answer):
        program = folder / "floor"
        sources = [BENCH / name for name in ("floor.c", "answer_text.c", "tcp.c")]
        subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "-o", program, *sources], check=True)
        head, _, body = answer.partition(b"\r\n\r\n")
        super().__init__(program, str(PORT), str(len(head) + 4), str(len(body)))
        wait_until(lambda: socket.create_connection(("127.0.0.1", PORT)).close() or True)


def wait_until(check):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if check():
                return
        time.sleep(0.05)
    raise SystemExit("the server did not become ready")


def fetch(target):
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{target}") as answer:
        return answer.read()


def raw_answer(request):
    """All bytes of the response to one request."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=10) as connection:
        connection.sendall(request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request_file(path, requests):
    path.write_text("".join(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n"
                            for target, fields in requests))
    return path


def tokens():
    """Requests for one file, each with a token of its own."""
    for _ in range(TOKENS):
        token = json.loads(fetch(QUERY + "t1"))["token"]
        yield PATH, f"Authorization: Bearer {token}\r\n"


def sql_grants():
    users = ",".join(f"('user{i}', 'c1')" for i in range(TOKENS))
    return f"INSERT INTO sluice_grants (user_id, course_id) VALUES {users}"


def run(*arguments):
    subprocess.run([SLUICE, *arguments], check=True, capture_output=True)


def prepare(folder, server, wants_full):
    """The media, two stores with grants, and, if requested, one with a million revocations."""
    media = folder / "media/t1/c1"
    media.mkdir(parents=True)
    (media / "a.mp4").write_bytes(os.urandom(1024))
    sqlite = folder / "store.db"
    full = folder / "full.db"
    for path in (sqlite, full) if wants_full else (sqlite,):
        run("store", "migrate", "--store", path)
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute(sql_grants())
            if path == full:
                connection.executemany(
                    "INSERT INTO sluice_revocations (kind, subject) VALUES ('token', ?)",
                    ((f"jti-{i:016x}",) for i in range(REVOCATIONS)))
            connection.commit()
    run("store", "migrate", "--store", server.url())
    server.sql(sql_grants())
    return str(sqlite), str(full), server.url()


def stored(url, **more):
    return {"store": {"url": url, **more}}


def credentials(folder):
    """(label, kind of requests, settings) and the requests, of each credential."""
    key, entry = issuer_key("bench")
    keys = {"issuer": {"keys_file": str(keys_file(folder / "issuers.json", entry))}}
    yield "mint, issuer key", key, keys
    for algorithm in ("HS256", "EdDSA", "ES256", "RS256"):
        signer = Signer(algorithm)
        path = jwks_file(folder / f"{algorithm}.json", signer.jwk())
        token = signer.token("t1", exp=int(time.time()) + 86400)
        yield f"mint, session {algorithm}", token, {"issuer": {"jwt": {"key_file": str(path)}}}


def rows(folder, sqlite, full, url):
    """(label, kind of requests, settings); without settings, the floor."""
    yield "mint, floor", "owner", None
    yield "mint, owner, no store", "owner", {}
    for label, credential, settings in credentials(folder):
        request_file(folder / label, [(QUERY + "t1", f"Authorization: Bearer {credential}\r\n")])
        yield label, label, settings
    yield "mint, owner, SQLite", "owner", stored(sqlite)
    for name, store in (("SQLite", sqlite), ("PostgreSQL", url)):
        yield f"mint, grant remembered, {name}", "granted", stored(store)
        yield f"mint, grant asked for, {name}", "granted", stored(store, cache_lifetime_ms=0)
    yield "download, floor", "download", None
    yield "download, no store", "download", {}
    yield "download, 0 revocations", "download", stored(sqlite)
    yield "download, 1,000,000 revocations", "download", stored(full)


def write_requests(folder):
    """The request files of the rows, and the response to the first request of each."""
    node = Node(folder, {})
    request_file(folder / "owner", [(QUERY + "t1", "")])
    request_file(folder / "granted", [(QUERY + f"user{i}", "") for i in range(TOKENS)])
    request_file(folder / "download", tokens())
    first = {kind: (folder / kind).read_text().partition("\r\n\r\n")[0] + "\r\n\r\n"
             for kind in ("owner", "download")}
    answers = {kind: raw_answer(request) for kind, request in first.items()}
    node.close()
    return answers


def measure(chosen, folder, table, answers):
    seen = {label: [] for label, _, _ in table}
    for _ in range(chosen.rounds):
        for label, kind, settings in table:
            server = Floor(folder, answers[kind]) if settings is None else Node(folder, settings)
            server.load(folder / kind, 1)  # warms caches, connections and prepared statements
            seen[label].append((*server.load(folder / kind, chosen.seconds), server.resident()))
            server.close()
    return seen


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-store-rates-"))
    server = postgres().start()
    try:
        wants_full = chosen.only in "download, 1,000,000 revocations"
        stores = prepare(folder, server, wants_full)
        table = [row for row in rows(folder, *stores) if chosen.only in row[0]]
        seen = measure(chosen, folder, table, write_requests(folder))
        print("| row | requests/s | server CPU, us | p99, us | resident, MiB |\n|---|---|---|---|---|")
        for label, results in seen.items():
            rate, cpu, p99, size = (statistics.median(column) for column in zip(*results))
            print(f"| {label} | {rate:,.0f} | {cpu:.2f} | {p99:,.0f} | {size:.1f} |")
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
