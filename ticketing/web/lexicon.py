"""What the values of the query line may be called: names of the province and words of the desk, in both languages."""

import functools

from routing.directory import Topic
from ticketing.domain.query import Lexicon, Name
from ticketing.domain.query_fields import CIRCUMSTANCES, Field
from ticketing.domain.vocabulary import DOOR_WORDS, STATE_WORDS, TYPE_WORDS, URGENCY_WORDS
from ticketing.services.pinyin import initials, order
from ticketing.services.province import Province
from ticketing.web.context import province
from ticketing.web.i18n import language, words


def lexicon() -> Lexicon:
    """Return the names in the reader's language; the others are understood as well."""
    return _lexicon(province(), language())


@functools.lru_cache(maxsize=4)
def _lexicon(current: Province, said: str) -> Lexicon:
    directory = current.archive
    english = said == "en"
    found = {
        Field.BUREAU: [_named(one, english=english) for one in directory.bureaus.values()],
        Field.REGION: [_named(one, english=english) for one in directory.regions.values()],
        Field.TOPIC: [_topic(one, english=english) for one in directory.topics.values()],
        Field.LINE: [
            Name(one.line, *_both(one, english=english), initials(one.short_name_zh))
            for one in directory.bureaus.values()
            if directory.provincial_bureau(one.line) is one
        ],
    }
    for which, known in (
        (Field.STATE, STATE_WORDS),
        (Field.TYPE, TYPE_WORDS),
        (Field.URGENCY, URGENCY_WORDS),
        (Field.FROM, DOOR_WORDS),
    ):
        found[which] = [_word(code, word) for code, word in known.items()]  # type: ignore[attr-defined]
    found[Field.IS] = [_word(code, names[0], *names[1:]) for code, names in CIRCUMSTANCES.items()]
    by_sound = (Field.BUREAU, Field.REGION, Field.LINE, Field.TOPIC)
    return {
        which: tuple(sorted(names, key=lambda one: order(one.name))) if which in by_sound else tuple(names)
        for which, names in found.items()
    }


def _both(row: object, *, english: bool) -> tuple[str, tuple[str, ...]]:
    short, whole, name_en = row.short_name_zh, row.name_zh, row.name_en  # type: ignore[attr-defined]
    return (name_en, (short, whole)) if english else (short, (whole, name_en))


def _named(row: object, *, english: bool) -> Name:
    name, others = _both(row, english=english)
    return Name(row.code, name, others, initials(row.short_name_zh))  # type: ignore[attr-defined]


def _topic(row: Topic, *, english: bool) -> Name:
    name, other = (row.name_en, row.name_zh) if english else (row.name_zh, row.name_en)
    return Name(row.code, name, (other,), initials(row.name_zh))


def _word(code: str, word: str, *others: str) -> Name:
    return Name(str(code), words(word), (word, *others, str(code)), initials(word))
