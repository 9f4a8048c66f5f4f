"""One written form for everything that routing reads, so that a keyword matches however it was typed."""

import unicodedata

READ_LIMIT = 5_000
"""Characters of a request that are read. A caller names the matter and the place early; a pasted file must
not cost more than a long letter."""

_CLAUSE_ENDS = frozenset("。，、;；!?！？,\n")
_LINE_BREAKS = frozenset("\n\r\u2028\u2029\v\f")


def normalise(text: str, *, limit: int = READ_LIMIT) -> str:
    """Return `text` as NFKC, caseless, without blanks; line breaks stay, since no word runs across them.

    Blanks go because speech-to-text and old forms put them inside words. The cut is made before the work and
    again after it: one compatibility character can become eighteen.
    """
    return unicodedata.normalize("NFKC", text[:limit]).casefold()[:limit].translate(_WRITTEN)


def clause_around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after `text[start:end]` inside the same clause."""
    left, right = start, end
    while left > 0 and text[left - 1] not in _CLAUSE_ENDS:
        left -= 1
    while right < len(text) and text[right] not in _CLAUSE_ENDS:
        right += 1
    return text[left:start], text[end:right]


def _keep(character: str) -> str:
    if character in _LINE_BREAKS:
        return "\n"
    if character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}:
        return ""
    return character


class _Written(dict[int, str]):
    """What each character becomes, found out at its first appearance: texts repeat few thousand of them."""

    def __missing__(self, point: int) -> str:
        kept = self[point] = _keep(chr(point))
        return kept


_WRITTEN = _Written()
