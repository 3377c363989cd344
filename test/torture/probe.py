"""A healthy client: sends one request after the other and measures the times."""

import time

from support.ids import Lesson
from support.media import noise
from support.wire import Closed, Connection, request_bytes

SMALL = Lesson("small.mp4")
SMALL_BODY = noise(64 << 10, seed=7)


class Sample:
    """The results of a client over a period."""

    def __init__(self):
        self.times, self.failures = [], 0

    def quantile(self, share):
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else 0.0

    def text(self):
        shares = ", ".join(f"p{round(s * 100)} {self.quantile(s):.2f} ms" for s in (0.5, 0.99))
        return f"{len(self.times)} requests, {shares}, {self.failures} failures"


def watch(server, token, seconds, pause=0.005):
    """Requests a token and 64 KiB in turn, every tenth time on a new connection."""
    sample, until, count = Sample(), time.monotonic() + seconds, 0
    issue = request_bytes("GET", SMALL.query("trainer123"), host=server.host)
    fetch = request_bytes("GET", SMALL.target(), {"Authorization": f"Bearer {token}"})
    connection = None
    while time.monotonic() < until:
        count += 1
        if connection is None or count % 10 == 0:
            if connection is not None:
                connection.close()
            connection = None
        began = time.monotonic()
        try:
            connection = connection or Connection(server.address, timeout=10)
            connection.send(issue if count % 2 else fetch)
            answer = connection.read()
            good = answer.status == 200 and (count % 2 or answer.body == SMALL_BODY)
        except (Closed, OSError):
            good, connection = False, None
        if good:
            sample.times.append(time.monotonic() - began)
        else:
            sample.failures += 1
        time.sleep(pause)
    return sample
