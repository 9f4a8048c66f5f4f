"""Read the place out of a text: longest name first, the finest place wins, the project's before the caller's.

Two kinds of names need care. A name that only its city makes unique (its short name carries the city: two
cities have a 向阳区) counts with its city beside it and is asked about otherwise. A place inside a product, a
street or another province's name says nothing: those are guards, data of the rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from routing.directory import COUNTY, PROVINCE, Directory, Region
from routing.lexicon import Lexicon, Match
from routing.rules import RegionRules, RuleBook
from routing.text import clause_around, normalise

_SHORTEST_BARE = 2
_PROJECT, _PLAIN, _CALLER, _TOWARD = 3, 2, 1, 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the text says about the place.

    At most one of the three is set: `region_code` (the finest place), `cities` (prefectures, where the matter
    touches several), `ambiguous` (regions that the name could mean: ask).
    """

    region_code: str | None = None
    cities: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mention:
    code: str
    city: str
    word: str
    role: int
    errand: bool


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    lexicon: Lexicon
    places: dict[str, tuple[str, ...]]
    needs_city: frozenset[str]
    never_alone: frozenset[str]
    bare: Lexicon
    openings: frozenset[str]
    doubtful: frozenset[str]


def read(text: str, directory: Directory, rules: RuleBook, *, near: Iterable[str | None] = ()) -> Reading:
    """Read the place from a normalised `text`; `near`, regions known otherwise, settle a shared name."""
    gazetteer = _gazetteer(directory, rules)
    found = [
        match
        for match in _named(text, gazetteer, rules.regions)
        if match.word in gazetteer.places and not _is_part_of_a_name(text, match, rules.regions)
    ]
    cities = _cities_named(found, gazetteer, directory, near)
    mentions, open_questions = [], []
    for match in found:
        codes = _meanings(match.word, gazetteer, directory, cities)
        city = directory.prefecture_of(codes[0]) if len(codes) == 1 else None
        if city is not None and (city.code in cities or _says_enough(match, text, gazetteer)):
            role = _role(text, match, rules.regions)
            errand = role == _TOWARD and text.startswith(rules.regions.errand_after, match.end)
            mentions.append(_Mention(codes[0], city.code, match.word, role, errand))
        elif match.word not in gazetteer.never_alone | gazetteer.doubtful:
            open_questions.append((match.word, codes))
    return _settle(mentions) if mentions else _ask(open_questions, directory)


@lru_cache(maxsize=4)
def _gazetteer(directory: Directory, rules: RuleBook) -> _Gazetteer:
    places: dict[str, list[str]] = {}
    bare: dict[str, list[str]] = {}
    needs_city = set()
    for region in directory.regions.values():
        for name in {region.name_zh, region.short_name_zh, *region.aliases, *_with_city(region, directory)}:
            places.setdefault(normalise(name), []).append(region.code)
        if not _stands_alone(region):
            needs_city.add(normalise(region.name_zh))
        if region.level == COUNTY and len(region.name_zh) > _SHORTEST_BARE:
            bare.setdefault(normalise(region.name_zh[:-1]), []).append(region.code)
    openings = {word: tuple(sorted(codes)) for word, codes in bare.items() if word not in places}
    guards = frozenset(map(normalise, rules.regions.guards))
    return _Gazetteer(
        lexicon=Lexicon([*places, *guards]),
        places={word: tuple(sorted(codes)) for word, codes in places.items()} | openings,
        needs_city=frozenset(needs_city) | (guards & openings.keys()),
        never_alone=frozenset(map(normalise, rules.regions.never_alone)),
        bare=Lexicon(openings),
        openings=frozenset(openings),
        doubtful=guards & openings.keys(),
    )


def _named(text: str, gazetteer: _Gazetteer, rules: RegionRules) -> list[Match]:
    """Return the names in the text; bare ones, ordinary words elsewhere, where a caller says who is speaking.

    `木兰` is a flower and `平房` a cottage, but what opens with one, or says `木兰这边`, speaks of the county.
    """
    found = [match for match in gazetteer.lexicon.disjoint(text) if match.word not in gazetteer.openings]
    begin = len(text) - len(text.lstrip("\n"))
    bare = [
        match
        for match in gazetteer.bare.every(text)
        if (match.start == begin or text.startswith(rules.bare_after, match.end))
        and not text.startswith(rules.bare_never_before, match.end)
        and not any(one.start < match.end and match.start < one.end for one in found)
    ]
    return sorted([*found, *bare], key=lambda match: match.start)


def _says_enough(match: Match, text: str, gazetteer: _Gazetteer) -> bool:
    """Say whether the name needs no city beside it: there is one such place, and no ordinary word or city elsewhere."""
    if match.word in gazetteer.never_alone:
        return not text[: match.start].strip("\n")
    return match.word not in gazetteer.doubtful


def _with_city(region: Region, directory: Directory) -> set[str]:
    """Return how people name a district whose bare name is an ordinary word: 牡市爱民, 岭东(双鸭山."""
    city = directory.prefecture_of(region.code)
    bare = region.name_zh[:-1]
    if city is None or city.code == region.code or len(bare) < _SHORTEST_BARE:
        return set()
    cities = {city.name_zh, city.short_name_zh, *city.aliases}
    return {f"{name}{bare}" for name in cities} | {f"{bare}({name}" for name in cities}


def _stands_alone(region: Region) -> bool:
    return region.level != COUNTY or region.name_zh.startswith(region.short_name_zh)


def _is_part_of_a_name(text: str, match: Match, rules: RegionRules) -> bool:
    """Tell a street's or a brand's name from a place where a suffix merely follows: 肇东街上."""
    return text.startswith(rules.name_suffixes, match.end) and not text.startswith(
        rules.name_suffixes_unless, match.end
    )


def _cities_named(
    found: list[Match], gazetteer: _Gazetteer, directory: Directory, near: Iterable[str | None]
) -> frozenset[str]:
    """Return the prefectures that the text or the context names without doubt."""
    clear = [code for match in found if len(codes := gazetteer.places[match.word]) == 1
             and match.word not in gazetteer.needs_city for code in codes]  # fmt: skip
    cities = (directory.prefecture_of(code) for code in (*clear, *near))
    return frozenset(city.code for city in cities if city is not None)


def _meanings(
    word: str, gazetteer: _Gazetteer, directory: Directory, cities: frozenset[str]
) -> tuple[str, ...]:
    codes = gazetteer.places[word]
    inside = tuple(code for code in codes if any(directory.lies_in(code, city) for city in cities))
    return inside if len(inside) == 1 else codes


def _role(text: str, match: Match, rules: RegionRules) -> int:
    """Tell the project's place from where the caller sits, and from where somebody merely comes or goes."""
    before, after = clause_around(text, match.start, match.end)
    near_before = before[-rules.window :]
    if any(cue in near_before for cue in rules.caller_before) or after.startswith(rules.caller_after):
        return _CALLER
    if before.endswith(rules.origin_before):
        return _CALLER
    if before.endswith(rules.toward_before) and after.startswith(rules.errand_after):
        return _TOWARD
    if any(cue in near_before or cue in after for cue in rules.project):
        return _PROJECT
    return _TOWARD if before.endswith(rules.toward_before) else _PLAIN


def _settle(mentions: list[_Mention]) -> Reading:
    role = max(mention.role for mention in mentions)
    if role == _TOWARD and all(mention.errand for mention in mentions):
        return Reading()
    strongest = [mention for mention in mentions if mention.role == role]
    cities = tuple(dict.fromkeys(mention.city for mention in strongest))
    words = tuple(dict.fromkeys(mention.word for mention in strongest))
    if len(cities) > 1:
        return Reading(cities=cities, words=words)
    finer = [mention for mention in mentions if mention.city == cities[0] and mention.code != cities[0]]
    named = [mention for mention in finer if mention.role == role] or finer
    places = {mention.code for mention in named}
    if len(places) == 1:
        return Reading(region_code=places.pop(), words=tuple(dict.fromkeys(m.word for m in named)))
    return Reading(region_code=cities[0], words=words)


def _ask(questions: list[tuple[str, tuple[str, ...]]], directory: Directory) -> Reading:
    """Name what a lone shared name could mean; the whole province is meant where only it is named: 省直, 省级.

    Its bare name says nothing: everybody here is in it.
    """
    places = [
        (word, code)
        for word, codes in questions
        for code in codes
        if directory.regions[code].level != PROVINCE
    ]
    whole = [word for word, _ in questions if word != directory.province.short_name_zh]
    if whole and not places:
        return Reading(region_code=directory.province.code, words=tuple(dict.fromkeys(whole)))
    return Reading(
        ambiguous=tuple(dict.fromkeys(code for _, code in places)),
        words=tuple(dict.fromkeys(word for word, _ in places)),
    )
