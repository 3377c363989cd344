#!/usr/bin/python3
"""What a store costs: bench/store_rates.py [--seconds N] [--rounds N] [--only WORD]

Tokens per second and server CPU per request for owners without a store, and for holders of grants
with SQLite and PostgreSQL, answers remembered and not; then downloads with no store, and with 0 and
1,000,000 revocations loaded. One core for the server, one for wrk; medians of the rounds, which take
the rows in turn. Wants scripts/bench to have built build/release/bin/sluice, and a quiet machine."""

import argparse
import contextlib
import importlib.util
import json
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from common import BENCH, CLIENT_CORE, ROOT, SECRET, SERVER_CORE, SLUICE

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


class Node:
    """`sluice serve` on its core, with these settings."""

    def __init__(self, folder, url="", **store):
        self.port = 18090
        settings = {"store": {"url": url, **store}} if url else {}
        config = folder / "sluice.json"
        config.write_text(json.dumps(settings))
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), SLUICE, "serve", "--config", config, "--threads",
             "1", "--listen", f"127.0.0.1:{self.port}", "--media-root", folder / "media",
             "--access-log", "off"],
            env={"SLUICE_SECRET": SECRET}, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if self.get("/readyz"):
                    return
            time.sleep(0.05)
        raise SystemExit("the server did not become ready")

    def get(self, target):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{target}") as answer:
            return answer.read()

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
             "-s", BENCH / "wrk.lua", f"http://127.0.0.1:{self.port}/", "--", requests],
            capture_output=True, encoding="utf-8", check=True)
        result = json.loads(done.stdout.split("result:")[1].splitlines()[0])
        if any(result["errors"].values()):
            raise SystemExit(f"errors: {result['errors']}")
        count = result["requests"]
        return count / result["seconds"], (self.cpu() - before) / count * 1e6, result["p99_us"]

    def close(self):
        self.process.terminate()
        self.process.wait(20)


def request_file(path, requests):
    path.write_text("".join(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{fields}\r\n"
                            for target, fields in requests))
    return path


def tokens(node):
    """Requests for one file, each with a token of its own."""
    for _ in range(TOKENS):
        token = json.loads(node.get(QUERY + "t1"))["token"]
        yield PATH, f"Authorization: Bearer {token}\r\n"


def sql_grants():
    users = ",".join(f"('user{i}', 'c1')" for i in range(TOKENS))
    return f"INSERT INTO sluice_grants (user_id, course_id) VALUES {users}"


def run(*arguments):
    subprocess.run([SLUICE, *arguments], check=True, capture_output=True)


def prepare(folder, server, wants_full):
    """The media, two stores with grants, and where it is wanted one with a million revocations."""
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


def rows(sqlite, full, url):
    """(label, kind of requests, settings)."""
    return (
        ("mint, owner, no store", "owner", {}),
        ("mint, owner, SQLite", "owner", {"url": sqlite}),
        ("mint, grant remembered, SQLite", "granted", {"url": sqlite}),
        ("mint, grant asked for, SQLite", "granted", {"url": sqlite, "cache_lifetime_ms": 0}),
        ("mint, grant remembered, PostgreSQL", "granted", {"url": url}),
        ("mint, grant asked for, PostgreSQL", "granted", {"url": url, "cache_lifetime_ms": 0}),
        ("download, no store", "download", {}),
        ("download, 0 revocations", "download", {"url": sqlite}),
        ("download, 1,000,000 revocations", "download", {"url": full}),
    )


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
        table = [row for row in rows(*stores) if chosen.only in row[0]]
        node = Node(folder)
        files = {
            "owner": request_file(folder / "owner", [(QUERY + "t1", "")]),
            "granted": request_file(
                folder / "granted", [(QUERY + f"user{i}", "") for i in range(TOKENS)]),
            "download": request_file(folder / "download", tokens(node)),
        }
        node.close()
        seen = {label: [] for label, _, _ in table}
        for _ in range(chosen.rounds):
            for label, kind, settings in table:
                node = Node(folder, **settings)
                node.load(files[kind], 1)  # warms caches, connections and prepared statements
                seen[label].append((*node.load(files[kind], chosen.seconds), node.resident()))
                node.close()
        print("| row | requests/s | server CPU, us | p99, us | resident, MiB |\n|---|---|---|---|---|")
        for label, results in seen.items():
            rate, cpu, p99, size = (statistics.median(column) for column in zip(*results))
            print(f"| {label} | {rate:,.0f} | {cpu:.2f} | {p99:,.0f} | {size:.1f} |")
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
