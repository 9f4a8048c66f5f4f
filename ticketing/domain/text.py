"""What may stand in a request: cleaning and limits that every door shares."""

import unicodedata

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_

SUBJECT_MAX = 200
BODY_MAX = 20_000
NAME_MAX = 100

#: Tabs and line feeds stay; every other control or format character has no business in a request.
_KEEP = {"\n", "\t", "\u200d", "\ufe0f"}


def clean(text: str) -> str:
    """Return `text` without NUL, control characters and lone surrogates, with LF line ends, trimmed.

    Words, width and emoji stay as they were typed: the enterprise's words are shown untouched.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in _KEEP or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn"))
    return "".join(kept).strip()


def require(text: str | None, *, field: str, most: int) -> str:
    """Return the cleaned text of a field that must not be empty.

    Raises:
        Invalid: empty, or longer than `most` characters.
    """
    cleaned = limited(text, field=field, most=most)
    if not cleaned:
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
