"""Draw the architecture from the source: `make architecture` writes docs/images/architecture.svg.

Each folder or file of the package stands in a row, in the order of the flow. Its imports are read from
the source: a line to the right, a dot on the lane of each part that it uses, and the lane leads up to
that part. The data's way down on the left is the program's flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from tests.sources import imports, read_package

PICTURE = Path(__file__).parent / "images" / "architecture.svg"


class Part(NamedTuple):
    """A row of the picture."""

    name: str
    does: str
    gives: str = ""
    """The record that goes on from here; only what takes part in the flow has one."""
    modules: tuple[str, ...] = ()
    """What belongs to it, if that is not just the folder or file of its name."""


PARTS = (
    Part("errors, text, …", "the words that all share",
         modules=("errors", "text", "globs", "tool_words", "event_types")),
    Part("snapshot", "reads env, files, clock", "Snapshot", ("workspace", "locked_file", "snapshot")),
    Part("inputs", "what the user asked", "Inputs"),
    Part("tracking", "the record of what began"),
    Part("ci", "what the CI system says", "CiRun"),
    Part("connection", "the way to a server"),
    Part("lookup", "asks for what is missing", "Seen"),
    Part("event", "builds", "Event"),
    Part("schemas", "validates", "Payload"),
    Part("delivery", "sends, retries, keeps", "Receipt"),
    Part("report", "says what became of it", "Report"),
    Part("commands", "one file for each"),
    Part("sandbox", "plays Compass; on its own"),
    Part("demo", "plays pipelines"),
    Part("main", "starts a command", modules=("main", "__main__")),
)  # fmt: skip

WIDTH, TOP, ROW, BOX = 390, 78, 47, 37
"""Pixels: of the picture, above the first box, from box to box, of a box. A phone shows it unscaled."""
LEFT, RIGHT, LANE = 30, 222, 11
"""Where boxes begin and end, and from lane to lane."""

STYLE = """
.page { fill: #fff; stroke: #d8dee4 }
text { font: 11px system-ui, sans-serif; fill: #57606a }
.name { font: 600 13px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328 }
.title { font-size: 14px; font-weight: 600; fill: #1f2328 }
.gives { fill: #1868db; font-weight: 600; text-anchor: end }
.box { fill: #f6f8fa; stroke: #afb8c1 }
.flow .box { fill: #e9f2ff; stroke: #1868db }
.way { stroke: #1868db; stroke-width: 3; fill: none }
.way-head { fill: #1868db }
.lane { stroke: #afb8c1; stroke-width: 1.2; fill: none }
.head { fill: #57606a } .dot { fill: #57606a } .odd { stroke: #6e7781 }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117; stroke: #30363d }
  text { fill: #9198a1 }
  .name, .title { fill: #f0f6fc }
  .gives { fill: #79b8ff }
  .box { fill: #151b23; stroke: #59636e }
  .flow .box { fill: #10243e; stroke: #579dff }
  .way { stroke: #579dff } .way-head { fill: #579dff }
  .lane { stroke: #59636e } .head, .dot { fill: #b7bdc8 } .odd { stroke: #818b98 }
}
"""


def used(sources: Mapping[str, tuple[str, bool]]) -> list[set[int]]:
    """Find which parts each part imports from, by their rows."""
    row = {module: at for at, part in enumerate(PARTS) for module in part.modules or (part.name,)}
    found: list[set[int]] = [set() for _ in PARTS]
    for name, (source, _) in sources.items():
        for target in imports(name, source, sources):
            if "." in name and "." in target:  # the package itself has the version only
                found[row[_inside(name)]].add(row[_inside(target)])
    return [rows - {at} for at, rows in enumerate(found)]


def _inside(module: str) -> str:
    return module.split(".")[1]


def draw(uses: Sequence[set[int]]) -> str:
    """Draw the picture."""
    height = TOP + ROW * len(PARTS) + 4
    said = ". ".join(
        f"{PARTS[at].name} imports {', '.join(PARTS[i].name for i in sorted(rows)) or 'nothing'}"
        for at, rows in enumerate(uses)
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img">',
        f"<title>The parts of the program and their imports</title><desc>{escape(said)}.</desc>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        '<text class="title" x="16" y="26">Data flows down, imports point up</text>',
        '<text x="16" y="44">Blue: the flow, and the record that each part hands on.</text>',
        '<text x="16" y="60">A dot: this part imports what the lane leads up to.</text>',
        *_lanes(uses),
        *_way(),
        *(line for at, part in enumerate(PARTS) for line in _box(at, part)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _y(at: int) -> int:
    return TOP + ROW * at


def _lane(at: int) -> int:
    """Take the place of a part's lane: the last part's is the nearest to the boxes."""
    return RIGHT + 14 + LANE * (len(PARTS) - 2 - at)


def _lanes(uses: Sequence[set[int]]) -> Iterator[str]:
    """Draw a lane for each part that is imported, and a line from each that imports."""
    for at in range(len(PARTS)):
        users = [user for user, rows in enumerate(uses) if at in rows]
        if users:
            x, top, end = _lane(at), _y(at) + 11, _y(max(users)) + 26
            odd = " odd" if at % 2 else ""
            yield f'<path class="lane{odd}" d="M{RIGHT + 6} {top}H{x - 4}q4 0 4 4V{end}"/>'
            yield f'<path class="head" d="M{RIGHT + 1} {top}l7 -3.5v7z"/>'
    for at, rows in enumerate(uses):
        if rows:
            y = _y(at) + 26
            yield f'<path class="lane" d="M{RIGHT} {y}H{max(map(_lane, rows))}"/>'
            for target in sorted(rows):
                yield f'<circle class="dot" cx="{_lane(target)}" cy="{y}" r="2.6"/>'


def _way() -> Iterator[str]:
    """Draw the way of the data, with a stop at each part that gives a record."""
    stops = [_y(at) + BOX // 2 for at, part in enumerate(PARTS) if part.gives]
    yield f'<path class="way" d="M16 {stops[0] - 14}V{stops[-1] + 12}"/>'
    yield f'<path class="way-head" d="M16 {stops[-1] + 22}l-6 -11h12z"/>'
    for y in stops:
        yield f'<path class="way" d="M16 {y}H{LEFT}"/>'


def _box(at: int, part: Part) -> Iterator[str]:
    y = _y(at)
    yield f'<g class="{"flow" if part.gives else "part"}">'
    yield f'<rect class="box" x="{LEFT}" y="{y}" width="{RIGHT - LEFT}" height="{BOX}" rx="5"/>'
    yield f'<text class="name" x="{LEFT + 9}" y="{y + 16}">{escape(part.name)}</text>'
    yield f'<text x="{LEFT + 9}" y="{y + 30}">{escape(part.does)}</text>'
    if part.gives:
        yield f'<text class="gives" x="{RIGHT - 9}" y="{y + 16}">→ {escape(part.gives)}</text>'
    yield "</g>"


if __name__ == "__main__":
    PICTURE.write_text(draw(used(read_package())), "utf-8")
