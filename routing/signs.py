"""Signs of danger in a text, alone and near each other: what the alarm weighs beside pairs of characters.

Callers have endless ways to say that somebody is in danger, and few things that can be: somebody hurt, a fire, a
smell, something about to fall, a child beside it, a bid that opens within hours. A sign is one such thing with the
words that name it. What it weighs is learned: `老人` says nothing, `老人` beside `叫不醒` much, `去年` takes it back.
"""

from functools import lru_cache

from routing.lexicon import Lexicon, Match
from routing.rules import RuleBook
from routing.text import normalise

Signs = dict[str, tuple[str, ...]]


def read(text: str, rules: RuleBook) -> Signs:
    """Return each sign in `text`, and each two within reach of each other (`fire+hurt`), with the words that say so."""
    lexicon, names = _reader(rules)
    clean = normalise(text)
    found = list(lexicon.every(clean))
    signs: Signs = {}
    for number, match in enumerate(found):
        for name in names[match.word]:
            signs.setdefault(name, (match.word,))
        for other in _within_reach(match, found[number + 1 :], rules.hints.signs_within):
            for first in names[match.word]:
                for second in names[other.word]:
                    if first != second:
                        signs.setdefault("+".join(sorted((first, second))), (match.word, other.word))
    return signs


def _within_reach(match: Match, later: list[Match], within: int) -> list[Match]:
    near = []
    for other in later:
        if other.start - match.end > within:
            break
        near.append(other)
    return near


@lru_cache(maxsize=4)
def _reader(rules: RuleBook) -> tuple[Lexicon, dict[str, tuple[str, ...]]]:
    names: dict[str, tuple[str, ...]] = {}
    for name, words in rules.hints.signs.items():
        for word in map(normalise, words):
            if name not in names.get(word, ()):
                names[word] = (*names.get(word, ()), name)
    return Lexicon(names), names
