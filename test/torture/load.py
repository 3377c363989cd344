"""Slow downloads and slow headers by the thousand beside a healthy client."""

import contextlib
import pathlib
import re
import subprocess
import tempfile
import time

from probe import SMALL, watch
from support.ids import Lesson
from support.metrics import scrape
from support.tokens import mint
from support.wire import request_bytes

LARGE = Lesson("large.mp4")
PER_HOLDER = 1000
MOST_RATIO = 3.0


def start(*command):
    """An attacker. Real attackers have their own machines; these get the CPU time that the service
    leaves."""
    return subprocess.Popen(
        ["chrt", "--idle", "0", "setpriv", "--pdeathsig", "KILL", *map(str, command)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@contextlib.contextmanager
def slow_downloads(tools, server, count):
    """Each reads 4 KiB a second of a large file, from separate addresses."""
    requests = pathlib.Path(tempfile.mkstemp()[1])
    fields = {"Authorization": f"Bearer {mint(LARGE)}"}
    requests.write_bytes(request_bytes("GET", LARGE.target(), fields))
    holders = []
    try:
        for index in range(count // PER_HOLDER):
            source = f"127.2.0.{index + 1}"
            holders.append(
                start(tools / "hold", server.address[1], PER_HOLDER, requests, source, "slow")
            )
        for holder in holders:
            if holder.stdout.readline() != "ready\n":
                raise RuntimeError("a slow download was refused")
        yield
    finally:
        for holder in holders:
            holder.kill()
            holder.wait()
        requests.unlink()


@contextlib.contextmanager
def slow_headers(tools, server, count):
    """Each sends a byte a second; the header deadline closes it, and it connects again."""
    attacker = start(tools / "drip", server.address[1], count, 1000)
    try:
        deadline = time.monotonic() + 60
        while int(attacker.stdout.readline().split()[0]) < count * 0.9:
            if time.monotonic() > deadline:
                raise RuntimeError("the attackers could not connect")
        yield
    finally:
        attacker.kill()
        attacker.wait()


def run_load(run):
    """8,000 of each at once: the healthy client's p99 stays within three times its earlier value.

    A client of a second instance, which is not attacked, shows the machine's share of the delay:
    the kernel probes thousands of closed windows by timers that fire together, for any process. """
    count, seconds = (2000, 8) if run.quick else (8000, 20)
    limits = {"connections": 18000, "connections_per_peer": 2000}
    with run.server(limits=limits) as server, run.server(limits=limits) as bystander:
        token = mint(SMALL)
        watch(server, token, 2)
        before = watch(server, token, seconds)
        run.say(f"unloaded:  {before.text()}")
        with slow_downloads(run.tools, server, count), slow_headers(run.tools, server, count):
            during = watch(server, token, seconds)
            values = scrape(server)
            beside = watch(bystander, token, seconds / 2)
        run.say(f"loaded:    {during.text()}")
        run.say(f"bystander: {beside.text()}")
        judge_load(run, count, int(values["sluice_connections_open"]), (before, during, beside))


def judge_load(run, count, held, samples):
    """Compares with the bystander when the attack alone has slowed that down, and reports it."""
    p99, p99_loaded, p99_beside = (max(sample.quantile(0.99), 1e-9) for sample in samples)
    ratio, own = p99_loaded / p99, p99_loaded / max(p99, p99_beside)
    failures = samples[1].failures
    run.note(
        f"{count} slow downloads + {count} slow headers",
        f"{held} connections, p99 {p99:.2f} -> {p99_loaded:.2f} ms ({ratio:.1f}x; {own:.1f}x that of"
        f" an instance that is not attacked, {p99_beside:.2f} ms), {failures} failures",
        own <= MOST_RATIO and failures == 0 and held > count * 1.8,
    )


MODES = {"slow headers": "-H", "slow body": "-B", "slow read": "-X"}


def run_slowhttptest(run):
    """The three modes of slowhttptest: the service stays available to its probe and to ours."""
    count, seconds = (500, 8) if run.quick else (4000, 15)
    for name, flag in MODES.items():
        with run.server(limits={"connections": 18000, "connections_per_peer": 10000}) as server:
            command = ["slowhttptest", flag, "-c", count, "-r", count // 4, "-l", seconds, "-p", 3]
            command += ["-i", 2, "-u", f"{server.base}/healthz"]
            attacker = subprocess.Popen(
                list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            sample = watch(server, mint(SMALL), seconds - 2)
            output = attacker.communicate(timeout=seconds + 60)[0]
            plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", output)
            states = re.findall(r"service available:\s*(YES|NO)", plain)
            run.note(
                f"slowhttptest, {name}, {count}",
                f"available {states.count('YES')} of {len(states)} times; {sample.text()}",
                bool(states) and "NO" not in states and sample.failures == 0,
            )
