"""Runs the stages, prints their results and a summary table; see scripts/torture."""

import argparse
import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "integration"))

from load import LARGE, run_load, run_slowhttptest
from probe import SMALL, SMALL_BODY
from restarts import run_restarts
from soak import run_soak
from storage import run_storage
from support.media import MediaTree, noise
from support.server import Server


class Run:
    """Shared by the stages: the media, the tools, the table."""

    def __init__(self, options, folder):
        self.quick, self.tools, self.folder = options.quick, options.tools, folder
        self.tree = MediaTree(folder / "media")
        self.tree.add(SMALL, SMALL_BODY)
        self.tree.add(LARGE, noise(24 << 20))
        self.rows, self.servers, self.began = [], 0, time.monotonic()

    def say(self, text):
        print(f"    {time.monotonic() - self.began:5.0f} s  {text}", flush=True)

    def note(self, what, seen, good):
        self.rows.append((what, seen, good))
        self.say(f"{'ok ' if good else 'BAD'}  {what}: {seen}")

    @contextlib.contextmanager
    def server(self, **config):
        self.servers += 1
        config = {"log": {"access": str(self.folder / "access.log")}, **config}
        instance = Server(self.folder / f"server{self.servers}", self.tree.root, config=config)
        try:
            yield instance
        finally:
            instance.stop()


def run_faults(run):
    """The fault tests of the integration suite."""
    tests = sorted(str(path) for path in (ROOT / "test/integration").glob("test_faults_*.py"))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *tests]
    command += ["-k", "not kill"] if run.quick else []
    done = subprocess.run(
        command, cwd=ROOT / "test/integration", capture_output=True, text=True, timeout=240, check=False
    )
    counts = re.findall(r"\d+ (?:passed|failed|error|skipped)", done.stdout.splitlines()[-1])
    run.note("faults: disks, memory, descriptors, roots, clocks, clients", ", ".join(counts),
             done.returncode == 0)
    if done.returncode != 0:
        print(done.stdout[-4000:])


STAGES = {
    "faults": run_faults,
    "load": run_load,
    "slowhttptest": run_slowhttptest,
    "storage": run_storage,
    "restarts": run_restarts,
    "soak": run_soak,
}


def main():
    parser = argparse.ArgumentParser(prog="scripts/torture", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about two minutes, smaller numbers")
    parser.add_argument("--only", choices=STAGES, action="append", help="this stage; repeatable")
    parser.add_argument("--tools", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        run = Run(options, pathlib.Path(folder))
        for name in options.only or STAGES:
            print(f"==> {name}", flush=True)
            try:
                STAGES[name](run)
            except Exception as fault:  # noqa: BLE001: the other stages still run
                run.note(name, f"{type(fault).__name__}: {fault}", False)
        print(f"\n{'verdict':8} {'what':58} seen")
        for what, seen, good in run.rows:
            print(f"{'ok' if good else 'BAD':8} {what:58} {seen}")
        print(f"{time.monotonic() - run.began:.0f} s")
        return 0 if all(good for _, _, good in run.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
