"""Parses a Prometheus exposition, strictly."""

import re
import time

SAMPLE = re.compile(
    r'([a-z_]+)((?:\{[a-z_]+="(?:[^"\\]|\\.)*"(?:,[a-z_]+="(?:[^"\\]|\\.)*")*\})?) (\d+(?:\.\d+)?)'
)


def parse(text):
    """{name with labels: value}; fails on text that is not Prometheus format and on duplicates."""
    values = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.match(r"# (HELP|TYPE) [a-z_]+ .+", line), line
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        key = match.group(1) + match.group(2)
        assert key not in values, line
        values[key] = float(match.group(3))
    return values


def scrape(server):
    """The samples of the server's own /metrics."""
    answer = server.get("/metrics")
    assert answer.status == 200, answer
    return parse(answer.body.decode())


def scrape_until(server, condition, timeout=15):
    """The first scrape for which `condition` is true; fails with the last one."""
    deadline = time.monotonic() + timeout
    while True:
        values = scrape(server)
        if condition(values):
            return values
        assert time.monotonic() < deadline, values
        time.sleep(0.05)


def metric(server, name):
    """The value of one series, its labels included in `name`."""
    return scrape(server)[name]


def check_metric(server, name, wanted, timeout=15):
    """Waits until the series has this value: a client may see the effect of an event before the event is counted."""
    deadline = time.monotonic() + timeout
    while (value := metric(server, name)) != wanted:
        assert time.monotonic() < deadline, f"{name} is {value}, not {wanted}"
        time.sleep(0.05)


def has_event(server, name):
    """True when the service log has this event."""
    return any(event.get("event") == name for event in server.events())
