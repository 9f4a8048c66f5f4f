"""The province as loaded: directory, calendar, policies and rules, read once for each revision.

Rows of the pack change only when a pack is loaded, and each load publishes a sheet; so the newest
document's id is the revision, one index look-up tells whether the kept snapshot still holds, and
processes on several hosts agree without talking to each other. The published routing model is told the same way.
"""

import contextlib
import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import load_only

from routing.directory import Bureau, Directory, Hotline, Region, Topic
from routing.model import Model, ModelError
from routing.rules import RuleBook
from sla.calendar import Calendar
from sla.calendars import Calendars
from sla.ledger import ClockState
from sla.policy import Policy
from ticketing import models
from ticketing.domain.case_template import CaseTemplate, TemplateError
from ticketing.domain.enterprise_lists import EnterpriseLists
from ticketing.domain.errors import NotFound
from ticketing.domain.messages import KnownCodes
from ticketing.domain.topic_form import TopicForm
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models.routing import PUBLISHED
from ticketing.services.kept import Kept

SHEET = "pack"
LEDGER_KINDS = frozenset({"calendar", "sla"})
#: Of these every version is named by something that goes on: ledgers, running cases.
NAMED_KINDS = LEDGER_KINDS | {"coordination"}
#: What tells whether a snapshot still holds: the newest document, the published model.
NEWEST = (
    select(func.max(models.PolicyDocument.id)).scalar_subquery(),
    select(models.RoutingModel.id).where(models.RoutingModel.state == PUBLISHED).scalar_subquery(),
)
REVISION = Kept(select(*NEWEST))
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
    #: What the router learned; nothing before a first model is published: then the rules decide alone.
    model: Model | None
    #: The newest of each kind of coordination case, and every version: a running case keeps its own.
    templates: Mapping[str, CaseTemplate]
    template_versions: Mapping[tuple[str, str], CaseTemplate | None]
    #: What the web form asks by topic, as published last.
    form: TopicForm = TopicForm()  # noqa: RUF009  immutable and empty
    #: The enterprise lists as published last.
    lists: EnterpriseLists = EnterpriseLists()  # noqa: RUF009  immutable and empty

    def template_of(self, code: str, version: str) -> CaseTemplate:
        """Return the template by which a case runs; one from before plans were kept runs by the newest.

        Raises:
            NotFound: there is none with this code any more.
        """
        newest = self.templates.get(code)
        if newest is None:
            raise NotFound(N_("没有这个协调模板。"))
        return self.template_versions.get((code, version)) or newest

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

    def calendar_at(self, region: str | None) -> Calendar:
        """Return the calendar in force at a place today, overlays of its city or county included."""
        return self.calendars.at(self.around(region))

    @functools.cached_property
    def other_calendars(self) -> list[tuple[Calendar, list[str]]]:
        """The calendars that differ from the whole province's, each with the regions where it holds."""
        found: dict[str, tuple[Calendar, list[str]]] = {}
        for code in self.archive.regions:
            calendar = self.calendar_at(code)
            if calendar is not self.calendar:
                found.setdefault(calendar.version, (calendar, []))[1].append(code)
        return list(found.values())

    def as_of(self, day: dt.date) -> "Province":
        """Return the province with the calendar notices that had been published by a day: what was known then."""
        known = [notice for notice in self.calendars.notices if notice.published_on <= day]
        return replace(self, calendars=Calendars(known))

    @functools.cached_property
    def lines_by_language(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Every hotline there ever was, (number, name) each, in `zh` and `en`: what filters offer."""
        lines = self.archive.hotlines.values()
        return {
            "zh": tuple((one.number, one.label_zh) for one in lines),
            "en": tuple((one.number, one.label_en) for one in lines),
        }

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


def pretend(province: Province) -> None:
    """Let this session see another province than the one that is loaded: a past one, in a story told again."""
    db.session.info["province"] = province


def seen(revision: int | None, model_id: int | None) -> None:
    """Take note of the revision that another statement of this session read on its way."""
    db.session.info["revision"] = (revision, model_id)


def forget() -> None:
    """Let the next look see what was just loaded."""
    db.session.info.pop("province", None)
    db.session.info.pop("revision", None)


def _load() -> Province:
    revision, model_id = db.session.info.get("revision") or REVISION.rows()[0]
    if revision is None:
        raise NotFound(N_("还没有装入省份数据包。"))
    return _snapshot(db.engine.engine, revision, model_id)


@functools.lru_cache(maxsize=4)
def _snapshot(database: Engine, revision: int, model_id: int | None) -> Province:
    documents = _documents()
    rules = RuleBook.from_document(documents["routing"][-1])
    cases = _templates(documents.get("coordination", []))
    return Province(
        revision=revision,
        sheet=documents[SHEET][-1],
        directory=_directory(active=True),
        archive=_directory(active=False),
        calendars=Calendars.from_documents(documents["calendar"]),
        policies={str(body["version"]): Policy.from_document(body) for body in documents["sla"]},
        rules=rules,
        model=None if model_id is None else _model(database, model_id),
        templates={one.code: one for one in cases.values() if one is not None},
        template_versions=cases,
        form=TopicForm.from_document(questions[-1])
        if (questions := documents.get("questions"))
        else TopicForm(),
        lists=EnterpriseLists.from_document(lists[-1])
        if (lists := documents.get("enterprise_lists"))
        else EnterpriseLists(),
    )


def model_of(model_id: int) -> Model:
    """Return a model on the shelf, ready to decide."""
    return _model(db.engine.engine, model_id)


def _templates(bodies: list[dict[str, Any]]) -> dict[tuple[str, str], CaseTemplate | None]:
    """Return every version, the newest of a kind last; None for what an older pack published in another form."""
    found: dict[tuple[str, str], CaseTemplate | None] = {}
    for body in bodies:
        version = str(body["code"]), str(body["version"])
        found[version] = None
        with contextlib.suppress(TemplateError):
            found[version] = CaseTemplate.from_document(body)
    return found


@functools.lru_cache(maxsize=3)
def _model(_database: Engine, model_id: int) -> Model | None:
    """Read a model once; a pack load does not read it again.

    One that an older program wrote in a form not read any more is none: the rules decide until the next training.
    """
    data = db.session.scalar(select(models.RoutingModel.data).where(models.RoutingModel.id == model_id))
    if data is None:
        raise NotFound(N_("路由模型不在架上。"))
    try:
        return Model.from_bytes(data)
    except ModelError:
        return None


def _documents() -> dict[str, list[dict[str, Any]]]:
    """Return the bodies by kind, oldest first; ledgers and cases name their versions, so all of those stay."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in db.session.scalars(select(models.PolicyDocument).order_by(models.PolicyDocument.id)):
        key = f"{row.code}/{row.version}" if row.kind in NAMED_KINDS else row.code
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
