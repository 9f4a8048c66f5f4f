"""The policy: how long each clock may take in which segment, and which ladder it climbs; a versioned text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sla.documents import Node
from sla.rungs import (
    ClockKind,
    Family,
    Ladders,
    PolicyError,
    Rung,
    read_ladders,
    read_target,
    read_word,
    read_words,
)
from sla.values import Target

FIELDS = ("type", "urgency", "line", "region", "hotline", "tag")
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Segment:
    """What a policy may look at; `regions`: the region and all around it, `tags`: the enterprise's lists."""

    type: str
    urgency: str
    line: str | None = None
    regions: frozenset[str] = NONE
    hotline: str | None = None
    tags: frozenset[str] = NONE

    def values(self) -> Mapping[str, frozenset[str]]:
        """Return the words of the segment per field of a condition."""
        return {
            "type": frozenset({self.type}),
            "urgency": frozenset({self.urgency}),
            "line": NONE if self.line is None else frozenset({self.line}),
            "region": self.regions,
            "hotline": NONE if self.hotline is None else frozenset({self.hotline}),
            "tag": self.tags,
        }


@dataclass(frozen=True, slots=True)
class Limit:
    """One row. `target` is the amount, or the least amount of `rest_of`, or the default of a template."""

    index: int
    clock: ClockKind
    when: Mapping[str, frozenset[str]]
    target: Target
    rest_of: ClockKind | None = None
    by_template: bool = False

    def matches(self, values: Mapping[str, frozenset[str]]) -> bool:
        """Whether every condition holds; a row without conditions matches everything."""
        return all(not words.isdisjoint(values[field]) for field, words in self.when.items())

    def meets(self, other: "Limit") -> bool:
        """Whether some segment matches both rows."""
        if self.clock is not other.clock:
            return False
        single = (self.when.keys() & other.when.keys()) - {
            "tag",
            "region",
        }  # a segment may have several of these
        return all(not self.when[field].isdisjoint(other.when[field]) for field in single)

    def covers(self, other: "Limit") -> bool:
        """Whether every segment that matches `other` matches this row too."""
        return self.clock is other.clock and all(
            field in other.when and other.when[field] <= words for field, words in self.when.items()
        )


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows that can match one segment: the first wins; `hidden` when the second can never be reached."""

    first: Limit
    second: Limit
    hidden: bool


class Policy:
    """An ordered list of limits, first match wins, and the ladders. Immutable, named by its version."""

    def __init__(
        self,
        limits: tuple[Limit, ...],
        ladders: Ladders,
        *,
        version: str,
        author: str,
        published_on: date,
        reaches_open: frozenset[ClockKind] = frozenset(),
    ) -> None:
        """Keep the rows, sorted by clock for look-ups; `reaches_open`: kinds whose running clocks it takes over."""
        self.reaches_open = reaches_open
        self.version, self.author, self.published_on = version, author, published_on
        self.limits = limits
        self._ladders = ladders
        self._by_clock = {kind: [row for row in limits if row.clock is kind] for kind in ClockKind}

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "Policy":
        """Check a parsed document; raises PolicyError with the path of what is wrong."""
        part = Node(document, error=PolicyError).fields(
            required={"version", "author", "published_on", "limits", "ladders"},
            optional={"basis", "reaches_open"},
        )
        return cls(
            tuple(_limit(item, index) for index, item in enumerate(part["limits"].items())),
            read_ladders(part["ladders"]),
            version=part["version"].text(),
            author=part["author"].text(),
            published_on=part["published_on"].day(),
            reaches_open=read_words(part["reaches_open"], ClockKind)
            if "reaches_open" in part
            else frozenset(),
        )

    def limit(self, clock: ClockKind, segment: Segment) -> Limit | None:
        """Return the first row for this clock that matches, or None: the clock is not kept there."""
        values = segment.values()
        return next((row for row in self._by_clock[clock] if row.matches(values)), None)

    def target(self, clock: ClockKind, segment: Segment, *, template: Target | None = None) -> Target | None:
        """Return the amount allowed, or None where no row matches; `template` is that of a coordination case.

        A limit that is the rest of another clock depends on the moment: `sla.shares.rest_target` gives it,
        and asking here is an error rather than a wrong answer.
        """
        row = self.limit(clock, segment)
        if row is None:
            return None
        if row.rest_of is not None:
            raise ValueError(f"{clock} is what {row.rest_of} has left: ask rest_target")
        return template if row.by_template and template is not None else row.target

    def rungs(self, clock: ClockKind, target: Target) -> tuple[Rung, ...]:
        """Return the rungs of this clock's ladder, lowest first; none when it has no ladder."""
        return self._ladders.get((Family.of(target.unit), clock), ())

    def overlaps(self) -> list[Overlap]:
        """Return the pairs of rows between which order decides, for the person who edits."""
        return [
            Overlap(first, second, hidden=first.covers(second))
            for first, second in combinations(self.limits, 2)
            if first.meets(second)
        ]


def _limit(node: Node, index: int) -> Limit:
    part = node.fields(required={"clock"}, optional={"when", "target", "rest_of", "at_least", "by_template"})
    amount = "at_least" if "rest_of" in part else "target"
    if (
        amount not in part
        or {"at_least", "target"} <= part.keys()
        or ("at_least" in part) != ("rest_of" in part)
    ):
        raise node.fail("either target, or rest_of with at_least, is expected")
    by_template = "by_template" in part
    if by_template and (part["by_template"].value is not True or amount == "at_least"):
        raise part["by_template"].fail("true is expected, beside a target")
    return Limit(
        index=index,
        clock=read_word(part["clock"], ClockKind),
        when=_when(part["when"]) if "when" in part else {},
        target=read_target(part[amount]),
        rest_of=read_word(part["rest_of"], ClockKind) if "rest_of" in part else None,
        by_template=by_template,
    )


def _when(node: Node) -> dict[str, frozenset[str]]:
    part = node.fields(required=set(), optional=set(FIELDS))
    for condition in part.values():
        if not condition.texts():
            raise condition.fail("at least one word is expected")
    return {field: frozenset(condition.texts()) for field, condition in part.items()}
