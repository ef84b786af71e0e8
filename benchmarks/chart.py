"""The ratios as a chart, in SVG that reads on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from benchmarks.comparing import Comparison

ROW, LEFT, WIDTH, SCALE_END = 26, 260, 800, 4.0
"""Pixels, but for the last: the ratio at the right edge, beyond which a bar is cut."""

STYLE = """text { font: 13px system-ui, sans-serif; fill: #555 } rect { fill: #7a8ca5 }
rect.ours { fill: #1868db } line { stroke: #999; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) { text { fill: #bbb } }"""


def draw(comparisons: Sequence[Comparison]) -> str:
    """Draw one bar for each comparison: the ratio of CPU, with the quartiles in words."""
    bars = sorted(comparisons, key=lambda one: one.cpu.middle)
    height = ROW * (len(bars) + 1) + 14
    title = f"CPU of whole processes, as a multiple of {bars[0].against}"
    one = _x(1.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<text x="4" y="18">{escape(title)}</text>',
        f'<line x1="{one}" y1="{ROW}" x2="{one}" y2="{height - 4}"/>',
    ]
    for number, bar in enumerate(bars, start=1):
        top, end = ROW * number + 6, _x(bar.cpu.middle)
        kind = ' class="ours"' if bar.what.startswith(("one event", "a dry run")) else ""
        parts += [
            f'<text x="4" y="{top + 14}">{escape(bar.what)}</text>',
            f'<rect{kind} x="{LEFT}" y="{top}" width="{end - LEFT}" height="18"/>',
            f'<text x="{end + 6}" y="{top + 14}">{bar.cpu.middle:.2f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _x(ratio: float) -> int:
    return LEFT + round(min(ratio, SCALE_END) / SCALE_END * (WIDTH - LEFT - 50))
