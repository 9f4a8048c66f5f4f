"""Several matters in one text: told where the caller says so and the parts belong to different lines."""

from collections.abc import Collection
from functools import lru_cache

from routing.lexicon import Lexicon
from routing.model import NOBODY, Model
from routing.rules import RuleBook

_SHORTEST, _SURE = 6, 0.5


def several(text: str, likely: Collection[str], rules: RuleBook, model: Model) -> tuple[str, ...]:
    """Return the lines of a text that a word like `另外` divides, in order; nothing where they are one.

    A part counts when the model alone is more sure of its line than of all others together, and the line is
    `likely` for the whole text too.
    """
    cuts = [match.start for match in _markers(rules).disjoint(text)]
    if not cuts:
        return ()
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    found: dict[str, None] = {}
    for part in parts:
        if len(part) >= _SHORTEST:
            line, share = max(model.probabilities(part).items(), key=lambda one: one[1])
            if share >= _SURE and line != NOBODY and line in likely:
                found[line] = None
    return tuple(found) if len(found) > 1 else ()


@lru_cache(maxsize=4)
def _markers(rules: RuleBook) -> Lexicon:
    return Lexicon(rules.matter_words)
