#!/usr/bin/python3
"""Measures how long a revocation takes to cut a transfer: bench/revocation_delay.py [--rounds N]

Two nodes share a store; each sends a large file to a client that has stopped reading. The token is
revoked by SQL, and the time is measured from before the statement to the reset of each connection.
Uses the harness of the integration tests, and build/release/bin/sluice unless SLUICE_BINARY names
another binary."""

import argparse
import pathlib
import select
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "test/integration"))

from support.ids import Lesson
from support.media import MediaTree, noise
from support.paused import LARGE, Paused
from support.server import Server
from support.stores import PostgresStore, SqliteStore, start_postgres
from support.tokens import decode
from support.waiting import eventually


def delays(store, nodes, media, rounds):
    """Seconds until the reset, of each node in each round."""
    for _ in range(rounds):
        token = nodes[0].token(media)
        transfers = [Paused(node, media, token) for node in nodes]
        jti = decode(token)[1]["jti"]
        began = time.monotonic()
        store.sql(f"INSERT INTO sluice_revocations (kind, subject) VALUES ('token', '{jti}')")
        for transfer in transfers:
            watch = select.poll()
            watch.register(transfer.connection.socket, select.POLLERR | select.POLLRDHUP)
            if not watch.poll(20_000):
                raise SystemExit("a transfer went on")
            yield time.monotonic() - began
            transfer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name, start_postgres() as server:
        folder = pathlib.Path(name)
        tree = MediaTree(folder / "media")
        media = tree.add(Lesson("large.bin"), noise(LARGE))
        for store in (PostgresStore(server), SqliteStore(folder / "store.db")):
            label = type(store).__name__
            nodes = [Server(folder / f"{label}{i}", tree.root, config=store.config())
                     for i in range(2)]
            for node in nodes:
                eventually(lambda node=node: node.get("/readyz").status == 200)
            seen = list(delays(store, nodes, media, rounds))
            for node in nodes:
                node.stop()
            print(f"{label}: median {statistics.median(seen) * 1e3:.0f} ms, "
                  f"longest {max(seen) * 1e3:.0f} ms, of {len(seen)}")


if __name__ == "__main__":
    main()
