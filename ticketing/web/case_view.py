"""A case as its page shows it: steps, graph, parties, papers and log in words; what is secret only to its readers."""

from typing import Any

from flask import url_for
from flask_babel import ngettext

from sla.instants import to_axis
from ticketing.domain import numbers
from ticketing.domain.actors import Actor
from ticketing.domain.case_workflow import (
    CASE_STATE_WORDS,
    SETTLED,
    STEP_STATE_WORDS,
    CaseState,
    StepState,
)
from ticketing.domain.committee import FIELD_WORDS
from ticketing.domain.contact import mask_name, mask_phone
from ticketing.domain.permissions import Permission, may
from ticketing.domain.words import N_
from ticketing.models import CaseParty, CaseRound, CaseStep, CoordinationCase
from ticketing.services import case_schedule, cases
from ticketing.services.province import Province
from ticketing.web import case_graph, case_papers_view
from ticketing.web.addresses import address
from ticketing.web.case_actions import Scene, party_name, step_name, wanted
from ticketing.web.context import now, province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, named, words
from ticketing.web.moments import Reading, moment, reading, stopped

WAY_WORDS = {
    "supervisor": N_("督办员启动"),
    "head": N_("单位负责人启动"),
    "ladder": N_("超时自动启动"),
    "third_return": N_("第三次退单自动启动"),
    "trigger": N_("符合模板条件启动"),
}
LEVELS = {
    StepState.WAITING: "none",
    StepState.READY: "ok",
    StepState.HANDED_IN: "ok",
    StepState.DISPUTED: "over",
    StepState.MATCHED: "soon",
    StepState.DONE: "ok",
    StepState.SKIPPED: "paused",
}


def address_of(case_no: int) -> str:
    """Return the page of a case; put together by hand, because a board names a hundred of them."""
    return f"{address('cases.show', case_no='0')[:-1]}{case_no}"


def head(case: Any, current: Province) -> dict[str, Any]:
    """Return what stands on top of every page of a case; `case`: one, or its row in a list."""
    template = cases.template(case, current)
    return {
        "number": case.number,
        "aim": case.aim,
        "kind": template.name_en if language() == "en" else template.name_zh,
        "state_word": words(CASE_STATE_WORDS[CaseState(case.state)]),
        "level": "ok" if case.state == CaseState.CLOSED else "none",
        "lead": named(current.archive.bureaus[case.lead_bureau_code]),
        "url": address_of(case.number),
        "basis": template.basis,
        "secret": template.secrecy is not None and case.secrecy_lifted_at is None,
    }


def facts(case: CoordinationCase) -> list[tuple[str, str]]:
    """Return the case sheet."""
    at = now()
    return [
        (_("启动方式"), words(WAY_WORDS[case.way])),
        (_("启动理由"), words(case.reason)),
        (_("启动时间"), moment(case.opened_at, at).words),
        (_("方案确认"), moment(case.plan_confirmed_at, at).words if case.plan_confirmed_at else ""),
        (_("解除保密"), moment(case.secrecy_lifted_at, at).words if case.secrecy_lifted_at else ""),
        (_("办结时间"), moment(case.ended_at, at).words if case.ended_at else ""),
    ]


def plan_due(case: Any) -> Reading:
    """Return what the limit of the plan means now."""
    calendar = case_schedule.calendar_of(case, province())
    if case.plan_due_at is None:
        return Reading("none", _("随项目全程，没有时限"))
    if case.ended_at is not None:
        return stopped(case.ended_at, case.plan_due_at, now(), calendar)
    return reading(case.plan_due_at, now(), calendar)


def due_of(case: CoordinationCase, row: CaseStep) -> Reading:
    """Return what a step's due time means now; of one to come when it is to end."""
    calendar = case_schedule.calendar_of(case, province())
    if row.state == StepState.SKIPPED:
        return Reading("paused", _("已略过"))
    if row.ended_at is not None and StepState(row.state) in SETTLED:
        return stopped(row.ended_at, row.due_at, now(), calendar)
    if row.state == StepState.WAITING:
        return Reading("none", _("计划完成"), moment(row.due_at, now()))
    return reading(row.due_at, now(), calendar)


def steps(scene: Scene, actor: Actor) -> list[dict[str, Any]]:
    """Return the steps in order, with what this person can do about each."""
    owners = {party.id: party for party in scene.parties}
    evidence = case_papers_view.evidence(scene, actor)
    last = scene.steps[-1].number if scene.steps else None
    return [
        {
            "number": row.number,
            "name": step_name(row),
            "owner": party_name(owners[row.owner_id], scene.province),
            "state_word": words(STEP_STATE_WORDS[StepState(row.state)]),
            "level": _level(row),
            "due": due_of(scene.case, row),
            "waits": _("、").join(str(n) for n in row.depends_on),
            "wanted": wanted(scene.case, row, scene.province),
            "secret": row.secret,
            "required": row.required,
            "two_sided": row.two_sided_with,
            "skip_reason": row.skip_reason or "",
            "evidence": evidence.get(row.id, []),
            "proof_url": _proof_url(scene, row),
            "url": _do_url(scene, row, actor, last),
        }
        for row in scene.steps
    ]


def _proof_url(scene: Scene, row: CaseStep) -> str:
    """Return where the deadline of a step that began is explained."""
    if row.state in (StepState.WAITING, StepState.SKIPPED):
        return ""
    return url_for("case_deadlines.step", case_no=scene.case.number, step_no=row.number)


def _level(row: CaseStep) -> str:
    late = row.state in (StepState.READY, StepState.DISPUTED, StepState.MATCHED) and row.due_at < now()
    return "over" if late else LEVELS[StepState(row.state)]


def _do_url(scene: Scene, row: CaseStep, actor: Actor, last: int | None) -> str:
    """Return where the owner acts on a step that waits for it; nothing for everybody else."""
    if row.state in (StepState.WAITING, StepState.DONE, StepState.SKIPPED) and row.two_sided_with is None:
        return ""
    if row.state in (StepState.WAITING, StepState.SKIPPED) or row.number == last:
        return ""
    about = cases.facts(scene.case, scene.province, row, list(scene.parties))
    if row.two_sided_with is not None:
        reads = may(actor, Permission.READ_SECRET, about) or may(actor, Permission.OWN_STEP, about)
        return url_for("cases.sides", case_no=scene.case.number, step_no=row.number) if reads else ""
    if not may(actor, Permission.OWN_STEP, about):
        return ""
    return url_for("cases.step", case_no=scene.case.number, step_no=row.number)


def own_step(case: CoordinationCase, row: CaseStep | None) -> dict[str, Any] | None:
    """Return the step that waits for whoever looks, and where they do it."""
    if row is None:
        return None
    page = "cases.step" if row.two_sided_with is None else "cases.sides"
    url = url_for(page, case_no=case.number, step_no=row.number)
    return {"number": row.number, "name": step_name(row), "url": url, "due": due_of(case, row)}


def graph(scene: Scene) -> case_graph.Graph:
    """Return the drawing of the steps."""
    owners = {party.id: party for party in scene.parties}
    nodes = [
        case_graph.Node(
            number=row.number,
            name=step_name(row),
            owner=party_name(owners[row.owner_id], scene.province),
            due=_box_date(row),
            level=_level(row) if row.state != StepState.DONE else "done",
            url=f"#step-{row.number}",
            depends_on=tuple(row.depends_on),
        )
        for row in scene.steps
    ]
    return case_graph.draw(nodes)


def _box_date(row: CaseStep) -> str:
    if row.ended_at is not None and row.state == StepState.DONE:
        return f"✓ {moment(row.ended_at, now()).words}"
    return moment(row.due_at, now()).words


def parties(scene: Scene) -> list[dict[str, Any]]:
    """Return who takes part; people outside with their telephone masked."""
    template = cases.template(scene.case, scene.province)
    roles = {role.code: role.name_en if language() == "en" else role.name_zh for role in template.roles}
    return [_party(party, roles.get(party.role, party.role), scene.province) for party in scene.parties]


def _party(party: CaseParty, role: str, current: Province) -> dict[str, Any]:
    link = ""
    if party.bureau_code is None:
        link = _("链接未发送")
        if party.link_nonce is not None:
            link = _("链接已打开") if party.link_opened_at else _("链接已发送")
    return {
        "role": role,
        "name": party_name(party, current),
        "contact": mask_name(party.contact) if party.bureau_code is None else party.contact,
        "phone": mask_phone(party.phone) if party.phone else "",
        "link": link,
    }


def tickets(case: CoordinationCase) -> list[dict[str, str]]:
    """Return the tickets that the case carries."""
    return [
        {
            "number": numbers.shown(ticket.number),
            "url": url_for("tickets.show", number=numbers.shown(ticket.number)),
            "subject": ticket.subject,
        }
        for ticket in cases.tickets(case)
    ]


def difference(current: CaseRound | None) -> str:
    """Return in a sentence how two lists differ: fields and counts, never a name."""
    if current is None or not current.difference or current.digest is not None:
        return ""
    found = current.difference
    said = [words(FIELD_WORDS[field]) for field in found["fields"]]
    parts = [_("不一致的项目：%(fields)s", fields=_("、").join(said))] if said else []
    alone = found["only_first"] + found["only_second"]
    parts += [_("只在一方名单上的有 %(n)s 人", n=alone)] if alone else []
    return _("；").join(parts)


def took(case: CoordinationCase) -> str:
    """Return how long a closed case took, in working days."""
    calendar = case_schedule.calendar_of(case, province())
    end = case.ended_at or now()
    days = calendar.closes_through(to_axis(end)) - calendar.closes_through(to_axis(case.opened_at))
    return ngettext("%(num)s 个工作日", "%(num)s 个工作日", max(1, days))
