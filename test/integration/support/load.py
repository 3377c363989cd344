"""wrk as the load that must not notice what a test does."""

import contextlib
import re
import subprocess

SUMMARY = re.compile(r"^\s+(\d+) requests in", re.MULTILINE)


class Load:
    """What wrk saw, once it has ended."""

    requests = 0
    report = ""

    def assert_unharmed(self):
        """Some requests, and every one answered with 2xx or 3xx."""
        assert self.requests > 0, self.report
        assert "Non-2xx" not in self.report, self.report
        assert "Socket errors" not in self.report, self.report


@contextlib.contextmanager
def wrk(url, token, seconds=4, connections=16, fields=()):
    """Runs for `seconds` beside the block, which should not take longer."""
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
