"""The charts, and the figures of a run that each one shows."""

import plots
from servers import SERVERS

MEMORY = {
    "idle": "User memory per idle keep-alive connection, bytes",
    "slow": "User memory per slow download, bytes",
}

# Colours of lines; legible on white and on near-black.
COLOURS = {
    "floor": "#8c959f",
    "sluice": "#0969da",
    "sluice_full": "#54aeff",
    "nginx": "#1a7f37",
    "nginx_copy": "#1a7f37",
    "h2o": "#bc4c00",
}
OTHER_COLOUR = "#8250df"


def _bar(label, family, figure):
    return plots.Bar(label, family, figure["median"], figure["min"], figure["max"])


def _bars_of(row, metric):
    return [
        _bar(SERVERS[key].label, SERVERS[key].family, figures[metric])
        for key, figures in row["servers"].items()
    ]


def _memory(rows):
    return [
        _bar(f"{SERVERS[key].label}, {row['connections']:,}", SERVERS[key].family, figures)
        for row in sorted(rows, key=lambda row: row["connections"])
        for key, found in row["servers"].items()
        for figures in (found["bytes_per_connection"],)
    ]


def _scale(rows):
    """One line per server that was measured at each number of connections."""
    ordered = sorted(rows, key=lambda row: row["connections"])
    everywhere = [k for k in ordered[0]["servers"] if all(k in row["servers"] for row in ordered)]
    return [
        (
            SERVERS[key].label,
            COLOURS.get(key, OTHER_COLOUR),
            [(row["connections"], row["servers"][key]["cpu_us"]["median"]) for row in ordered],
        )
        for key in everywhere
    ]


def _latency(row):
    names = (("p50", "p50_us"), ("p99", "p99_us"), ("p99.9", "p999_us"))
    return [
        (
            SERVERS[key].label,
            SERVERS[key].family,
            [(name, figures[metric]["median"]) for name, metric in names],
        )
        for key, figures in row["servers"].items()
    ]


def _members(found, prefix):
    return [row for key, row in found["rows"].items() if key.startswith(prefix + "-")]


def all_charts(found):
    """(name, SVG text) of every chart for which the run has figures."""
    for key, row in found["rows"].items():
        if not row["servers"]:
            continue
        if row["method"] == "by_schedule":
            yield key, plots.dots(f"{row['title']}: latency, µs", _latency(row))
        elif row["method"] == "by_volume":
            title = f"{row['title']}: CPU seconds per GiB"
            yield key, plots.bars(title, _bars_of(row, "cpu_s_per_gib"), "{:.3f}")
        elif "-" not in key:
            yield key, plots.bars(f"{row['title']}: CPU µs per request", _bars_of(row, "cpu_us"))
    for prefix, title in MEMORY.items():
        if items := _memory(_members(found, prefix)):
            yield prefix, plots.bars(title, items, "{:,.0f}")
    rows = _members(found, "scale")
    if rows and (series := _scale(rows)):
        yield "scale", plots.lines("1 KiB: CPU µs per request, by connections", series)
