"""Find many words in one text in one pass."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from routing.text import normalise


@dataclass(frozen=True, slots=True)
class Match:
    """`word`, in its normalised form, stands at `start` (inclusive) to `end` (exclusive)."""

    start: int
    end: int
    word: str


class Lexicon:
    """A fixed set of words of two characters or more.

    Looked up by the first two characters: a text costs one dictionary look-up per character, however many
    thousand words there are, and words that overlap are both seen, which one alternation would not do.
    """

    def __init__(self, words: Iterable[str]) -> None:
        buckets: dict[str, set[str]] = {}
        for word in words:
            form = normalise(word)
            if len(form) > 1:
                buckets.setdefault(form[:2], set()).add(form)
        self._buckets = {head: sorted(forms, key=len, reverse=True) for head, forms in buckets.items()}

    def every(self, text: str) -> Iterator[Match]:
        """Yield every word at every place of the normalised `text`, in order, the longer first."""
        for start in range(len(text) - 1):
            for word in self._buckets.get(text[start : start + 2], ()):
                if text.startswith(word, start):
                    yield Match(start, start + len(word), word)

    def outermost(self, text: str) -> Iterator[Match]:
        """Yield the words inside no other one: `医保缴费` hides a `缴费` in it, not one that overlaps."""
        reach = 0
        for match in self.every(text):
            if match.end > reach:
                reach = match.end
                yield match

    def disjoint(self, text: str) -> Iterator[Match]:
        """Yield words that share no character; the one that starts first keeps it, as a reader would."""
        reach = 0
        for match in self.every(text):
            if match.start >= reach:
                reach = match.end
                yield match
