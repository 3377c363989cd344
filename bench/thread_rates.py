#!/usr/bin/python3
"""Measures what a second thread adds: bench/thread_rates.py [--seconds N] [--rounds N]

Server CPU per request of 1 KiB with one thread on one core, and with two threads on two cores, and the
requests per second that those cores could serve at that price. Each thread has 64 connections. With one thread
the client has a core of its own; with two it shares theirs, so that the figure of two threads is a little too
high. Wants scripts/bench to have built build/release/bin/sluice and build/bench/load, and a machine of two cores
that does nothing else."""

import argparse
import dataclasses
import json
import statistics
import subprocess

import process
from common import PORT, WORK, raise_descriptor_limit
from process import Running
from servers import SERVERS
from targets import WHOLE_1K, make_media
from traffic import Traffic

CONNECTIONS = 64  # of each thread


def with_threads(count):
    server = SERVERS["sluice"]

    def command(answer):
        made = list(server.command(answer))
        made[made.index("--threads") + 1] = str(count)
        return made

    return dataclasses.replace(server, command=command)


def measure(count, requests, seconds):
    """(server CPU in µs per request, requests per second)."""
    process.SERVER_CORE = "0" if count == 1 else "0,1"
    with Running(with_threads(count), None) as running:
        done = subprocess.run(
            ["taskset", "-c", "1" if count == 1 else "0,1", WORK / "load", "-p", str(PORT),
             "-c", str(CONNECTIONS * count), "-f", requests, "-s", str(seconds), "-w", "500",
             "-r", "0", "-P", ",".join(map(str, running.pids))],
            capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found["cpu_seconds"] / found["requests"] * 1e6, found["requests"] / found["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    chosen = parser.parse_args()
    raise_descriptor_limit()
    make_media()
    requests, _ = Traffic().file(WHOLE_1K, "bearer")
    seen = {1: [], 2: []}
    for _ in range(chosen.rounds):
        for count, found in seen.items():
            found.append(measure(count, requests, chosen.seconds))
    middle = {}
    for count, found in seen.items():
        costs, rates = zip(*found)
        middle[count] = statistics.median(costs)
        print(f"{count} thread(s): {middle[count]:.2f} ({min(costs):.2f} to {max(costs):.2f}) us of CPU per request, "
              f"which is {count / middle[count] * 1e6:,.0f} requests/s of busy cores; seen {statistics.median(rates):,.0f}")
    print(f"two threads serve {2 * middle[1] / middle[2]:.2f} times as many requests as one")


if __name__ == "__main__":
    main()
