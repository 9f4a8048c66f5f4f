"""Templates of coordination cases as data: steps with owner, time, dependencies, evidence, checks, secrecy.

A template is a versioned document, checked when a pack is read; a running case keeps the version that it began with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sla.documents import DocumentError, Node
from sla.rungs import read_target, read_word, read_words
from sla.values import Target, Unit
from ticketing.domain.case_plan import circle
from ticketing.domain.case_trigger import Trigger, read_trigger
from ticketing.domain.named import Named

DEFAULT_LIMIT = Target(Unit.WORKING_DAYS, 25)
#: The length of a working day, to compare targets of different units from below.
DAY_MINUTES = 390
#: What a step may have beside what it must have.
MAY_HAVE = {"depends_on", "evidence", "evidence_en", "two_sided_with", "secret", "required", "checks"}


class TemplateError(DocumentError):
    """A template that cannot be used; `path` leads to the offending value."""


class Holder(StrEnum):
    """Who may take a role of a case."""

    BUREAU = "bureau"
    OUTSIDE = "outside"
    EITHER = "either"


class Check(StrEnum):
    """What the evidence of a step must contain; `services.case_checks` reads each."""

    COMMITTEE_PLAN = "committee_plan"
    DRAW = "draw"
    ENTRY = "entry"
    AVOIDANCE = "avoidance"
    REFERENCE = "reference"
    PLEDGE = "pledge"
    ARREARS = "arrears"
    SERVICE_OFFICER = "service_officer"


@dataclass(frozen=True, slots=True)
class TemplateRole(Named):
    """A part that somebody plays in the case; `several`: one party each has a step of its own."""

    code: str
    holder: Holder
    several: bool = False


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """One step: who owns it (a role), in what time (None: at an hour to be agreed), after which others."""

    number: int
    name_zh: str
    name_en: str
    owner: str
    due: Target | None
    depends_on: tuple[int, ...]
    evidence: str
    evidence_en: str
    two_sided_with: int | None
    secret: bool
    required: bool
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Secrecy:
    """What is secret by law: the roles that may read it, and the step with which it ends."""

    readers: tuple[str, ...]
    until_step: int


@dataclass(frozen=True, slots=True)
class CaseTemplate:
    """A kind of case. `limit` None: as long as the project; `lead_role`: the role that the lead bureau plays."""

    code: str
    version: str
    name_zh: str
    name_en: str
    basis: str
    limit: Target | None
    lead_role: str
    roles: tuple[TemplateRole, ...]
    steps: tuple[TemplateStep, ...]
    secrecy: Secrecy | None
    trigger: Trigger
    keep_years: int

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "CaseTemplate":
        """Check a parsed document and return it.

        Raises:
            TemplateError: with the path of what is wrong.
        """
        part = Node(document, error=TemplateError).fields(
            required={"code", "version", "author", "published_on", "name_zh", "name_en", "roles", "steps"},
            optional={"limit", "open_ended", "basis", "trigger", "lead_role", "secrecy", "keep_years"},
        )
        part["author"].text()
        part["published_on"].day()
        roles = _roles(part["roles"])
        codes = frozenset(role.code for role in roles)
        steps = tuple(_step(item, codes) for item in part["steps"].items())
        limit = _limit(part)
        _check_order(part["steps"], steps)
        _check_time(part["steps"], steps, limit)
        return cls(
            code=part["code"].text(),
            version=str(part["version"].whole()),
            name_zh=part["name_zh"].text(),
            name_en=part["name_en"].text(),
            basis=part["basis"].text() if "basis" in part else "",
            limit=limit,
            lead_role=_lead_role(part, codes),
            roles=roles,
            steps=steps,
            secrecy=_secrecy(part, codes, steps),
            trigger=read_trigger(part["trigger"]) if "trigger" in part else Trigger(),
            keep_years=part["keep_years"].whole() if "keep_years" in part else 3,
        )

    def wanted(self, evidence: str) -> Named:
        """Return what a step wants; what a case wrote down itself is in no template and stays as written."""
        known = (step.evidence_en for step in self.steps if step.evidence == evidence and step.evidence_en)
        return Named(evidence, next(known, evidence))

    def role(self, code: str) -> TemplateRole:
        """Return the role with this code."""
        return next(role for role in self.roles if role.code == code)

    @property
    def answering_step(self) -> int:
        """The step that the one answer completes: the last."""
        return self.steps[-1].number

    def meant(self, topic: str | None, text: str, lines: int = 1) -> bool:
        """Whether a request with this topic, these words and so many lines asks for the template."""
        return any(self.trigger.met(topic, text, lines))

    def opens_for(self, topic: str | None, text: str, lines: int) -> bool:
        """Whether such a request opens a case of this kind by itself."""
        return self.trigger.opens and all(self.trigger.met(topic, text, lines))


def _limit(part: Mapping[str, Node]) -> Target | None:
    if "open_ended" in part:
        if part["open_ended"].value is not True or "limit" in part:
            raise part["open_ended"].fail("true is expected, and no limit beside it")
        return None
    return read_target(part["limit"]) if "limit" in part else DEFAULT_LIMIT


def _lead_role(part: Mapping[str, Node], roles: frozenset[str]) -> str:
    if "lead_role" in part:
        return _known(part["lead_role"], roles)
    if "lead" not in roles:
        raise part["roles"].fail("a case needs a lead: a role `lead`, or lead_role")
    return "lead"


def _known(node: Node, roles: Iterable[str]) -> str:
    role = node.text()
    if role not in roles:
        raise node.fail(f"{role} is not one of {', '.join(sorted(roles))}")
    return role


def _roles(node: Node) -> tuple[TemplateRole, ...]:
    found: dict[str, TemplateRole] = {}
    for item in node.items():
        part = item.fields(required={"code", "name_zh", "name_en"}, optional={"holder", "several"})
        role = TemplateRole(
            part["name_zh"].text(),
            part["name_en"].text(),
            part["code"].text(),
            read_word(part["holder"], Holder) if "holder" in part else Holder.BUREAU,
            "several" in part and part["several"].value is True,
        )
        if role.code in found:
            raise part["code"].fail(f"{role.code} stands twice")
        found[role.code] = role
    return tuple(found.values())


def _step(node: Node, roles: frozenset[str]) -> TemplateStep:
    part = node.fields(
        required={"number", "name_zh", "name_en", "owner", "due"},
        optional=MAY_HAVE,
    )
    depends = part["depends_on"].items() if "depends_on" in part else []
    return TemplateStep(
        number=part["number"].whole(),
        name_zh=part["name_zh"].text(),
        name_en=part["name_en"].text(),
        owner=_known(part["owner"], roles),
        due=None if part["due"].value == "agreed" else read_target(part["due"]),
        depends_on=tuple(one.whole() for one in depends),
        evidence=part["evidence"].text() if "evidence" in part else "",
        evidence_en=part["evidence_en"].text() if "evidence_en" in part else "",
        two_sided_with=part["two_sided_with"].whole() if "two_sided_with" in part else None,
        secret="secret" in part and part["secret"].value is True,
        required="required" in part and part["required"].value is True,
        checks=tuple(sorted(read_words(part["checks"], Check))) if "checks" in part else (),
    )


def _check_order(node: Node, steps: tuple[TemplateStep, ...]) -> None:
    """Refuse unknown and circular dependencies, and pairs that are none."""
    if not steps or [step.number for step in steps] != list(range(1, len(steps) + 1)):
        raise node.fail("steps must be numbered 1, 2, 3 … in order")
    for index, step in enumerate(steps):
        for place, other in enumerate(step.depends_on):
            if not 1 <= other <= len(steps):
                raise node.at(index).at("depends_on").at(place).fail(f"there is no step {other}")
        _check_pair(node.at(index), step, steps)
    if found := circle({step.number: step.depends_on for step in steps}):
        raise node.at(found[0] - 1).at("depends_on").fail(f"a circle: {' → '.join(map(str, found))}")


def _check_pair(node: Node, step: TemplateStep, steps: tuple[TemplateStep, ...]) -> None:
    other = step.two_sided_with
    if other is None:
        return
    if not 1 <= other <= len(steps) or steps[other - 1].two_sided_with != step.number:
        raise node.at("two_sided_with").fail(f"step {other} does not name step {step.number} in return")
    if steps[other - 1].owner == step.owner:
        raise node.at("two_sided_with").fail("both sides have the same owner")


def _check_time(node: Node, steps: tuple[TemplateStep, ...], limit: Target | None) -> None:
    """Refuse steps that can never fit: even by the kindest reckoning a chain takes longer than the limit."""
    if limit is None:
        return
    ends: dict[int, int] = {}
    for step in _in_order(steps):
        ends[step.number] = max((ends[n] for n in step.depends_on), default=0) + _least(step.due, limit)
        if ends[step.number] > _least(limit, limit):
            told = node.at(step.number - 1)
            raise (told.at("due") if step.due else told).fail(
                f"impossible: steps up to {step.number} take longer than the limit of {limit.amount} {limit.unit}"
            )


def _in_order(steps: tuple[TemplateStep, ...]) -> list[TemplateStep]:
    placed: list[TemplateStep] = []
    while len(placed) < len(steps):
        done = {step.number for step in placed}
        placed += [s for s in steps if s.number not in done and done.issuperset(s.depends_on)]
    return placed


def _least(target: Target | None, limit: Target) -> int:
    """Return the least that a target takes in the limit's own kind of minutes; 0 where kinds do not compare."""
    if target is None or target.unit.round_the_clock != limit.unit.round_the_clock:
        return 0
    per_unit = {Unit.WORKING_DAYS: DAY_MINUTES, Unit.WORKING_MINUTES: 1, Unit.MINUTES: 60, Unit.SECONDS: 1}
    return target.amount * per_unit[target.unit]


def _secrecy(
    part: Mapping[str, Node], roles: frozenset[str], steps: tuple[TemplateStep, ...]
) -> Secrecy | None:
    secret = [step for step in steps if step.secret]
    if "secrecy" not in part:
        if secret:
            raise (
                part["steps"].at(secret[0].number - 1).at("secret").fail("secrecy says nowhere who may read")
            )
        return None
    node = part["secrecy"].fields(required={"readers", "until_step"})
    readers = tuple(_known(one, roles) for one in node["readers"].items())
    until = node["until_step"].whole()
    if until > len(steps) or steps[until - 1].secret:
        raise node["until_step"].fail("secrecy ends with a step of the case that is not secret itself")
    for step in secret:
        if step.owner not in readers:
            raise (
                part["steps"].at(step.number - 1).at("owner").fail(f"{step.owner} may not read its own step")
            )
    return Secrecy(readers, until)
