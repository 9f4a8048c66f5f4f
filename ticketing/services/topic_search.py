"""Which topics fit what somebody types before asking: Chinese by pairs of characters, letters by sound or English."""

import functools
import re
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

from routing.directory import Topic
from ticketing.services import terms
from ticketing.services.folding import fold
from ticketing.services.pinyin import initials

MOST = 8
#: What a word of the topic counts that was typed as a whole, and the ways in which letters fit: the surer the more.
WHOLE, WORD, SOUND, WITHIN, INITIALS = 3, 3, 3, 2, 2
#: Fewer letters than this begin too many syllables.
SPELT = 3
#: A blank between two characters parts nothing in Chinese.
_BLANK = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_LETTERS = re.compile(r"[0-9a-z]+")


def found(query: str, topics: Iterable[Topic]) -> list[Topic]:
    """Return the topics that fit best, the best first; none that fits half as well as another."""
    wanted = _BLANK.sub("", fold(query))
    asked = terms.terms(wanted)
    letters = {one for one in asked if _LETTERS.fullmatch(one)}
    scored = [(_score(wanted, asked - letters, letters, topic), topic) for topic in topics]
    best = max((score for score, _topic in scored), default=0)
    fitting = [(score, topic) for score, topic in scored if score and score * 2 >= best]
    return [topic for _score, topic in sorted(fitting, key=lambda one: -one[0])][:MOST]


def _score(wanted: str, pairs: set[str], letters: set[str], topic: Topic) -> int:
    said = _chinese(topic)
    whole = sum(word in wanted for word in _keywords(topic))
    return WHOLE * whole + sum(pair in said for pair in pairs) + sum(_heard(one, topic) for one in letters)


def _heard(run: str, topic: Topic) -> int:
    """Return what a run of letters counts: an English word, the sound of a Chinese one, or its initials."""
    if len(run) < 2:
        return 0
    if any(word.startswith(run) for word in _english(topic)):
        return WORD
    if len(run) >= SPELT and (best := max((_spells(run, sound) for sound in _sounds(topic)), default=0)):
        return best
    return INITIALS if any(short.startswith(run) for short in _short(topic)) else 0


def _spells(run: str, syllables: tuple[str, ...]) -> int:
    ways = ("".join(syllables[start:]).startswith(run) for start in range(len(syllables)))
    return next((WITHIN if start else SOUND for start, fits in enumerate(ways) if fits), 0)


def _named(topic: Topic) -> tuple[str, ...]:
    return topic.name_zh, *topic.keywords_zh


@functools.lru_cache(maxsize=1_000)
def _keywords(topic: Topic) -> tuple[str, ...]:
    return tuple(fold(word) for word in topic.keywords_zh)


@functools.lru_cache(maxsize=1_000)
def _chinese(topic: Topic) -> str:
    return fold(" ".join((*_named(topic), topic.name_en)))


@functools.lru_cache(maxsize=1_000)
def _english(topic: Topic) -> tuple[str, ...]:
    return tuple(_LETTERS.findall(fold(" ".join((topic.name_en, *topic.keywords_zh)))))


@functools.lru_cache(maxsize=1_000)
def _sounds(topic: Topic) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(lazy_pinyin(fold(one), style=Style.NORMAL)) for one in _named(topic))


@functools.lru_cache(maxsize=1_000)
def _short(topic: Topic) -> tuple[str, ...]:
    return tuple(initials(one) for one in _named(topic))
