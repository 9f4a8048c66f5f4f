"""The steps of a case as a drawing that can be read: boxes with owner and date, lines for what waits for what.

Drawn on the server as SVG with classes alone (the page allows no inline style); the table beside it says the same.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDE, HIGH, ACROSS, DOWN = 184, 84, 32, 24
MARGIN = 8
#: So many columns fit beside each other; a longer chain goes on in the next band.
COLUMNS = 3
#: So many characters of a name fit on a line of a box.
LINE = 12
LINES = 2
_PIECE = re.compile(r"[^\s\u2e80-\uffff]+\s*|.")


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
    """Lay the steps out in columns by how much lies before them, the columns in bands one below the other."""
    columns = _columns({node.number: node.depends_on for node in nodes})
    rows: dict[int, int] = {}
    place: dict[int, int] = {}
    for node in nodes:
        place[node.number] = rows.get(columns[node.number], 0)
        rows[columns[node.number]] = place[node.number] + 1
    tops = _tops(rows)
    boxes = {
        node.number: Box(
            number=node.number,
            x=MARGIN + columns[node.number] % COLUMNS * (WIDE + ACROSS),
            y=tops[columns[node.number] // COLUMNS] + place[node.number] * (HIGH + DOWN),
            lines=_lines(f"{node.number}. {node.name}"),
            owner=_cut(node.owner, LINE + 1),
            due=node.due,
            level=node.level,
            url=node.url,
        )
        for node in nodes
    }
    paths = [_path(boxes[other], boxes[node.number]) for node in nodes for other in node.depends_on]
    across = min(max(rows, default=0) + 1, COLUMNS)
    return Graph(
        width=2 * MARGIN + across * (WIDE + ACROSS) - ACROSS,
        height=tops[-1] - DOWN - DOWN // 2 + MARGIN,
        boxes=tuple(boxes.values()),
        paths=tuple(paths),
    )


def _tops(rows: Mapping[int, int]) -> list[int]:
    """Return where each band begins, and where the last one ends."""
    tops = [MARGIN]
    for first in range(0, max(rows, default=0) + 1, COLUMNS):
        deep = max((rows.get(column, 0) for column in range(first, first + COLUMNS)), default=1)
        tops.append(tops[-1] + deep * (HIGH + DOWN) + DOWN // 2)
    return tops


def _columns(depends: Mapping[int, tuple[int, ...]]) -> dict[int, int]:
    found: dict[int, int] = {}
    while len(found) < len(depends):
        for number, others in depends.items():
            if number not in found and all(other in found for other in others):
                found[number] = max((found[other] + 1 for other in others), default=0)
    return found


def _path(start: Box, end: Box) -> str:
    """Return a line from box to box; into a band further down it runs between the bands."""
    x1, y1, x2, y2 = start.x + WIDE, start.y + HIGH // 2, end.x, end.y + HIGH // 2
    if x2 > x1:
        half = (x1 + x2) // 2
        return f"M{x1} {y1} C{half} {y1} {half} {y2} {x2} {y2}"
    out, into, between = start.x + WIDE // 2, end.x + WIDE // 2, end.y - DOWN * 3 // 4
    return f"M{out} {start.y + HIGH} V{between} H{into} V{end.y}"


def _lines(text: str) -> tuple[str, ...]:
    """Break a name: between Chinese characters, so many to a line; a Latin letter counts half, its word stays whole."""
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if line and _width(line + piece.rstrip()) > LINE:
            lines.append(line.rstrip())
            line = ""
        line += piece
    lines.append(line.rstrip())
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], lines[LINES - 1][:-1] + "…"]
    return tuple(lines)


def _width(text: str) -> float:
    return sum(1.0 if character > "\u2e80" else 0.55 for character in text)


def _cut(text: str, most: int) -> str:
    """Return a name as far as it goes on one line."""
    while _width(text) > most:
        text = text.removesuffix("…")[:-1] + "…"
    return text
