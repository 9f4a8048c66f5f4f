"""What a later text has changed of an earlier one, line by line, a few lines around each change left standing."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from ticketing.domain.diff import Chunk, Piece, Side

#: Lines that stay beside a change, so that the reader sees where it is.
AROUND = 2


@dataclass(frozen=True)
class Line:
    """A line of either text: its number in the later one (none for one that is gone) and what was written how."""

    number: int | None
    pieces: tuple[Piece, ...]

    @property
    def gone(self) -> bool:
        """Whether it stands in the earlier text alone."""
        return self.number is None


@dataclass(frozen=True)
class Passage:
    """Lines that stand together, changed ones and those around them."""

    lines: tuple[Line, ...]


def passages(earlier: str, later: str) -> list[Passage]:
    """Return what differs; nothing where the texts are the same."""
    old, new = earlier.splitlines(), later.splitlines()
    groups = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND)
    found = (tuple(line for code in group for line in _lines(code, old, new)) for group in groups)
    return [Passage(lines) for lines in found if any(_changed(line) for line in lines)]


def _changed(line: Line) -> bool:
    return any(piece.side != Side.BOTH for piece in line.pieces)


def _lines(code: tuple[str, int, int, int, int], old: Sequence[str], new: Sequence[str]) -> list[Line]:
    tag, a, b, c, d = code
    if tag == "equal":
        return [Line(c + place + 1, (Piece(Side.BOTH, text),)) for place, text in enumerate(new[c:d])]
    found = []
    for place, (mine, theirs) in enumerate(zip_longest(old[a:b], new[c:d])):
        if theirs is None:
            found.append(Line(None, (Piece(Side.MINE, mine),)))
        elif mine is None:
            found.append(Line(c + place + 1, (Piece(Side.THEIRS, theirs),)))
        else:
            found.append(Line(c + place + 1, tuple(Chunk(mine, theirs).pieces())))
    return found
