"""What a case keeps on paper, in words: evidence, minutes, its log; of what is secret only that it is there."""

from typing import Any

from flask import url_for
from sqlalchemy import select

from ticketing.domain.actors import Actor
from ticketing.domain.case_workflow import CASE_TABLE, CaseAction
from ticketing.domain.permissions import Permission, may
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CaseEvidence, CaseFile, CoordinationCase
from ticketing.services import case_files, case_minutes, cases
from ticketing.web.case_actions import Scene, party_name, step_name
from ticketing.web.context import now
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, words
from ticketing.web.moments import moment
from ticketing.web.submit_view import size_of

#: Lines of the log that say what the steps say already.
SILENT = frozenset({CaseAction.START.value, CaseAction.HOLD.value})


def evidence(scene: Scene, actor: Actor) -> dict[int, list[dict[str, Any]]]:
    """Return what was handed in, by step; of what is sealed that it is there, and to who may read it the way to it."""
    reader = may(
        actor, Permission.READ_SECRET, cases.facts(scene.case, scene.province, known=list(scene.parties))
    )
    wanted = select(CaseEvidence).where(CaseEvidence.case_id == scene.case.id).order_by(CaseEvidence.id)
    rows = list(db.session.scalars(wanted))
    files: dict[int, list[Any]] = {}
    for file in case_files.of_evidence([row.id for row in rows]):
        files.setdefault(file.evidence_id, []).append(file)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        sealed = row.sealed is not None
        found.setdefault(row.step_id, []).append(
            {
                "by": row.by,
                "at": moment(row.at, now()),
                "text": _("依法保密的材料") if sealed else row.text,
                "facts": [] if sealed else told(row.data),
                "files": [
                    _file(
                        scene.case, one, reader or (not sealed and scene.case.secrecy_lifted_at is not None)
                    )
                    for one in files.get(row.id, [])
                    if reader or not sealed
                ],
            }
        )
    return found


def _file(case: CoordinationCase, row: CaseFile, opens_sealed: bool) -> dict[str, str]:
    """Return a file as a page names it; the name of a sealed one is sealed too, and stands on no page."""
    opens = opens_sealed or bool(row.name)
    closed = _("图片或扫描件（解除保密前只有有权看名单的人能打开）")
    return {
        "url": url_for("cases.file", case_no=case.number, file_id=row.id) if opens else "",
        "name": row.name or (_("加密保存的文件") if opens else closed),
        "kind": row.content_type.rsplit("/", 1)[-1],
        "size": size_of(row.size),
    }


DATA_WORDS = {
    "members": N_("成员总数"),
    "experts": N_("专家"),
    "specialities": N_("专业和人数"),
    "avoid": N_("回避名单"),
    "place": N_("地点"),
    "reference": N_("编号"),
    "missing": N_("缺什么、何时补"),
    "otherwise": N_("到期不补的后果"),
    "pledged_by": N_("承诺人"),
    "debtor": N_("付款方"),
    "debtor_kind": N_("付款方是"),
    "creditor": N_("收款企业"),
    "contract": N_("合同"),
    "amount": N_("欠款金额（元）"),
    "delivered_on": N_("交付日期"),
    "due_on": N_("应付日期"),
    "days_late": N_("逾期天数"),
    "officer": N_("首席服务员"),
    "project": N_("项目"),
}


def told(data: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the fields of evidence in words."""
    return [(words(DATA_WORDS[name]), _said(value)) for name, value in data.items() if name in DATA_WORDS]


def _said(value: Any) -> str:
    if isinstance(value, list):
        return _("；").join(_said(one) for one in value)
    return " ".join(map(str, value.values())) if isinstance(value, dict) else str(value)


def log(case: CoordinationCase) -> list[dict[str, Any]]:
    """Return the log, newest first, as the timeline draws it."""
    return [
        {
            "id": line.seq,
            "at": moment(line.at, now()),
            "who": line.actor_name or _("系统"),
            "verb": _verb(line),
            "body": words(line.text) if line.actor_kind == "system" else line.text,
            "public": True,
            "files": [],
        }
        for line in reversed(cases.entries(case))
        if line.action not in SILENT
    ]


def _verb(line: Any) -> str:
    verb = words(CASE_TABLE[CaseAction(line.action)].word)
    return f"{verb} · {_('第 %(n)s 环节', n=line.step_number)}" if line.step_number else verb


def minutes(scene: Scene) -> list[dict[str, Any]]:
    """Return the minutes, each with who was there and the steps that it decided."""
    names = {party.id: party_name(party, scene.province) for party in scene.parties}
    return [
        {
            "at": moment(one.held_at, now()),
            "place": one.place,
            "text": one.text,
            "there": [
                f"{_seat(seat, names)}{_('：')}{seat['who']}" for seat in one.attendance if seat["who"]
            ],
            "absent": [_seat(seat, names) for seat in one.attendance if not seat["who"]],
            "steps": [f"{row.number}. {step_name(row)}" for row in scene.steps if row.minutes_id == one.id],
            "by": one.written_by,
        }
        for one in case_minutes.of_case(scene.case)
    ]


def _seat(seat: dict[str, Any], names: dict[int, str]) -> str:
    """Return who had a seat: in Chinese as it was written down, in English as the party is called."""
    return names.get(seat["party_id"], str(seat["name"])) if language() == "en" else str(seat["name"])
