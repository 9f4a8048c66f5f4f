"""What the evidence of a step must contain: each check reads the fields of a form and refuses what does not do."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select

from ticketing.domain.case_template import Check
from ticketing.domain.clock import local
from ticketing.domain.committee import CommitteePlan, check_plan
from ticketing.domain.errors import Invalid
from ticketing.domain.text import BODY_MAX, NAME_MAX, require
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import CaseEvidence, CaseStep, CoordinationCase

Values = Mapping[str, Any]
MOST_ROWS = 50
LATEST_DAYS = 60
DEBTORS = {"body": N_("机关、事业单位"), "large": N_("大型企业")}


@dataclass(frozen=True)
class Asked:
    """What a check may look at beside the form: the day."""

    now: dt.datetime


def read(check: str, values: Values, asked: Asked) -> dict[str, Any]:
    """Return the cleaned fields that a check keeps, ready for JSON.

    Raises:
        Invalid: with the field at fault.
    """
    return READERS[Check(check)](values, asked)


def whole(values: Values, field: str) -> int:
    """Return a whole number of at least 1.

    Raises:
        Invalid: with the field.
    """
    try:
        number = int(str(values.get(field, "")).strip())
    except ValueError:
        raise Invalid(N_("请填写数字。"), field=field) from None
    if not 1 <= number <= 1_000_000:
        raise Invalid(N_("请填写数字。"), field=field)
    return number


def day(values: Values, field: str) -> dt.date:
    """Return a date.

    Raises:
        Invalid: with the field.
    """
    try:
        return dt.date.fromisoformat(str(values.get(field, "")).strip())
    except ValueError:
        raise Invalid(N_("请填写日期，例如 2026-01-31。"), field=field) from None


def rows(values: Values, field: str) -> list[Values]:
    """Return a list of records.

    Raises:
        Invalid: none, or too many.
    """
    found = values.get(field) or []
    if not found:
        raise Invalid(N_("请至少填写一行。"), field=field)
    if len(found) > MOST_ROWS:
        raise Invalid(N_("最多 %(most)s 行。"), field=field, most=MOST_ROWS)
    return list(found)


def _committee_plan(values: Values, _asked: Asked) -> dict[str, Any]:
    specialities = {
        require(row.get("name"), field="specialities", most=NAME_MAX): whole(row, "count")
        for row in rows(values, "specialities")
    }
    avoid = tuple(word.strip() for word in values.get("avoid") or [] if word.strip())
    plan = CommitteePlan(whole(values, "members"), whole(values, "experts"), specialities, avoid)
    check_plan(plan)
    return {
        "members": plan.members,
        "experts": plan.experts,
        "specialities": [{"name": name, "count": count} for name, count in specialities.items()],
        "avoid": list(avoid),
        "place": require(values.get("place"), field="place", most=NAME_MAX),
    }


def committee_plan(case: CoordinationCase) -> CommitteePlan:
    """Return the committee as planned in this case: the newest evidence of the step that plans it.

    Raises:
        Invalid: nobody has planned it yet.
    """
    data = db.session.scalar(
        select(CaseEvidence.data)
        .join(CaseStep, CaseStep.id == CaseEvidence.step_id)
        .where(CaseEvidence.case_id == case.id, CaseStep.checks.contains([Check.COMMITTEE_PLAN.value]))
        .order_by(CaseEvidence.id.desc())
        .limit(1)
    )
    if data is None:
        raise Invalid(N_("还没有评标委员会组建方案。"))
    specialities = {row["name"]: row["count"] for row in data["specialities"]}
    return CommitteePlan(data["members"], data["experts"], specialities, tuple(data["avoid"]))


def _reference(values: Values, _asked: Asked) -> dict[str, Any]:
    return {"reference": require(values.get("reference"), field="reference", most=NAME_MAX)}


def _avoidance(values: Values, _asked: Asked) -> dict[str, Any]:
    """Two statements of the bid supervisor: nobody drawn has an interest, everybody drawn was told."""
    for field, message in (
        ("none_interested", N_("请确认名单中没有须回避的人。")),
        ("all_told", N_("请确认已逐一通知成员。")),
    ):
        if not values.get(field):
            raise Invalid(message, field=field)
    return {"none_interested": True, "all_told": True}


def _pledge(values: Values, asked: Asked) -> dict[str, Any]:
    """容缺 + 承诺: what is missing, by when each piece is handed in, what happens if it is not."""
    missing = []
    for row in rows(values, "missing"):
        by = day(row, "by")
        if by < local(asked.now).date():
            raise Invalid(N_("补交日期不能早于今天。"), field="missing")
        missing.append(
            {"what": require(row.get("what"), field="missing", most=NAME_MAX), "by": by.isoformat()}
        )
    return {
        "missing": missing,
        "otherwise": require(values.get("otherwise"), field="otherwise", most=BODY_MAX),
        "pledged_by": require(values.get("pledged_by"), field="pledged_by", most=NAME_MAX),
    }


def _arrears(values: Values, asked: Asked) -> dict[str, Any]:
    """清欠: who owes whom how much, since when.

    Decree 802: a public body pays within 30 days of delivery, by contract 60 at most; a large enterprise within 60,
    where the contract says otherwise by that, as long as it is reasonable by the custom of the trade.
    """
    delivered = day(values, "delivered_on")
    days = whole(values, "days")
    if values.get("debtor_kind") not in DEBTORS:
        raise Invalid(N_("请选择付款方是哪一类。"), field="debtor_kind")
    if values["debtor_kind"] == "body" and days > LATEST_DAYS:
        raise Invalid(
            N_("机关、事业单位的付款期限最长不得超过 %(most)s 日（《保障中小企业款项支付条例》）。"),
            field="days", most=LATEST_DAYS,
        )  # fmt: skip
    due = delivered + dt.timedelta(days=days)
    return {
        "debtor": require(values.get("debtor"), field="debtor", most=NAME_MAX),
        "debtor_kind": DEBTORS[values["debtor_kind"]],
        "creditor": require(values.get("creditor"), field="creditor", most=NAME_MAX),
        "contract": require(values.get("contract"), field="contract", most=NAME_MAX),
        "amount": _money(values, "amount"),
        "delivered_on": delivered.isoformat(),
        "due_on": due.isoformat(),
        "days_late": max(0, (local(asked.now).date() - due).days),
    }


def _money(values: Values, field: str) -> str:
    try:
        amount = Decimal(str(values.get(field, "")).replace(",", "").strip())
    except InvalidOperation:
        raise Invalid(N_("请填写金额（元），例如 120000.50。"), field=field) from None
    if not amount.is_finite() or amount <= 0 or amount >= Decimal(10) ** 12:
        raise Invalid(N_("请填写金额（元），例如 120000.50。"), field=field)
    return f"{amount:.2f}"


def _service_officer(values: Values, _asked: Asked) -> dict[str, Any]:
    return {
        "officer": require(values.get("officer"), field="officer", most=NAME_MAX),
        "project": require(values.get("project"), field="project", most=NAME_MAX),
    }


READERS: dict[Check, Callable[[Values, Asked], dict[str, Any]]] = {
    Check.COMMITTEE_PLAN: _committee_plan,
    Check.AVOIDANCE: _avoidance,
    Check.REFERENCE: _reference,
    Check.PLEDGE: _pledge,
    Check.ARREARS: _arrears,
    Check.SERVICE_OFFICER: _service_officer,
}
