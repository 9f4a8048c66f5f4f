"""The province as loaded: directory, calendar, policies and rules, read once for each revision.

Rows of the pack change only when a pack is loaded, and each load publishes a sheet; so the newest
document's id is the revision, one index look-up tells whether the kept snapshot still holds, and
processes on several hosts agree without talking to each other.
"""

import contextlib
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from routing.directory import Bureau, Directory, Hotline, Region, Topic
from routing.rules import RuleBook
from sla.calendar import Calendar
from sla.calendars import Calendars
from sla.ledger import ClockState
from sla.policy import Policy
from ticketing import models
from ticketing.domain.case_template import CaseTemplate, TemplateError
from ticketing.domain.errors import NotFound
from ticketing.domain.messages import KnownCodes
from ticketing.domain.words import N_
from ticketing.extensions import db

SHEET = "pack"
LEDGER_KINDS = frozenset({"calendar", "sla", "coordination"})
REVISION = select(func.max(models.PolicyDocument.id))
V = TypeVar("V")


@dataclass(frozen=True, eq=False)
class Province:
    """What every verb needs to know of the province, immutable."""

    revision: int
    sheet: dict[str, Any]
    #: What may be chosen today.
    directory: Directory
    #: The same with what was retired: old tickets still name it.
    archive: Directory
    #: Every calendar and policy ever published; ledgers name the ones that they reckon by.
    calendars: Calendars
    policies: Mapping[str, Policy]
    rules: RuleBook
    #: The newest of each kind of coordination case, and every version: a running case keeps its own.
    templates: Mapping[str, CaseTemplate]
    template_versions: Mapping[tuple[str, str], dict[str, Any]]

    def template_of(self, code: str, version: str) -> CaseTemplate:
        """Return the template by which a case runs; one from before plans were kept runs by the newest.

        Raises:
            NotFound: there is none with this code any more.
        """
        newest = self.templates.get(code)
        if newest is None:
            raise NotFound(N_("没有这个协调模板。"))
        if version == newest.version:
            return newest
        try:
            return CaseTemplate.from_document(self.template_versions[code, version])
        except (KeyError, TemplateError):
            return newest

    @property
    def centre_code(self) -> str:
        """The bureau that is first receiver of what nobody else has."""
        return str(self.sheet["first_receiver"])

    @property
    def calendar(self) -> Calendar:
        """The calendar of the whole province as in force today."""
        return self.calendars.national

    @functools.cached_property
    def policy(self) -> Policy:
        """The policy as published last: what new clocks begin with."""
        return [*self.policies.values()][-1]

    def calendar_of(self, state: ClockState) -> Calendar:
        """Return the calendar by which a clock reckons: the one that its ledger names."""
        return self.calendars.named(state.calendar)

    def policy_of(self, state: ClockState) -> Policy:
        """Return the policy whose ladder a clock climbs: the one that its ledger names."""
        return self.policies[state.policy]

    def around(self, region: str | None) -> frozenset[str]:
        """Return a region's code and those of all around it."""
        found = []
        while region is not None:
            found.append(region)
            region = self.archive.regions[region].parent_code
        return frozenset(found)

    @functools.cached_property
    def known(self) -> KnownCodes:
        """The codes that a door may name."""
        directory = self.directory
        return KnownCodes(
            frozenset(directory.topics), frozenset(directory.regions), frozenset(directory.hotlines)
        )


def current() -> Province:
    """Return the province as last loaded, asked for once in a session.

    Raises:
        NotFound: no pack was loaded yet.
    """
    info = db.session.info
    if "province" not in info:
        info["province"] = _load()
    return info["province"]


def forget() -> None:
    """Let the next look see what was just loaded."""
    db.session.info.pop("province", None)


def _load() -> Province:
    revision = db.session.scalar(REVISION)
    if revision is None:
        raise NotFound(N_("还没有装入省份数据包。"))
    return _snapshot(str(db.session.connection().engine.url), revision)


@functools.lru_cache(maxsize=4)
def _snapshot(_database: str, revision: int) -> Province:
    documents = _documents()
    rules = RuleBook.from_document(documents["routing"][-1])
    cases = documents.get("coordination", [])
    return Province(
        revision=revision,
        sheet=documents[SHEET][-1],
        directory=_directory(active=True),
        archive=_directory(active=False),
        calendars=Calendars.from_documents(documents["calendar"]),
        policies={str(body["version"]): Policy.from_document(body) for body in documents["sla"]},
        rules=rules,
        templates=_templates(cases),
        template_versions={(str(one["code"]), str(one["version"])): one for one in cases},
    )


def _templates(bodies: list[dict[str, Any]]) -> dict[str, CaseTemplate]:
    """Return the newest template of each kind; what an older pack published in another form is not offered."""
    found: dict[str, CaseTemplate] = {}
    for body in bodies:
        with contextlib.suppress(TemplateError):
            found[str(body["code"])] = CaseTemplate.from_document(body)
    return found


def _documents() -> dict[str, list[dict[str, Any]]]:
    """Return the bodies by kind, oldest first; ledgers and cases name their versions, so all of those stay."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in db.session.scalars(select(models.PolicyDocument).order_by(models.PolicyDocument.id)):
        key = f"{row.code}/{row.version}" if row.kind in LEDGER_KINDS else row.code
        found.setdefault(row.kind, {}).pop(key, None)
        found[row.kind][key] = row.body
    return {kind: list(bodies.values()) for kind, bodies in found.items()}


def _directory(*, active: bool) -> Directory:
    return Directory.of(
        regions=_rows(models.Region, Region, active=active),
        bureaus=_rows(models.Bureau, Bureau, active=active),
        hotlines=_rows(models.Hotline, Hotline, active=active),
        topics=_rows(models.Topic, Topic, active=active),
    )


def _rows(model: type[Any], value: type[V], *, active: bool) -> list[V]:
    """Read the columns that the value type names; lists become tuples so that nobody changes them."""
    names = list(value.__dataclass_fields__)
    wanted = select(model).options(load_only(*(getattr(model, n) for n in names))).order_by(model.position)
    rows = db.session.scalars(wanted.where(model.active) if active else wanted)
    return [
        value(**{n: tuple(v) if isinstance(v := getattr(row, n), list) else v for n in names}) for row in rows
    ]
