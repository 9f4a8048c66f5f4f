"""Search terms: two-character runs, so that 消防 or 评标 is found without any dictionary.

Recall is complete for words of two characters and more; traditional characters, width and case
are folded first.
"""

import functools
import re
import unicodedata

from opencc import OpenCC

#: Only this much of a text is indexed; what follows is read, not searched.
INDEXED = 4_000
_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[0-9a-z]+")


@functools.cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """Return text as searching compares it."""
    return _simplifier().convert(unicodedata.normalize("NFKC", text).casefold())


def terms(text: str) -> set[str]:
    """Return the terms of a text: bigrams of Chinese runs, whole runs of Latin letters and digits."""
    found: set[str] = set()
    for run in _RUN.findall(fold(text[:INDEXED])):
        if run[0] < "\u3400" or len(run) == 1:
            found.add(run)
        else:
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def vector(*texts: str) -> str:
    """Return a literal that PostgreSQL casts to tsvector."""
    return " ".join(f"'{term}'" for term in sorted(terms("\n".join(texts))))


def query(text: str) -> str | None:
    """Return a literal that PostgreSQL casts to tsquery, or None when nothing can be searched."""
    return " & ".join(f"'{term}'" for term in sorted(terms(text))) or None
