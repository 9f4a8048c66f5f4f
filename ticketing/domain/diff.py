"""Two people wrote: what each text has that the other has not, by sentences to choose from, by characters to see.

Sentences are compared first, so that two long texts cost no more than they differ; inside a pair of sentences Chinese
is compared character by character; a Latin word, a number, a date stays whole.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum, auto
from itertools import zip_longest

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;]+|[^。！？!?；;\n]+|\n+")
_TOKEN = re.compile(r"[0-9A-Za-z]+(?:[.:-][0-9A-Za-z]+)*|\s+|.", re.DOTALL)
#: Beyond this a changed passage is shown whole: nobody reads single characters out of it.
FINE = 2_000


class Side(StrEnum):
    """Where a piece of text stands."""

    BOTH = auto()
    MINE = auto()
    THEIRS = auto()


@dataclass(frozen=True)
class Piece:
    """A run of characters on one side, or on both."""

    side: Side
    text: str


@dataclass(frozen=True)
class Chunk:
    """Sentences that stand in both texts, or those of each where they differ."""

    mine: str
    theirs: str

    @property
    def same(self) -> bool:
        """Whether both say this."""
        return self.mine == self.theirs

    def pieces(self) -> list[Piece]:
        """Return the characters, those of mine before those of theirs where they differ."""
        if self.same:
            return [Piece(Side.BOTH, self.mine)]
        mine, theirs = _TOKEN.findall(self.mine), _TOKEN.findall(self.theirs)
        if max(len(mine), len(theirs)) > FINE:
            return [*_piece(Side.MINE, mine), *_piece(Side.THEIRS, theirs)]
        found: list[Piece] = []
        for tag, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
            if tag == "equal":
                found += _piece(Side.BOTH, mine[a:b])
            else:
                found += [*_piece(Side.MINE, mine[a:b]), *_piece(Side.THEIRS, theirs[c:d])]
        return found


def _piece(side: Side, tokens: Sequence[str]) -> list[Piece]:
    return [Piece(side, "".join(tokens))] if tokens else []


def chunks(mine: str, theirs: str) -> list[Chunk]:
    """Return both texts in one line of chunks; all of `mine` put together is mine again, and so is theirs.

    Where sentences were changed, the first of mine stands beside the first of theirs, so that each is chosen alone.
    """
    ours, others = _SENTENCE.findall(mine), _SENTENCE.findall(theirs)
    found: list[Chunk] = []
    for tag, a, b, c, d in SequenceMatcher(None, ours, others, autojunk=False).get_opcodes():
        if tag == "replace":
            found += [Chunk(*pair) for pair in zip_longest(ours[a:b], others[c:d], fillvalue="")]
        else:
            found.append(Chunk("".join(ours[a:b]), "".join(others[c:d])))
    return found


def merged(parts: Sequence[Chunk], chosen: Mapping[int, str]) -> str:
    """Return the text that was chosen, chunk by chunk: `mine` (and where nothing was said), `theirs` or `both`."""
    return "".join(_chosen(one, chosen.get(place, Side.MINE)) for place, one in enumerate(parts))


def _chosen(one: Chunk, which: str) -> str:
    if one.same or which == Side.MINE:
        return one.mine
    return one.theirs if which == Side.THEIRS else one.mine + one.theirs
