"""Runs wrk as load that must not be affected by the actions of a test."""

import contextlib
import re
import subprocess

SUMMARY = re.compile(r"^\s+(\d+) requests in", re.MULTILINE)


class Load:
    """The report of wrk, after its end."""

    requests = 0
    report = ""

    def assert_unharmed(self):
        """Checks that there were requests and that every response was 2xx or 3xx."""
        assert self.requests > 0, self.report
        assert "Non-2xx" not in self.report, self.report
        assert "Socket errors" not in self.report, self.report


@contextlib.contextmanager
def wrk(url, token, seconds=4, connections=16, fields=()):
    """Runs for `seconds` in parallel with the block, which should not take longer."""
    process = subprocess.Popen(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s",
         *(part for field in fields for part in ("-H", field)),
         "-H", f"Authorization: Bearer {token}", url],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
    )
    load = Load()
    try:
        yield load
        load.report = process.communicate(timeout=seconds + 60)[0]
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    found = SUMMARY.search(load.report)
    load.requests = int(found.group(1)) if found else 0
