"""Checks a run against the targets that the project has set itself."""

import dataclasses

KIB = 1024


@dataclasses.dataclass(frozen=True)
class Figure:
    """The location of a figure: the median of `metric` of `server` in `row`."""

    row: str
    server: str
    metric: str = "cpu_us"

    def of(self, found):
        servers = found["rows"].get(self.row, {}).get("servers", {})
        return servers.get(self.server, {}).get(self.metric, {}).get("median")


@dataclasses.dataclass(frozen=True)
class Bar:
    """`ours` must be at most `factor` times the smallest of `others`, or at most `limit`; strictly
    below with `is_strict`."""

    text: str
    ours: Figure
    others: tuple = ()
    factor: float = 1.0
    limit: float | None = None
    is_strict: bool = False

    def verdict(self, found):
        """(ours, the allowed value, whether it is reached), or None when the run lacks a figure."""
        ours = self.ours.of(found)
        others = [figure.of(found) for figure in self.others]
        if ours is None or None in others:
            return None
        most = self.limit if self.limit is not None else self.factor * min(others)
        return ours, most, ours < most if self.is_strict else ours <= most


def _peers(row, *servers):
    return tuple(Figure(row, server) for server in servers)


BEST = ("nginx", "h2o", "lighttpd")
GIB_CPU = "cpu_s_per_gib"
BYTES = "bytes_per_connection"

BARS = (
    Bar("1 KiB: 1.25 × floor", Figure("1k", "sluice"), _peers("1k", "floor"), 1.25),
    Bar(
        "1 KiB: below h2o and nginx",
        Figure("1k", "sluice"),
        _peers("1k", "h2o", "nginx", "nginx_copy"),
        is_strict=True,
    ),
    Bar(
        "1 KiB, access log and metrics: 1.35 × floor",
        Figure("1k", "sluice_full"),
        _peers("1k", "floor"),
        1.35,
    ),
    Bar(
        "1 KiB, access log and metrics: below nginx with its access log",
        Figure("1k", "sluice_full"),
        _peers("1k", "nginx_log"),
        is_strict=True,
    ),
    Bar("64 KiB: the best of nginx, h2o, lighttpd", Figure("64k", "sluice"), _peers("64k", *BEST)),
    Bar(
        "Range of 64 KiB: the best of nginx, h2o, lighttpd",
        Figure("range", "sluice"),
        _peers("range", *BEST),
    ),
    Bar(
        "1 GiB: 1.05 × sendfile loop",
        Figure("1g", "sluice", GIB_CPU),
        (Figure("1g", "sendfile", GIB_CPU),),
        1.05,
    ),
    Bar("Token issue: 1.6 × floor", Figure("token", "sluice"), _peers("token", "floor"), 1.6),
    Bar("Idle connection at 10,000: 1 KiB", Figure("idle-10000", "sluice", BYTES), limit=KIB),
    Bar("Slow download at 10,000: 2 KiB", Figure("slow-10000", "sluice", BYTES), limit=2 * KIB),
    Bar(
        "10,000 connections: 1.3 × its own figure at 64",
        Figure("scale-10000", "sluice"),
        _peers("scale-64", "sluice"),
        1.3,
    ),
)

UNITS = {"cpu_us": "{:.2f} µs", GIB_CPU: "{:.3f} s", BYTES: "{:.0f} B"}


def bars_table(found):
    """Markdown lines; a bar without figures in the run is omitted."""
    lines = ["| bar | Sluice | may be | reached |", "|---|---|---|---|"]
    for bar in BARS:
        verdict = bar.verdict(found)
        if verdict is None:
            continue
        ours, most, is_reached = verdict
        unit = UNITS[bar.ours.metric]
        reached = "yes" if is_reached else f"no, {ours / most:.2f} times that"
        lines.append(f"| {bar.text} | {unit.format(ours)} | {unit.format(most)} | {reached} |")
    return lines if len(lines) > 2 else []
