#!/usr/bin/python3
"""Compares build/release/bin/sluice with an earlier build: bench/compare_builds.py BINARY [--rounds N] [--seconds N]

- Warm files: server CPU of the rows 1k, 64k, range and 1g; the two builds in turns; their order changes each round.
- Cold throughput: one curl and a file of 1 GiB, after the page cache was emptied (root is required); nginx beside them.
- Memory of this build with 10,000 slow downloads, half of them of a file that is kept out of the page cache.

Wants scripts/bench to have built the programs of build/bench, and a quiet machine."""

import argparse
import contextlib
import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time

import rows
from clients import Held
from common import HOST, PORT, SLUICE, WORK, raise_descriptor_limit
from process import Running
from rounds import Bench
from servers import SERVERS, sluice_command
from targets import GIB, MIB, REL, WHOLE_1G, FOLDER, make_media
from traffic import Traffic, mint, request

ROWS = ("1k", "64k", "range", "1g")
SLOW = 10_000
STORAGE_MEMORY = 8 * MIB


def earlier(binary):
    """This build's server with another binary, which may be older than `serve --dev`."""
    text = subprocess.run([binary, "serve", "--help"], capture_output=True, text=True, check=True)
    arguments = sluice_command("--access-log", "off")(None)
    arguments[0] = binary
    if "--dev" not in text.stdout:
        arguments.remove("--dev")
    return dataclasses.replace(
        SERVERS["sluice"], key="earlier", label="earlier build", command=lambda _: arguments)


def compare_warm(rounds, seconds):
    bench = Bench(Traffic(), rounds, seconds)
    for row in rows.full_rows():
        if row.key in ROWS:
            bench.run(dataclasses.replace(row, servers=("earlier", "sluice"), rounds=rounds))
    for key, found in bench.results.items():
        old, new = (found["servers"][name] for name in ("earlier", "sluice"))
        figure = "cpu_us" if "cpu_us" in old else "cpu_s_per_gib"
        pairs = zip(old[figure]["samples"], new[figure]["samples"])
        print(f"{key}: {figure} {old[figure]['median']:.3f} before, {new[figure]['median']:.3f} now; "
              f"ratio of medians {new[figure]['median'] / old[figure]['median']:.3f}, "
              f"median of paired ratios {statistics.median(b / a for a, b in pairs):.3f}", flush=True)


def empty_page_cache():
    os.sync()
    pathlib.Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")


def cold_seconds(server, token):
    with Running(server, None):
        empty_page_cache()
        command = ["curl", "-sf", "-o", "/dev/null", "-w", "%{size_download} %{time_total}",
                   "-H", f"Authorization: Bearer {token}", f"http://{HOST}:{PORT}{WHOLE_1G.uri}"]
        size, seconds = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        if int(size) != GIB:
            raise SystemExit(f"{server.label} sent {size} bytes")
        return float(seconds)


def compare_cold(rounds):
    token = mint(WHOLE_1G.filename, 1)[0]
    names = ["earlier", "sluice", "nginx"]
    found = {name: [] for name in names}
    for turn in range(rounds):
        for name in names[turn % 3:] + names[:turn % 3]:
            found[name].append(cold_seconds(SERVERS[name], token))
    middle = {name: GIB / MIB / statistics.median(times) for name, times in found.items()}
    pairs = zip(found["earlier"], found["sluice"])
    print("cold: " + ", ".join(f"{SERVERS[name].label} {rate:.0f} MiB/s" for name, rate in middle.items())
          + f"; now/before, median of paired ratios {statistics.median(a / b for a, b in pairs):.3f}",
          flush=True)


@contextlib.contextmanager
def kept_cold(path):
    """Drops the pages of `path` several times a second."""
    ended = threading.Event()

    def drop():
        with open(path, "rb") as file:
            while not ended.wait(0.2):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    dropper = threading.Thread(target=drop)
    dropper.start()
    try:
        yield
    finally:
        ended.set()
        dropper.join()


def write_slow_requests(path, cold_name):
    """Ranges that begin at different places, of the warm and of the cold file in turns."""
    tokens = {name: mint(name, 1)[0] for name in (WHOLE_1G.filename, cold_name)}
    with open(path, "w", encoding="ascii", newline="") as file:
        for index in range(SLOW // 2):
            for name, token in tokens.items():
                fields = {"Authorization": f"Bearer {token}", "Range": f"bytes={index * (GIB // SLOW)}-"}
                file.write(request(f"/download2/{REL}/{name}", fields))


def weigh_slow():
    cold = FOLDER / "cold.mp4"
    subprocess.run(["cp", WHOLE_1G.path, cold], check=True)
    os.sync()
    requests = WORK / "requests" / "half-cold"
    write_slow_requests(requests, cold.name)
    command = sluice_command("--access-log", "off", f"--set=storage.memory={STORAGE_MEMORY}")
    server = dataclasses.replace(SERVERS["sluice"], command=command)
    try:
        with kept_cold(cold), Running(server, None) as running:
            before = running.pss_bytes()
            with Held(requests, SLOW, "slow") as held:
                held.check(10)
                grown = running.pss_bytes() - before
    finally:
        cold.unlink()
    print(f"memory: {SLOW} slow downloads, half of them cold: {grown / 1024:.0f} KiB more, of which "
          f"storage.memory allows {STORAGE_MEMORY / 1024:.0f}; the rest is "
          f"{(grown - STORAGE_MEMORY) / SLOW:.0f} B for each")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", help="the earlier release build")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=1)
    arguments = parser.parse_args()
    if not SLUICE.exists():
        raise SystemExit(f"{SLUICE} is missing: scripts/bench builds it")
    raise_descriptor_limit()
    SERVERS["earlier"] = earlier(arguments.binary)
    make_media()
    compare_warm(arguments.rounds, arguments.seconds)
    compare_cold(arguments.rounds)
    weigh_slow()
    return 0


if __name__ == "__main__":
    sys.exit(main())
