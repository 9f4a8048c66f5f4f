"""The steps of a case as a drawing that can be read: boxes with owner and date, lines for what waits for what.

Drawn on the server as SVG with classes alone (the page allows no inline style); the table beside it says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDE, HIGH, ACROSS, DOWN = 196, 84, 56, 24
MARGIN = 8
#: So many characters of a name fit on a line of a box.
LINE = 13
LINES = 2


@dataclass(frozen=True)
class Box:
    """A step as it is drawn."""

    number: int
    x: int
    y: int
    lines: tuple[str, ...]
    owner: str
    due: str
    level: str
    url: str


@dataclass(frozen=True)
class Graph:
    """The drawing: its size, the boxes, and the paths between them."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Node:
    """What of a step is drawn."""

    number: int
    name: str
    owner: str
    due: str
    level: str
    url: str
    depends_on: tuple[int, ...]


def draw(nodes: Sequence[Node]) -> Graph:
    """Lay the steps out in columns by how much lies before them."""
    columns = _columns({node.number: node.depends_on for node in nodes})
    taken: dict[int, int] = {}
    boxes: dict[int, Box] = {}
    for node in nodes:
        column = columns[node.number]
        row = taken.get(column, 0)
        taken[column] = row + 1
        boxes[node.number] = Box(
            number=node.number,
            x=MARGIN + column * (WIDE + ACROSS),
            y=MARGIN + row * (HIGH + DOWN),
            lines=_lines(f"{node.number}. {node.name}"),
            owner=_cut(node.owner, LINE + 2),
            due=node.due,
            level=node.level,
            url=node.url,
        )
    paths = [_path(boxes[other], boxes[node.number]) for node in nodes for other in node.depends_on]
    return Graph(
        width=2 * MARGIN + (max(taken, default=0) + 1) * (WIDE + ACROSS) - ACROSS,
        height=2 * MARGIN + max(taken.values(), default=1) * (HIGH + DOWN) - DOWN,
        boxes=tuple(boxes.values()),
        paths=tuple(paths),
    )


def _columns(depends: Mapping[int, tuple[int, ...]]) -> dict[int, int]:
    found: dict[int, int] = {}
    while len(found) < len(depends):
        for number, others in depends.items():
            if number not in found and all(other in found for other in others):
                found[number] = max((found[other] + 1 for other in others), default=0)
    return found


def _path(start: Box, end: Box) -> str:
    x1, y1, x2, y2 = start.x + WIDE, start.y + HIGH // 2, end.x, end.y + HIGH // 2
    half = (x1 + x2) // 2
    return f"M{x1} {y1} C{half} {y1} {half} {y2} {x2} {y2}"


def _lines(text: str) -> tuple[str, ...]:
    """Break a name: at so many Chinese characters, Latin ones count half."""
    lines, line, width = [], "", 0.0
    for character in text:
        step = 1.0 if character > "\u2e80" else 0.55
        if width + step > LINE:
            lines.append(line)
            line, width = "", 0.0
        line, width = line + character, width + step
    lines.append(line)
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], lines[LINES - 1][:-1] + "…"]
    return tuple(lines)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
