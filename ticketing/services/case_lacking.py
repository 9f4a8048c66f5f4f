"""What the plan of a case still lacks: told to whoever would confirm it, and shown as the next thing to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticketing.domain.case_template import CaseTemplate, TemplateRole
from ticketing.domain.case_workflow import SETTLED, CaseAction, StepState
from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.models import CaseParty, CaseStep, CoordinationCase
from ticketing.services import cases
from ticketing.services.province import Province


@dataclass(frozen=True)
class Lacking:
    """What a plan still wants before it can be confirmed: the verb that gives it, and what a refusal says of it."""

    action: CaseAction
    refusal: Invalid


def first(
    case: CoordinationCase, rows: Sequence[CaseStep], everybody: Sequence[CaseParty], province: Province
) -> Lacking | None:
    """Return the first thing that the plan lacks: a party, the person of one, an agreed hour; None: it has them all."""
    open_rows = [row for row in rows if StepState(row.state) not in SETTLED]
    role, message = _role_lacking(cases.template(case, province), rows, open_rows, everybody)
    if role is not None:
        return Lacking(CaseAction.NAME_PARTY, Invalid(message, field="plan", role=role))
    for row in open_rows:
        if row.unit is None and row.agreed_at is None:
            refusal = Invalid(N_("第 %(number)s 个环节还没有约定时间。"), field="plan", number=row.number)
            return Lacking(CaseAction.AGREE, refusal)
    return None


def _role_lacking(
    template: CaseTemplate,
    rows: Sequence[CaseStep],
    open_rows: Sequence[CaseStep],
    everybody: Sequence[CaseParty],
) -> tuple[TemplateRole | None, str]:
    named, wanted = {party.role for party in everybody}, {row.role for row in open_rows}
    secret = template.secrecy.readers if template.secrecy and any(row.secret for row in rows) else ()
    unnamed = {party.role for party in everybody if party.bureau_code and party.account_id is None}
    for role in template.roles:
        if role.code in wanted and role.code not in named:
            return role, N_("还没有明确“%(role)s”是谁。")
        if role.code in secret and role.code in unnamed:
            return role, N_("“%(role)s”要接触保密名单，请指定具体的人。")
    return None, ""
