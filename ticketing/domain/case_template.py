"""Templates of coordination cases as data: steps with owner, limit, dependencies, evidence; checked on load.

A template is a versioned document; a running case keeps the version that it began with.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sla.documents import DocumentError, Node
from sla.rungs import read_target
from sla.values import Target, Unit

DEFAULT_LIMIT = Target(Unit.WORKING_DAYS, 25)


class TemplateError(DocumentError):
    """A template that cannot be used; `path` leads to the offending value."""


@dataclass(frozen=True, slots=True)
class TemplateStep:
    """One step: who owns it (a role of the case), by when, after which others, what proves it."""

    number: int
    name_zh: str
    name_en: str
    owner: str
    due: Target | None
    depends_on: tuple[int, ...]
    evidence: str
    two_sided_with: int | None
    secret: bool


@dataclass(frozen=True, slots=True)
class CaseTemplate:
    """A kind of case."""

    code: str
    version: str
    name_zh: str
    name_en: str
    limit: Target
    roles: tuple[str, ...]
    steps: tuple[TemplateStep, ...]

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "CaseTemplate":
        """Check a parsed document and return it.

        Raises:
            TemplateError: with the path of what is wrong.
        """
        part = Node(document, error=TemplateError).fields(
            required={"code", "version", "author", "published_on", "name_zh", "name_en", "roles", "steps"},
            optional={"limit", "basis", "trigger"},
        )
        part["author"].text()
        part["published_on"].day()
        roles = part["roles"].texts()
        steps = tuple(_step(item, roles) for item in part["steps"].items())
        _check_order(part["steps"], steps)
        return cls(
            code=part["code"].text(),
            version=str(part["version"].whole()),
            name_zh=part["name_zh"].text(),
            name_en=part["name_en"].text(),
            limit=read_target(part["limit"]) if "limit" in part else DEFAULT_LIMIT,
            roles=roles,
            steps=steps,
        )


def _step(node: Node, roles: tuple[str, ...]) -> TemplateStep:
    part = node.fields(
        required={"number", "name_zh", "name_en", "owner"},
        optional={"due", "depends_on", "evidence", "two_sided_with", "secret"},
    )
    owner = part["owner"].text()
    if owner not in roles:
        raise part["owner"].fail(f"{owner} is not one of {', '.join(roles)}")
    return TemplateStep(
        number=part["number"].whole(),
        name_zh=part["name_zh"].text(),
        name_en=part["name_en"].text(),
        owner=owner,
        due=read_target(part["due"]) if "due" in part else None,
        depends_on=tuple(one.whole() for one in part["depends_on"].items()) if "depends_on" in part else (),
        evidence=part["evidence"].text() if "evidence" in part else "",
        two_sided_with=part["two_sided_with"].whole() if "two_sided_with" in part else None,
        secret="secret" in part and part["secret"].value is True,
    )


def _check_order(node: Node, steps: tuple[TemplateStep, ...]) -> None:
    """Refuse unknown and circular dependencies: a step may depend on earlier numbers alone."""
    numbers = [step.number for step in steps]
    if numbers != list(range(1, len(steps) + 1)):
        raise node.fail("steps must be numbered 1, 2, 3 … in order")
    for index, step in enumerate(steps):
        if any(other >= step.number for other in step.depends_on):
            raise node.at(index).at("depends_on").fail("a step may depend on earlier steps only")
        if step.two_sided_with is not None and step.two_sided_with not in numbers:
            raise node.at(index).at("two_sided_with").fail("no such step")
