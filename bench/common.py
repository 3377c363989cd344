"""Shared by all parts of the benchmark: folders, addresses, cores."""

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

# Long enough for every server that signs; shared by all of them and used nowhere else.
SECRET = "a secret of the benchmark, known to all of its servers"


class BenchError(Exception):
    """The benchmark cannot continue, with the reason. Shown without a traceback."""


class VoidRound(Exception):
    """A measurement that does not count: errors on the wire, answers of the wrong size."""


def raise_descriptor_limit():
    """Raises the limit of open files to the maximum, for this process and its children."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def most_connections():
    """The descriptors of one process, minus its other open files: Sluice keeps 256 descriptors for
    rejections. Capped, so that a machine without a limit does not use all of its memory."""
    return min(raise_descriptor_limit(), 20000) - 500


def user_name():
    """The user as which a server started by root keeps running, so that it can read a clone in
    root's home."""
    return "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
