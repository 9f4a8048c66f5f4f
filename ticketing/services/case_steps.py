"""Steps one after the other: evidence handed in, a step completed, the next ones begun."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from ticketing.domain import events
from ticketing.domain.case_workflow import OPEN_CASE_STATES, SETTLED, CaseAction, CaseState, StepState
from ticketing.domain.errors import Invalid
from ticketing.domain.permissions import Permission
from ticketing.domain.text import BODY_MAX, limited
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CaseEvidence, CaseStep, CaseTicket, CoordinationCase
from ticketing.services import (
    case_checks,
    case_clocks,
    case_files,
    case_schedule,
    case_secrets,
    case_words,
    cases,
    outbox,
)
from ticketing.services.case_files import Paper, keep
from ticketing.services.history import Act, Said
from ticketing.services.province import Province


@dataclass(frozen=True)
class Proof:
    """What is handed in for a step: words, the fields of its checks, files."""

    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    papers: tuple[Paper, ...] = ()


def file(case: CoordinationCase, number: int, proof: Proof, act: Act, province: Province) -> CaseEvidence:
    """提交材料: evidence for a step that goes on.

    Raises:
        Invalid: nothing was handed in.
    """
    row = cases.step(case, number)
    if not proof.text.strip() and not proof.papers:
        raise Invalid(N_("请写明情况或上传材料。"), field="text")
    about = cases.facts(case, province, row)
    cases.require(act, Permission.OWN_STEP, about)
    evidence = _keep(case, row, proof, {}, act)
    cases.move(case, CaseAction.FILE, act, _said(row, proof, evidence), about=about, one=row)
    return evidence


def complete(case: CoordinationCase, number: int, proof: Proof, act: Act, province: Province) -> None:
    """完成环节: with the evidence that it wants; the next ones begin.

    Raises:
        Invalid: evidence or a field of a check is missing, or the step is completed in another way.
    """
    row = cases.step(case, number)
    if row.two_sided_with is not None:
        raise Invalid(N_("这一环节由两方分别提交名单，比对一致并确认后才完成。"))
    if row.number == cases.steps(case)[-1].number:
        raise Invalid(N_("最后一个环节随统一答复完成。"))
    about = cases.facts(case, province, row)
    cases.require(act, Permission.OWN_STEP, about)
    data = _checked(row, proof, act.now)
    if row.evidence and not proof.text.strip() and not proof.papers and not data and not _filed(row):
        wanted = cases.template(case, province).wanted(row.evidence)
        raise Invalid(N_("请提交“%(evidence)s”。"), field="text", evidence=wanted)
    handed = data or proof.text.strip() or proof.papers
    evidence = _keep(case, row, proof, data, act) if handed else None
    cases.move(case, CaseAction.COMPLETE, act, _said(row, proof, evidence), about=about, one=row)
    settle(row, act, province)
    advance(case, act, province)


def settle(row: CaseStep, act: Act, province: Province) -> None:
    """Note that a step is over and stop its clock."""
    row.ended_at = act.now
    case_clocks.stop(row, act, province)


def _checked(row: CaseStep, proof: Proof, now: dt.datetime) -> dict[str, Any]:
    asked = case_checks.Asked(now)
    return {
        name: value
        for check in row.checks
        for name, value in case_checks.read(check, proof.values, asked).items()
    }


def _said(row: CaseStep, proof: Proof, evidence: CaseEvidence | None) -> Said:
    """Return what the log says: of a secret step nothing but that it happened; of files their digests, as kept.

    With the digests in the chained line nobody can put another paper in their place later.
    """
    papers = [file.blob_sha256 for file in case_files.of_evidence([evidence.id])] if evidence else []
    data: dict[str, Any] = {"papers": papers} if papers else {}
    return Said("" if row.secret else limited(proof.text, field="text", most=BODY_MAX), data)


def _filed(row: CaseStep) -> bool:
    wanted = select(CaseEvidence.id).where(CaseEvidence.step_id == row.id).limit(1)
    return db.session.scalar(wanted) is not None


def _keep(
    case: CoordinationCase, row: CaseStep, proof: Proof, data: dict[str, Any], act: Act
) -> CaseEvidence:
    """Write evidence and its files; of a secret step all of it sealed."""
    text = limited(proof.text, field="text", most=BODY_MAX)
    if not row.secret:
        case_words.check(case, [text, *case_words.strings(data)], case_words.who_is(act.actor))
    evidence = CaseEvidence(
        case_id=case.id,
        step_id=row.id,
        party_id=row.owner_id,
        by=act.actor.name,
        at=act.now,
        text="" if row.secret else text,
        data={} if row.secret else data,
    )
    db.session.add(evidence)
    db.session.flush()
    if row.secret:
        place = f"evidence:{evidence.id}"
        evidence.sealed = case_secrets.seal(case, {"text": text, "data": data}, place)
    for paper in proof.papers:
        keep(case, evidence, paper, secret=row.secret)
    return evidence


def advance(case: CoordinationCase, act: Act, province: Province) -> list[CaseStep]:
    """Begin every step whose time has come; while the plan is a draft only those that wait for nothing."""
    if case.state not in OPEN_CASE_STATES:
        return []
    db.session.flush()
    rows = cases.steps(case)
    states = {row.number: StepState(row.state) for row in rows}
    begun = [row for row in rows if row.state == StepState.WAITING and _may_begin(case, row, states)]
    ticket = first_ticket(case) if begun else None
    for row in begun:
        cases.follow(case, CaseAction.START, act.now, one=row)
        row.begun_at = row.begun_at or act.now
        row.ended_at = None
        case_clocks.begin(case, row, act, province)
        if ticket is not None:
            outbox.record(events.StepReady(ticket, case.id, row.id), act.now)
    case_schedule.reckon(case, rows, act.now, province)
    return begun


def _may_begin(case: CoordinationCase, row: CaseStep, states: Mapping[int, StepState]) -> bool:
    if case.state == CaseState.PLANNING and row.depends_on:
        return False
    return all(
        states[other] in SETTLED
        or (other == row.two_sided_with and states[other] not in (StepState.WAITING, StepState.READY))
        for other in row.depends_on
    )


def first_ticket(case: CoordinationCase) -> int | None:
    """Return the ticket under whose name facts of the case are told."""
    wanted = select(CaseTicket.ticket_id).where(CaseTicket.case_id == case.id).order_by(CaseTicket.id)
    return db.session.scalar(wanted.limit(1))
