"""What may stand in a request: cleaning and limits that every door shares."""

import unicodedata

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_

SUBJECT_MAX = 200
BODY_MAX = 20_000
NAME_MAX = 100

_CLAUSE_ENDS = "，。；！？："
#: Tabs and line feeds stay; every other control character has no business in a request.
_KEEP = {"\n", "\t", "\u200d", "\ufe0f"}
#: Categories of characters that leave no mark: format characters, blanks, line ends.
_UNSEEN = frozenset({"Cf", "Zs", "Zl", "Zp", "Cc"})


class _Allowed(dict[int, str]):
    """What each character becomes, found out at its first appearance."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        gone = unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") and character not in _KEEP
        kept = self[point] = "" if gone else character
        return kept


_ALLOWED = _Allowed()


def clean(text: str) -> str:
    """Return `text` without NUL, control characters and lone surrogates, with LF line ends, trimmed.

    Words, width and emoji stay as they were typed: the enterprise's words are shown untouched.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_ALLOWED).strip()


def beginning(text: str, most: int = 40) -> str:
    """Return how a text begins, as far as a clause ends within so many characters; cut inside one it shows so."""
    line = " ".join(clean(text).split())
    if len(line) <= most:
        return line
    end = max(line.rfind(mark, 0, most) for mark in _CLAUSE_ENDS)
    return line[:end] if end >= most // 4 else f"{line[: most - 1]}…"


def require(text: str | None, *, field: str, most: int) -> str:
    """Return the cleaned text of a field that must not be empty.

    Raises:
        Invalid: nothing that can be seen, or longer than `most` characters.
    """
    cleaned = limited(text, field=field, most=most)
    if all(unicodedata.category(character) in _UNSEEN for character in cleaned):
        raise Invalid(N_("这一项不能为空。"), field=field)
    return cleaned


def limited(text: str | None, *, field: str, most: int) -> str:
    """Return the cleaned text of an optional field.

    Raises:
        Invalid: longer than `most` characters.
    """
    cleaned = clean(text or "")
    if len(cleaned) > most:
        raise Invalid(
            N_("最多 %(most)s 个字，现在有 %(length)s 个。"), field=field, most=most, length=len(cleaned)
        )
    return cleaned
