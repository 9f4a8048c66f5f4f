"""Names by sound: the initials that people type (lzhg for 老灶火锅) and the order in which names are listed."""

import functools

from pypinyin import Style, lazy_pinyin

from ticketing.services.folding import fold

#: Only this much of a name is searched by its initials.
LONGEST = 24


@functools.lru_cache(maxsize=50_000)
def initials(name: str) -> str:
    """Return the first letters of a name's syllables; letters and digits stand for themselves, the rest for nothing."""
    syllables = lazy_pinyin(fold(name), style=Style.NORMAL, strict=False, errors=list)
    letters = (part if len(part) == 1 else part[0] for part in syllables if part)
    return "".join(char for char in letters if char.isascii() and char.isalnum())[:LONGEST]


def tails(name: str) -> list[str]:
    """Return every end of a name's initials of two letters and more: any run of them begins one of these."""
    whole = initials(name)
    return [whole[start:] for start in range(len(whole) - 1)]


@functools.lru_cache(maxsize=10_000)
def order(name: str) -> tuple[list[str], str]:
    """Return the key that sorts names as a Chinese directory does: by sound, with the tone, then by character."""
    return lazy_pinyin(fold(name), style=Style.TONE3, errors=list), name
