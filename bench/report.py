"""Makes tables and files from the figures of a run. Replaces only the part of docs/performance.md
between the two markers; other prose stays unchanged."""

import json
import sys

import charts
from bars import bars_table
from common import BenchError
from servers import SERVERS

BEGIN = "<!-- Written by scripts/bench: begin -->"
END = "<!-- Written by scripts/bench: end -->"
EMPTY_PAGE = f"# Performance\n\n{BEGIN}\n{END}\n"

# Title, metric, divisor and format of a column.
COLUMNS = {
    "by_wrk": (
        ("requests/s", "rps", 1, "{:,.0f}"),
        ("CPU µs/request", "cpu_us", 1, "{:.2f}"),
        ("core busy", "busy", 0.01, "{:.0f} %"),
        ("p50 ms", "p50_us", 1000, "{:.2f}"),
        ("p99 ms", "p99_us", 1000, "{:.2f}"),
    ),
    "by_volume": (
        ("GiB/s", "gib_per_second", 1, "{:.2f}"),
        ("CPU s/GiB", "cpu_s_per_gib", 1, "{:.3f}"),
        ("core busy", "busy", 0.01, "{:.0f} %"),
    ),
    "by_schedule": (
        ("requests/s", "rps", 1, "{:,.0f}"),
        ("p50 µs", "p50_us", 1, "{:,.0f}"),
        ("p99 µs", "p99_us", 1, "{:,.0f}"),
        ("p99.9 µs", "p999_us", 1, "{:,.0f}"),
    ),
}
COLUMNS["by_load"] = COLUMNS["by_wrk"]

# Rows of one kind that differ in the number of connections become one table.
FAMILIES = {
    "idle": ("Memory per idle keep-alive connection, bytes", "bytes_per_connection", "{:,.0f}"),
    "slow": ("Memory per slow download, bytes", "bytes_per_connection", "{:,.0f}"),
    "scale": ("CPU µs per request, by number of connections", "cpu_us", "{:.2f}"),
}


def family_of(key):
    """The family of a row's key, or None."""
    name = key.partition("-")[0]
    return name if name in FAMILIES else None


def _cell(figure, divisor, text):
    if figure is None:
        return "–"
    low, middle, high = (text.format(figure[k] / divisor) for k in ("min", "median", "max"))
    return f"**{middle}** ({low} to {high})" if low != high else f"**{middle}**"


def _row_table(row):
    columns = COLUMNS[row["method"]]
    lines = ["| | " + " | ".join(title for title, *_ in columns) + " |"]
    lines.append("|---|" + "---|" * len(columns))
    for key, figures in row["servers"].items():
        cells = [_cell(figures.get(metric), by, text) for _, metric, by, text in columns]
        lines.append(f"| {SERVERS[key].label} | " + " | ".join(cells) + " |")
    return lines


def _family_table(rows, metric, text):
    counts = sorted(rows, key=lambda row: row["connections"])
    keys = list(dict.fromkeys(key for row in counts for key in row["servers"]))
    lines = ["| | " + " | ".join(f"{row['connections']:,}" for row in counts) + " |"]
    lines.append("|---|" + "---|" * len(counts))
    for key in keys:
        cells = [_cell(row["servers"].get(key, {}).get(metric), 1, text) for row in counts]
        lines.append(f"| {SERVERS[key].label} | " + " | ".join(cells) + " |")
    return lines


def _facts(found):
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return [
        f"`{found['command']}`, {found['date']}: {found['cpu']}, {found['kernel']}; "
        f"{found['cores']}; {found['rounds']} rounds of {found['seconds']} s. "
        "Medians, and least to greatest in parentheses.",
        "",
        f"Versions: {versions}.",
    ]


def _void_lines(found):
    if not found["voids"]:
        return ["No measurement was void."]
    lines = [f"{len(found['voids'])} measurements were void and do not count:", ""]
    for void in found["voids"]:
        lines.append(f"- {void['row']}, {SERVERS[void['server']].label}: {void['why']}")
    return lines


def _sections(found):
    """(title, lines, name of the plot or None) of each table, in the order of the run."""
    done = set()
    for key, row in found["rows"].items():
        family = family_of(key)
        if family is None:
            yield row["title"], _row_table(row), key
        elif family not in done:
            done.add(family)
            title, metric, text = FAMILIES[family]
            members = [r for k, r in found["rows"].items() if family_of(k) == family]
            yield title, _family_table(members, metric, text), family


def tables(found):
    """The whole generated part, as Markdown."""
    lines = _facts(found)
    bars = bars_table(found)
    if bars:
        lines += ["", "### Bars", "", *bars]
    for title, table, plot in _sections(found):
        lines += ["", f"### {title}", "", *table, "", f"![{title}](plots/{plot}.svg)"]
    return "\n".join([*lines, "", "### Void measurements", "", *_void_lines(found)])


def publish(found, folder):
    """Writes performance-data.json, plots/ and the generated part of performance.md."""
    (folder / "plots").mkdir(parents=True, exist_ok=True)
    data = json.dumps(found, indent=1, ensure_ascii=False)
    (folder / "performance-data.json").write_text(data + "\n", encoding="utf-8")
    for name, text in charts.all_charts(found):
        (folder / "plots" / f"{name}.svg").write_text(text, encoding="utf-8")
    page = folder / "performance.md"
    text = page.read_text(encoding="utf-8") if page.exists() else EMPTY_PAGE
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise BenchError(f"{page} needs each marker once: {BEGIN} and {END}")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n\n{tables(found)}\n\n{END}{after}", encoding="utf-8")


def print_missing(found):
    """Lists on standard error the rows without any figure; returns whether there are any."""
    reached = {(key, server) for key, row in found["rows"].items() for server in row["servers"]}
    missing = {(void["row"], void["server"]) for void in found["voids"]} - reached
    for row, server in sorted(missing):
        print(f"error: no valid measurement of {server} in {row}", file=sys.stderr)
    return bool(missing)
