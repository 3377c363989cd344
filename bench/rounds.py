"""Runs interleaved rounds: every server of a row once per round, with the order rotated by one each
round, so that a slow minute of the machine does not affect a single server. Each measurement starts
the server afresh, alone, and verifies its response."""

import statistics
import sys

import measure
from common import BenchError, VoidRound
from process import Running
from servers import SERVERS
from verify import verified_answer

# Larger answers are compared byte by byte only the first time.
VERIFY_ALWAYS_BYTES = 1 << 20
ATTEMPTS = 2


def say(text):
    print(text, flush=True)


class Bench:
    """Runs rows and stores their figures in `results`."""

    def __init__(self, traffic, rounds, seconds):
        self._traffic = traffic
        self._rounds = rounds
        self._seconds = seconds
        self._verified = {}
        self.results = {}
        self.voids = []

    def run(self, row):
        rounds = min(row.rounds or self._rounds, self._rounds)
        samples = {key: [] for key in row.servers}
        model = self._model_answer(row)
        for index in range(rounds):
            turn = index % len(row.servers)
            for key in row.servers[turn:] + row.servers[:turn]:
                figures = self._measure(row, SERVERS[key], model)
                if figures:
                    samples[key].append(figures)
                    say(f"    {index + 1}/{rounds}  {SERVERS[key].label:<44} {_brief(figures)}")
        self.results[row.key] = {
            "title": row.title,
            "method": row.method,
            "connections": row.connections,
            "servers": {key: _summary(found) for key, found in samples.items() if found},
        }

    def _model_answer(self, row):
        """The response of Sluice: the floors must send as many bytes."""
        if not any(SERVERS[key].family == "floor" for key in row.servers):
            return None
        sluice = SERVERS["sluice"]
        _, first = self._traffic.file(row.target, sluice.style)
        with Running(sluice, None) as running:
            return verified_answer(running, row.target, first)

    def _answer(self, running, row, first):
        key = (row.target.key, running.server.key)
        is_large = not row.target.is_token and row.target.body_bytes > VERIFY_ALWAYS_BYTES
        if key not in self._verified or not is_large:
            self._verified[key] = verified_answer(running, row.target, first)
        return self._verified[key]

    def _rate(self, row, server):
        """Half of the server's rate in the row that the open loop refers to."""
        if row.rate_from is None:
            return 0
        saturated = self.results.get(row.rate_from, {}).get("servers", {}).get(server.key)
        if saturated is None:
            raise BenchError(f"{row.key} needs the figures of {row.rate_from}: run that row too")
        return round(saturated["rps"]["median"] / 2)

    def _measure(self, row, server, model):
        """The figures of one measurement; None when all attempts were void."""
        requests, first = self._traffic.file(row.target, server.style)
        rate = self._rate(row, server)
        for _ in range(ATTEMPTS):
            with Running(server, model) as running:
                answer = self._answer(running, row, first)
                try:
                    method = getattr(measure, row.method)
                    return method(running, row, requests, answer, self._seconds, rate)
                except VoidRound as void:
                    self.voids.append({"row": row.key, "server": server.key, "why": str(void)})
                    print(f"    VOID {server.label}: {void}", file=sys.stderr, flush=True)
        return None


def _summary(found):
    """Median, minimum and maximum of each figure, and the figures themselves."""
    return {
        name: {
            "median": statistics.median(figures[name] for figures in found),
            "min": min(figures[name] for figures in found),
            "max": max(figures[name] for figures in found),
            "samples": [figures[name] for figures in found],
        }
        for name in found[0]
    }


def _brief(figures):
    names = {
        "rps": "{:8.0f} req/s",
        "cpu_us": "{:7.2f} us CPU",
        "gib_per_second": "{:6.2f} GiB/s",
        "cpu_s_per_gib": "{:6.3f} s CPU/GiB",
        "bytes_per_connection": "{:7.0f} B/connection",
        "p99_us": "p99 {:.0f} us",
    }
    return "  ".join(text.format(figures[name]) for name, text in names.items() if name in figures)
