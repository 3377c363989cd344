"""The client programs: wrk, bench/load and bench/hold, on the client's core unless told otherwise."""

import json
import subprocess
import time
from pathlib import Path

from common import BENCH, CLIENT_CORE, HOST, PORT, WORK, VoidRound

HOLD_CHUNK = 5000


def _on(cores):
    """The words in front of a command that runs on `cores` only, in the form of taskset(1)."""
    return ["taskset", "-c", str(cores)]


def _output(command, seconds, cores=CLIENT_CORE):
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            [*_on(cores), *map(str, command)],
            capture_output=True,
            text=True,
            timeout=seconds + 120,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise VoidRound(f"{name} does not end") from error
    if done.returncode != 0:
        raise VoidRound(f"{name}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def run_wrk(requests, connections, seconds):
    """Closed loop by wrk. A round with an error of any kind does not count."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s"]
    script = ["-s", BENCH / "wrk.lua", f"http://{HOST}:{PORT}/", "--", requests]
    lines = _output([*command, *script], seconds).splitlines()
    found = json.loads(next(line for line in lines if line.startswith("result:"))[7:])
    errors = {name: count for name, count in found.pop("errors").items() if count}
    if errors:
        raise VoidRound(f"wrk counts errors: {errors}")
    return found


def run_load(
    running, requests, connections, seconds, rate=0, is_huge=False, cores=CLIENT_CORE
):
    """Closed loop, or open loop when there is a rate, by bench/load; CPU time included. The
    measurement does not wait for a huge response before it starts."""
    command = [WORK / "load", "-p", PORT, "-c", connections, "-f", requests, "-s", seconds]
    command += ["-P", ",".join(map(str, running.pids)), "-w", 500, "-r", rate]
    if running.server.is_sticky:
        command.append("-k")
    if is_huge:
        command.append("-n")
    return json.loads(_output(command, seconds, cores))


class Held:
    """Connections held open by several processes, each with its own address."""

    def __init__(self, requests, connections, mode):
        self._holders = []
        self._wanted = connections
        left = connections
        while left > 0:
            count = min(left, HOLD_CHUNK)
            source = f"127.0.0.{len(self._holders) + 2}"
            command = [WORK / "hold", PORT, count, requests, source, mode]
            self._holders.append(
                subprocess.Popen(
                    ["setpriv", "--pdeathsig", "KILL", *_on(CLIENT_CORE), *map(str, command)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            left -= count

    def __enter__(self):
        for holder in self._holders:
            if holder.stdout.readline() != "ready\n":
                message = holder.stderr.read().strip()
                self.__exit__()
                raise VoidRound(f"hold: {message}")
        return self

    def __exit__(self, *_):
        for holder in self._holders:
            holder.kill()
            holder.communicate()

    def check(self, settle_seconds):
        """Waits, then checks that the server still has every connection."""
        time.sleep(settle_seconds)
        still_open = 0
        for holder in self._holders:
            holder.stdin.write("\n")
            holder.stdin.flush()
            still_open += int(holder.stdout.readline() or 0)
        if still_open != self._wanted:
            lost = self._wanted - still_open
            raise VoidRound(f"{lost} of {self._wanted} connections were closed")
