"""The record of a case on paper: the same content as its JSON, in Chinese whoever asks, for the press alone."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import current_app

from ticketing.domain import numbers
from ticketing.domain.case_workflow import (
    CASE_STATE_WORDS,
    CASE_TABLE,
    STEP_STATE_WORDS,
    CaseAction,
    CaseState,
)
from ticketing.domain.case_workflow import StepState as Step
from ticketing.domain.clock import local
from ticketing.domain.committee import DECLINE_REASONS, FIELD_WORDS
from ticketing.domain.vocabulary import RESULT_WORDS
from ticketing.services.province import Province
from ticketing.web.case_papers_view import DATA_WORDS
from ticketing.web.case_view import WAY_WORDS

TIMES = {"begun_at": "开始", "due_at": "时限", "ended_at": "完成"}
ROUND_WORDS = {"first": "首次抽取", **DECLINE_REASONS}


def page(record: Mapping[str, Any], by: str, now: dt.datetime, province: Province) -> str:
    """Return the record as HTML; who printed it and when stands on every sheet."""
    case, owners = record["case"], {party["id"]: party["name"] for party in record["parties"]}
    return current_app.jinja_env.get_template("cases/record.html").render(
        case=case,
        lead=province.archive.bureaus[case["lead"]].name_zh,
        sheet=[(name, value) for name, value in _sheet(case) if value],
        tickets=[numbers.shown(number) for number in record["tickets"]],
        parties=[(party["role_name"], party["name"]) for party in record["parties"]],
        steps=[_step(row, owners) for row in record["steps"]],
        evidence=[_evidence(row) for row in record["evidence"]],
        rounds=[_round(row) for row in record["rounds"]],
        minutes=[{**one, "at": said(one["held_at"]), "seats": _seats(one)} for one in record["minutes"]],
        log=[_line(line) for line in record["log"]],
        anchor=record["anchor"],
        digest=record["digest"],
        made=f"{by} {local(now):%Y-%m-%d %H:%M}",
    )


def said(instant: str | None) -> str:
    """Return an instant of the record as people here read it, to the second."""
    return f"{local(dt.datetime.fromisoformat(instant)):%Y-%m-%d %H:%M:%S}" if instant else ""


def _sheet(case: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("协调类型", f"{case['kind']}（模板 {case['template']}）"),
        ("状态", CASE_STATE_WORDS[CaseState(case["state"])]),
        ("启动方式", WAY_WORDS[case["way"]]),
        ("启动理由", case["reason"]),
        ("启动时间", said(case["opened_at"])),
        ("方案时限", said(case["plan_due_at"])),
        ("方案确认", said(case["plan_confirmed_at"])),
        ("解除保密", said(case["secrecy_lifted_at"])),
        ("办结时间", said(case["ended_at"])),
        ("办理结果", str(RESULT_WORDS[case["result"]]) if case["result"] else ""),
        ("依据", case["basis"]),
        ("保存期限", f"{case['keep_years']} 年"),
    ]


def _step(row: Mapping[str, Any], owners: Mapping[int, str]) -> dict[str, Any]:
    return {
        "number": row["number"],
        "name": row["name"],
        "owner": owners[row["owner"]],
        "after": "、".join(map(str, row["depends_on"])),
        "state": STEP_STATE_WORDS[Step(row["state"])],
        "times": [(word, said(row[name])) for name, word in TIMES.items() if row[name]],
        "skipped": row["skip_reason"] or "",
    }


def _evidence(row: Mapping[str, Any]) -> dict[str, Any]:
    facts = [(DATA_WORDS[name], _plain(value)) for name, value in row["data"].items() if name in DATA_WORDS]
    return {**row, "at": said(row["at"]), "facts": facts}


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "；".join(map(_plain, value))
    return " ".join(map(str, value.values())) if isinstance(value, dict) else str(value)


def _round(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "reason": ROUND_WORDS.get(row["reason"], row["reason"]),
        "how": _difference(row["difference"]),
        "settled": said(row["settled_at"]),
        "superseded": said(row["superseded_at"]),
        "lists": [_list(one) for one in row["lists"]],
    }


def _difference(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "尚未比对"
    fields = "、".join(FIELD_WORDS[field] for field in found["fields"])
    alone = found["only_first"] + found["only_second"]
    parts = [f"不一致的项目：{fields}"] if fields else []
    return "；".join(parts + ([f"只在一方名单上的 {alone} 人"] if alone else [])) or "一致"


def _list(one: Mapping[str, Any]) -> dict[str, Any]:
    members = [
        {**member, "reason": DECLINE_REASONS.get(member["reason"], "")} for member in one.get("members", [])
    ]
    times = {name: said(one[name]) for name in ("at", "confirmed_at", "superseded_at")}
    return {**one, **times, "members": members}


def _seats(one: Mapping[str, Any]) -> str:
    return "；".join(f"{seat['name']}：{seat['who'] or '未到'}" for seat in one["there"])


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    step = f"第 {line['step_number']} 环节" if line["step_number"] else ""
    return {
        "seq": line["seq"],
        "at": said(line["at"]),
        "what": CASE_TABLE[CaseAction(line["action"])].word,
        "step": step,
        "who": line["actor_name"] or "系统",
        "text": line["text"],
        "hash": line["hash"],
    }
