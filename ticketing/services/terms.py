"""What a ticket can be found by, as the lexemes of one GIN index.

Plain lexemes are two-character runs of its words, so that 消防 or 评标 is found without any dictionary; recall is
complete for words of two characters and more. Lexemes with a letter and a colon before them are marks: initials of
names (`y:`), the last digits of the telephone (`p:`), places (`r:`), the line (`l:`), the day and the month when
the enterprise spoke (`d:`, `m:`). With the day among the lexemes, the newest of a very common word are found
without reading all of them.
"""

import datetime as dt
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ticketing.domain.vocabulary import TicketType
from ticketing.services.folding import fold
from ticketing.services.pinyin import tails

#: Only this much of a text is indexed; what follows is read, not searched.
INDEXED = 4_000
ENDING = 4
#: No run goes across these, so that sentences that many people write are taken apart once.
_SENTENCE = re.compile(r"(?<=[。！？\n])")
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[0-9a-z]+")


def terms(text: str) -> set[str]:
    """Return the terms of a text: bigrams of Chinese runs, whole runs of Latin letters and digits."""
    return set().union(*map(_of_sentence, _SENTENCE.split(text[:INDEXED])))


@functools.lru_cache(maxsize=8_192)
def _of_sentence(text: str) -> frozenset[str]:
    found: set[str] = set()
    for run in _RUN.findall(fold(text)):
        if run[0] < "\u3400" or len(run) == 1:
            found.add(run)
        else:
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(found)


@dataclass(frozen=True)
class Findable:
    """What of a ticket is searched. A report hides who reported: it is not found by person or telephone."""

    received_at: dt.datetime
    type: str
    enterprise: str = ""
    requester: str = ""
    phone: str | None = None
    line: str | None = None
    regions: Iterable[str] = field(default=frozenset())

    def lexemes(self, words: set[str]) -> set[str]:
        """Return all lexemes, `words` being those of subject and body."""
        named = (self.enterprise,) if self.type == TicketType.REPORT else (self.enterprise, self.requester)
        found = words.union(*(terms(name) for name in named if name))
        found |= {f"y:{tail}" for name in named if name for tail in tails(name)}
        found |= {f"r:{code}" for code in self.regions}
        found |= {f"l:{self.line}"} if self.line else set()
        if self.phone and self.type != TicketType.REPORT:
            found.add(f"p:{self.phone[-ENDING:]}")
        return found | {day(self.received_at), month(self.received_at)}


def day(at: dt.datetime) -> str:
    """Return the lexeme of a day, by UTC."""
    return f"d:{at.astimezone(dt.UTC):%Y%m%d}"


def month(at: dt.datetime) -> str:
    """Return the lexeme of a month, by UTC."""
    return f"m:{at.astimezone(dt.UTC):%Y%m}"


def written(lexemes: Iterable[str]) -> str:
    """Return a literal that PostgreSQL casts to tsvector."""
    return " ".join(f"'{one}'" for one in sorted(lexemes))
