"""Where the matter lies, and which bureau of a line answers there (line × region, 条块)."""

from dataclasses import dataclass

from routing import regions
from routing.directory import PROVINCE, Bureau, Directory, Topic
from routing.request import Ground, Reason, Request
from routing.rules import RuleBook

_HOW_KNOWN = {
    "explicit": Ground.REGION_EXPLICIT,
    "text": Ground.REGION_TEXT,
    "hotline": Ground.REGION_HOTLINE,
    "caller": Ground.REGION_CALLER,
}


@dataclass(frozen=True, slots=True)
class Place:
    """The place and how it is known: `explicit`, `text`, `hotline`, `caller` or `unknown`.

    `cities` has two or more prefectures when the matter touches them all; `ambiguous` what a name could mean.
    """

    region_code: str | None
    source: str
    words: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


def locate(request: Request, text: str, directory: Directory, rules: RuleBook) -> Place:
    """Find the place: said by a person, read in the text, of the line that was called, of the caller."""
    if request.region_code in directory.regions:
        return Place(request.region_code, "explicit")
    called = _called_region(request, directory, rules)
    caller = request.caller_region_code if request.caller_region_code in directory.regions else None
    reading = regions.read(text, directory, rules, near=(called, caller))
    if reading.region_code or reading.cities:
        return Place(reading.region_code, "text", reading.words, cities=reading.cities)
    if reading.ambiguous:
        return Place(None, "text", reading.words, ambiguous=reading.ambiguous)
    if called is not None:
        return Place(called, "hotline", (request.hotline_number or "",))
    return Place(caller, "caller" if caller else "unknown")


def answers_at_province(line: str, topic: Topic | None, directory: Directory) -> bool:
    """Say whether the province answers anywhere: no local bureaus, or a provincial topic."""
    return not directory.has_local_bureaus(line) or (
        topic is not None and topic.typical_bureau_level == PROVINCE
    )


def bureau_at(line: str, topic: Topic | None, place: Place, directory: Directory) -> Bureau | None:
    """Return the line's bureau: the city's where the matter is local and one exists, else the province's.

    A county's matter goes to its prefecture's bureau; a matter of two cities one level up.
    """
    if answers_at_province(line, topic, directory) or place.cities:
        return directory.provincial_bureau(line)
    return directory.local_bureau(line, place.region_code) or directory.provincial_bureau(line)


def reason(place: Place) -> Reason:
    """Say where the matter lies and how that is known, or what has to be asked."""
    if place.cities:
        return Reason(Ground.REGION_SEVERAL, words=place.words, regions=place.cities)
    if place.ambiguous:
        return Reason(Ground.REGION_AMBIGUOUS, words=place.words, regions=place.ambiguous)
    if place.region_code is None:
        return Reason(Ground.REGION_UNKNOWN)
    words = place.words if place.source == "text" else ()
    return Reason(_HOW_KNOWN[place.source], words=words, regions=(place.region_code,))


def _called_region(request: Request, directory: Directory, rules: RuleBook) -> str | None:
    hotline = directory.hotlines.get(request.hotline_number or "")
    return hotline.region_code if hotline is not None and rules.hotlines[hotline.kind].region else None
