"""The ladder of warnings as data: what is said to whom, and when, on the way to a due time and past it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from sla.documents import DocumentError, Node
from sla.values import Target, Unit

Word = TypeVar("Word", bound=StrEnum)

DUE = 100
"""The per cent of the target at which it is due."""


class PolicyError(DocumentError):
    """A policy document that cannot be used."""


class ClockKind(StrEnum):
    """The clocks of domain section 4, and the limits of section 3 that have a due time of their own."""

    RING = "ring"
    DISPATCH = "dispatch"
    ACCEPTANCE = "acceptance"
    CONTACT = "contact"
    ANSWER = "answer"
    SHARE = "share"
    FOLLOW_UP = "follow_up"
    PLAN = "plan"
    REWORK = "rework"
    RETURN_WINDOW = "return_window"
    ADJUDICATION = "adjudication"
    APPROVAL = "approval"
    SUPPLY = "supply"
    SUPERVISION = "supervision"
    CALL_BACK = "call_back"
    CONTEST = "contest"
    SILENCE = "silence"


class Act(StrEnum):
    """What a rung does: 提醒, 催办, 督办, proposal for 通报, proposal for a coordination case, 通报."""

    WARN = "warn"
    URGE = "urge"
    SUPERVISE = "supervise"
    PROPOSE_LIST = "propose_list"
    PROPOSE_CASE = "propose_case"
    LIST = "list"


class Family(StrEnum):
    """The two ladders' kinds of clock: by working time, and around the clock."""

    WORKING = "working"
    ROUND_THE_CLOCK = "round_the_clock"

    @classmethod
    def of(cls, unit: Unit) -> "Family":
        """Return the family to which clocks in this unit belong."""
        return cls.ROUND_THE_CLOCK if unit.round_the_clock else cls.WORKING


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung: at a per cent of the target (100 is due) or, with `offset`, that much after due."""

    code: str
    percent: int
    offset: Target | None
    to: tuple[str, ...]
    acts: tuple[Act, ...]
    clocks: frozenset[ClockKind] | None

    @property
    def before_due(self) -> bool:
        """Whether it warns of a due time still to come; such a rung never repeats (section 4)."""
        return self.percent < DUE

    def serves(self, clock: ClockKind) -> bool:
        """Whether the rung is meant for this clock."""
        return self.clocks is None or clock in self.clocks


Ladders = Mapping[tuple[Family, ClockKind], tuple[Rung, ...]]


def read_ladders(node: Node) -> Ladders:
    """Read the `ladders` of a policy; a clock has at most one ladder per family."""
    table: dict[tuple[Family, ClockKind], tuple[Rung, ...]] = {}
    for item in node.items():
        part = item.fields(required={"family", "clocks", "rungs"})
        family = read_word(part["family"], Family)
        rungs = _rungs(part["rungs"])
        for clock in sorted(read_words(part["clocks"], ClockKind)):
            if (family, clock) in table:
                raise part["clocks"].fail(f"{clock} has a {family} ladder already")
            table[family, clock] = tuple(rung for rung in rungs if rung.serves(clock))
    return table


def read_target(node: Node) -> Target:
    """Read a target such as `{working_days: 5}`."""
    part = node.fields(required=set(), optional=set(Unit))
    if len(part) != 1:
        raise node.fail(f"one of {', '.join(Unit)} is expected")
    [(unit, amount)] = part.items()
    return Target(Unit(unit), amount.whole())


def read_word(node: Node, kind: type[Word]) -> Word:
    """Read one word of a closed list."""
    try:
        return kind(node.text())
    except ValueError:
        raise node.fail(f"{node.value} is not one of {', '.join(kind)}") from None


def read_words(node: Node, kind: type[Word]) -> frozenset[Word]:
    """Read a word or a list of words of a closed list."""
    nodes = [node] if isinstance(node.value, str) else node.items()
    return frozenset(read_word(one, kind) for one in nodes)


def _rungs(node: Node) -> tuple[Rung, ...]:
    rungs = tuple(_rung(item) for item in node.items())
    if len({rung.code for rung in rungs}) != len(rungs):
        raise node.fail("every rung needs a code of its own")
    if any(not _climbs(*pair) for pair in pairwise(rungs)):
        raise node.fail("rungs must climb: per cents upwards to 100, then offsets after due in one unit")
    return rungs


def _rung(node: Node) -> Rung:
    part = node.fields(required={"code", "to", "acts"}, optional={"percent", "after_due", "clocks"})
    if ("percent" in part) == ("after_due" in part):
        raise node.fail("either percent or after_due is expected")
    percent = part["percent"].whole() if "percent" in part else DUE
    if percent > DUE:
        raise part["percent"].fail("past due a rung is given by after_due")
    acts = tuple(read_word(item, Act) for item in part["acts"].items())
    return Rung(
        code=part["code"].text(),
        percent=percent,
        offset=read_target(part["after_due"]) if "after_due" in part else None,
        to=part["to"].texts(),
        acts=acts,
        clocks=read_words(part["clocks"], ClockKind) if "clocks" in part else None,
    )


def _climbs(lower: Rung, upper: Rung) -> bool:
    if upper.offset is None:
        return lower.offset is None and lower.percent < upper.percent
    if lower.offset is None:
        return True
    same = lower.offset.unit is upper.offset.unit
    return same and lower.offset.amount < upper.offset.amount
