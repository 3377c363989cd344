#!/usr/bin/python3
"""Measures what a second thread adds: bench/thread_rates.py [--seconds N] [--rounds N]

Server CPU per request of 1 KiB with one thread on one core, and with two threads on two cores, and the
requests per second that those cores could serve at that price. Each thread has 64 connections. With one thread
the client has a core of its own; with two it shares theirs, so that the figure of two threads is a little too
high. Wants scripts/bench to have built build/release/bin/sluice and build/bench/load, and a machine of two cores
that does nothing else."""

import argparse
import dataclasses
import statistics

from clients import run_load
from common import CLIENT_CORE, SERVER_CORE, raise_descriptor_limit
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
    both = f"{SERVER_CORE},{CLIENT_CORE}"
    server, client = (SERVER_CORE, CLIENT_CORE) if count == 1 else (both, both)
    with Running(with_threads(count), None, server) as running:
        found = run_load(running, requests, CONNECTIONS * count, seconds, cores=client)
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
