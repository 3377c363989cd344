"""Draws charts as SVG without a library, so that nothing has to be installed. The colours follow
the reader's preference for light or dark and are legible on both."""

import dataclasses
import math
from html import escape

WIDTH = 760
LABELS = 250  # left of a bar
FIGURES = 90  # right of it
LINE = 26
TOP = 44

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-weight: 600; font-size: 14px; }
.small { font-size: 11px; fill: #59636e; }
.rule { stroke: #d1d9e0; } .range { stroke: #1f2328; stroke-width: 1.5; }
.sluice { fill: #0969da; } .peer { fill: #8c959f; } .floor { fill: #c9d1d9; }
.cut { fill: #ffffff; }
.line { fill: none; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } .small { fill: #9198a1; }
  .rule { stroke: #3d444d; } .range { stroke: #e6edf3; }
  .sluice { fill: #4493f8; } .peer { fill: #656c76; } .floor { fill: #3d444d; }
  .cut { fill: #0d1117; }
}
"""
@dataclasses.dataclass(frozen=True)
class Bar:
    label: str
    family: str  # a class of STYLE
    middle: float
    low: float
    high: float


def _document(title, height, body):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">\n<style>{STYLE}</style>\n'
        f'<text class="title" x="8" y="22">{escape(title)}</text>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


def _text(x, y, text, anchor="start", kind=""):
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(text)}</text>'


def _rule(x1, y1, x2, y2, kind="rule"):
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _limit(values):
    """The end of the axis: a bar many times as long as most others is cut."""
    ordered = sorted(values)
    usual = ordered[len(ordered) // 2] * 3
    return max(value for value in ordered if value <= max(usual, ordered[0])) or 1


def bars(title, items, text="{:.2f}"):
    """Horizontal bars from zero, with a line from the smallest to the largest figure."""
    limit = _limit([item.middle for item in items]) * 1.08
    scale = (WIDTH - LABELS - FIGURES) / limit
    body = []
    for index, item in enumerate(items):
        y = TOP + index * LINE
        is_cut = item.middle > limit
        width = min(item.middle, limit) * scale
        body.append(_text(LABELS - 8, y + 14, item.label, "end"))
        body.append(
            f'<rect class="{item.family}" x="{LABELS}" y="{y}" width="{width:.1f}" height="18"/>'
        )
        if is_cut:
            gap = LABELS + width - 22
            body.append(f'<rect class="cut" x="{gap:.1f}" y="{y}" width="5" height="18"/>')
        else:
            low, high = LABELS + item.low * scale, LABELS + min(item.high, limit) * scale
            body.append(_rule(low, y + 9, high, y + 9, "range"))
            width = max(width, high - LABELS)
        body.append(_text(LABELS + width + 6, y + 14, text.format(item.middle)))
    return _document(title, TOP + len(items) * LINE + 8, body)


def _powers(low, high):
    """Powers of ten that enclose the range."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [10**power for power in range(first, max(last, first + 1) + 1)]


def dots(title, items):
    """Named figures on a logarithmic axis; items are (label, family, [(name, value)])."""
    values = [max(value, 1) for *_, figures in items for _, value in figures]
    ticks = _powers(min(values), max(values))
    span = math.log10(ticks[-1] / ticks[0])
    bottom = TOP + len(items) * LINE

    def across(value):
        return LABELS + (WIDTH - LABELS - 40) * math.log10(max(value, 1) / ticks[0]) / span

    body = [_rule(across(tick), TOP - 4, across(tick), bottom) for tick in ticks]
    body += [_text(across(tick), bottom + 16, f"{tick:,}", "middle", "small") for tick in ticks]
    for index, (label, family, figures) in enumerate(items):
        y = TOP + index * LINE + 12
        body.append(_text(LABELS - 8, y + 4, label, "end"))
        ends = [across(value) for _, value in figures]
        body.append(_rule(ends[0], y, ends[-1], y, "range"))
        for radius, (name, value) in zip((5, 4, 3), figures):
            hint = f"<title>{escape(label)}, {name}: {value:.0f}</title>"
            place = f'cx="{across(value):.1f}" cy="{y}" r="{radius}"'
            body.append(f'<circle class="{family}" {place}>{hint}</circle>')
    legend = "from large to small: " + ", ".join(name for name, _ in items[0][2])
    body.append(_text(8, bottom + 16, legend, kind="small"))
    return _document(title, bottom + 26, body)


def lines(title, series):
    """Lines over a logarithmic x; series are (label, colour, [(x, y)])."""
    xs = [x for *_, points in series for x, _ in points]
    top_value = max(y for *_, points in series for _, y in points) * 1.1
    left, right, bottom = 50, WIDTH - 250, 320
    low, high = math.log10(min(xs)), math.log10(max(xs))

    def place(x, y):
        share = (math.log10(x) - low) / (high - low) if high > low else 0.5
        return left + (right - left) * share, bottom - (bottom - TOP) * y / top_value

    body = []
    for step in range(5):
        value = top_value * step / 4
        _, y = place(min(xs), value)
        body += [_rule(left, y, right, y), _text(left - 6, y + 4, f"{value:.1f}", "end", "small")]
    for x in sorted(set(xs)):
        body.append(_text(place(x, 0)[0], bottom + 18, f"{x:,}", "middle", "small"))
    for index, (label, colour, points) in enumerate(series):
        placed = [place(x, y) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        body.append(f'<polyline class="line" stroke="{colour}" points="{path}"/>')
        for x, y in placed:
            body.append(f'<circle fill="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
        key = TOP + 6 + index * 22
        body.append(f'<rect fill="{colour}" x="{right + 24}" y="{key}" width="14" height="4"/>')
        body.append(_text(right + 46, key + 7, label))
    return _document(title, bottom + 30, body)
