"""The record of a case to be filed: all that happened in its order, provable, without a name that is secret."""

import hashlib
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from ticketing.domain.actors import Actor
from ticketing.domain.case_record import COVERED, FIRST, broken_at, document_digest
from ticketing.domain.case_template import CaseTemplate
from ticketing.domain.committee import Drawn
from ticketing.domain.contact import mask_name
from ticketing.domain.permissions import Permission, may
from ticketing.extensions import db
from ticketing.models import CaseEntry, CaseEvidence, CaseFile, CaseList, CaseRound, CoordinationCase
from ticketing.services import case_minutes, case_two_sided, cases
from ticketing.services.province import Province


def record(case: CoordinationCase, province: Province, reader: Actor | None = None) -> dict[str, Any]:
    """Return the record, ready for JSON and paper; `case_record.faults` checks it.

    While the names are secret nobody's record has them. Afterwards those who were named to read them find them
    whole, other readers of the case masked as any name is; without a reader they are left out.
    """
    found = _record(case, province)
    if case.secrecy_lifted_at is not None and reader is not None:
        whole = may(reader, Permission.READ_SECRET, cases.facts(case, province))
        _name_members(case, found, whole=whole)
    return {**found, "digest": document_digest(found)}


def _name_members(case: CoordinationCase, found: dict[str, Any], *, whole: bool) -> None:
    rows = {row.id: row for row in db.session.scalars(select(CaseList).where(CaseList.case_id == case.id))}
    for listed in (one for each in found["rounds"] for one in each["lists"]):
        lines = case_two_sided.opened(case, rows[listed["id"]])
        listed["members"] = [_member(line, whole=whole) for line in lines]


def _member(line: Drawn, *, whole: bool) -> dict[str, Any]:
    shown = {"order": line.order, "accepted": line.accepted, "reason": line.reason}
    if whole:
        return {**shown, **asdict(line.record)}
    return {**shown, "name": mask_name(line.record.name), "speciality": line.record.speciality}


def _record(case: CoordinationCase, province: Province) -> dict[str, Any]:
    template = cases.template(case, province)
    everybody = {party.id: party for party in cases.parties(case)}
    steps = cases.steps(case)
    return {
        "case": {
            "number": case.number,
            "template": f"{template.code}/{template.version}",
            "kind": template.name_zh,
            "basis": template.basis,
            "keep_years": template.keep_years,
            "lead": case.lead_bureau_code,
            "aim": case.aim,
            "reason": case.reason,
            "way": case.way,
            "state": case.state,
            "opened_at": cases.instant(case.opened_at),
            "plan_due_at": _instant(case.plan_due_at),
            "plan_confirmed_at": _instant(case.plan_confirmed_at),
            "secrecy_lifted_at": _instant(case.secrecy_lifted_at),
            "ended_at": _instant(case.ended_at),
            "result": case.result,
            "answer": case.answer,
        },
        "tickets": [ticket.number for ticket in cases.tickets(case)],
        "parties": [
            {"id": p.id, "role": p.role, "role_name": _role(template, p.role), "name": p.name}
            for p in everybody.values()
        ],
        "steps": [
            {
                "number": row.number,
                "name": row.name_zh,
                "owner": row.owner_id,
                "depends_on": list(row.depends_on),
                "state": row.state,
                "due_at": cases.instant(row.due_at),
                "begun_at": _instant(row.begun_at),
                "ended_at": _instant(row.ended_at),
                "skip_reason": row.skip_reason,
            }
            for row in steps
        ],
        "evidence": _evidence(case, {row.id: row.number for row in steps}),
        "rounds": _rounds(case),
        "minutes": [
            {
                "held_at": cases.instant(one.held_at),
                "place": one.place,
                "text": one.text,
                "there": one.attendance,
            }
            for one in case_minutes.of_case(case)
        ],
        "log": log(case),
        "anchor": case.log_hash,
    }


def _role(template: CaseTemplate, code: str) -> str:
    return next((role.name_zh for role in template.roles if role.code == code), code)


def _instant(moment: Any) -> str | None:
    return cases.instant(moment) if moment is not None else None


def log(case: CoordinationCase) -> list[dict[str, Any]]:
    """Return the chained log as `case_record` reads it."""
    return [_line(entry) for entry in cases.entries(case)]


def _line(entry: CaseEntry) -> dict[str, Any]:
    line = {name: getattr(entry, name) for name in COVERED}
    return {**line, "at": cases.instant(entry.at), "hash": entry.hash}


def whole(case: CoordinationCase) -> bool:
    """Tell whether the log is complete and unchanged up to the anchor that the case keeps."""
    lines = log(case)
    newest = lines[-1]["hash"] if lines else FIRST
    return broken_at(lines) is None and newest == case.log_hash and len(lines) == case.log_seq


def _evidence(case: CoordinationCase, numbers: dict[int, int]) -> list[dict[str, Any]]:
    """Return what was handed in; of sealed pieces that they are there, and the digest of the sealed bytes."""
    papers: dict[int, list[dict[str, Any]]] = {}
    for file in db.session.scalars(select(CaseFile).where(CaseFile.case_id == case.id)):
        kept = {"name": file.name, "type": file.content_type, "size": file.size, "sha256": file.blob_sha256}
        papers.setdefault(file.evidence_id, []).append(kept)
    found = select(CaseEvidence).where(CaseEvidence.case_id == case.id).order_by(CaseEvidence.id)
    return [
        {
            "step": numbers[row.step_id],
            "by": row.by,
            "at": cases.instant(row.at),
            "text": row.text,
            "data": row.data,
            "sealed_sha256": hashlib.sha256(row.sealed).hexdigest() if row.sealed else None,
            "files": papers.get(row.id, []),
        }
        for row in db.session.scalars(found)
    ]


def _rounds(case: CoordinationCase) -> list[dict[str, Any]]:
    lists: dict[int, list[dict[str, Any]]] = {}
    for one in db.session.scalars(select(CaseList).where(CaseList.case_id == case.id).order_by(CaseList.id)):
        told: dict[str, Any] = {
            "id": one.id,
            "step": one.step_number,
            "by": one.by,
            "at": cases.instant(one.at),
            "digest": one.digest,
        }
        told |= {"confirmed_by": one.confirmed_by, "confirmed_at": _instant(one.confirmed_at)}
        lists.setdefault(one.round_id, []).append(told | {"superseded_at": _instant(one.superseded_at)})
    rounds = select(CaseRound).where(CaseRound.case_id == case.id).order_by(CaseRound.id)
    return [
        {
            "steps": [row.first_step, row.second_step],
            "round": row.round,
            "reason": row.reason,
            "difference": row.difference,
            "digest": row.digest,
            "settled_at": _instant(row.settled_at),
            "superseded_at": _instant(row.superseded_at),
            "lists": lists.get(row.id, []),
        }
        for row in db.session.scalars(rounds)
    ]
