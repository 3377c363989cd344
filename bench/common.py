"""What all parts of the benchmark agree on: folders, addresses, cores."""

import os
import pathlib
import resource

ROOT = pathlib.Path(__file__).resolve().parents[1]
BENCH = ROOT / "bench"
WORK = ROOT / "build/bench"
MEDIA = WORK / "media"
PEERS = BENCH / "peers"
SLUICE = ROOT / "build/release/bin/sluice"

HOST = "127.0.0.1"
PORT = 18080
METRICS_PORT = 18081
SERVER_CORE = 0
CLIENT_CORE = 1

# Long enough for every server that signs; known to all of them, and worth nothing elsewhere.
SECRET = "a secret of the benchmark, known to all of its servers"


class BenchError(Exception):
    """The benchmark cannot go on, and why. Shown without a traceback."""


class VoidRound(Exception):
    """A measurement that does not count: errors on the wire, answers of the wrong size."""


def raise_descriptor_limit():
    """Sets the limit of open files to what is allowed, for us and what we start."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def most_connections():
    """As many as one process may hold, less what else it has open: Sluice keeps 256 descriptors for
    refusals. Capped, so that a machine without a limit is not asked for all of its memory."""
    return min(raise_descriptor_limit(), 20000) - 500


def user_name():
    """Whom a server started by root shall stay, so that it may read a clone in root's home."""
    return "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
