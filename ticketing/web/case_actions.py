"""The verbs of the case page: which form asks, what it does, to whom it is offered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from sla.values import Target, Unit
from ticketing.domain import numbers
from ticketing.domain.case_workflow import SETTLED, CaseAction, CaseState, StepState, case_actions
from ticketing.domain.errors import Invalid, NotAllowed, NotFound, WrongState
from ticketing.domain.permissions import may
from ticketing.domain.words import N_
from ticketing.models import CaseParty, CaseStep, CoordinationCase
from ticketing.services import (
    case_answer,
    case_links,
    case_minutes,
    case_parties,
    case_planning,
    cases,
    coordination,
    moves,
)
from ticketing.services.case_planning import NewOrder, NewStep
from ticketing.services.history import Act
from ticketing.services.province import Province
from ticketing.web import bureaus
from ticketing.web.case_steps_view import step_numbers
from ticketing.web.forms import cases as forms
from ticketing.web.forms.base import NOTHING, Form, option
from ticketing.web.guard import by_number
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, named
from ticketing.web.verb_forms import colleagues

#: Before every other step: the place that is no step's number.
FIRST = "0"
Run = Callable[[CoordinationCase, Any, Act, Province], object]


@dataclass(frozen=True)
class Verb:
    """A verb: its form and what it does. `grave`: cannot be taken back."""

    form: type[Form]
    run: Run
    word: str = ""
    grave: bool = False


def _name(case: CoordinationCase, form: forms.NameParty, act: Act, province: Province) -> None:
    if form.role.data == cases.template(case, province).lead_role:
        case_parties.name_colleague(case, int(form.account_id.data or 0), act, province)
        return
    typed = form.bureau_code.data
    code = bureaus.resolve(typed, province, field="bureau_code") if typed else None
    account = int(form.account_id.data) if form.account_id.data and code else None
    new = case_parties.NewParty(
        form.role.data, code, account, form.name.data or "", form.contact.data or "", form.phone.data or ""
    )
    case_parties.name(case, new, act, province)


def _invite(case: CoordinationCase, form: forms.OneParty, act: Act, province: Province) -> None:
    address = current_app.config["ADDRESS"]
    case_links.invite(case, int(form.party_id.data), act, province, address=address)


def _lead(case: CoordinationCase, form: forms.ChangeLead, act: Act, province: Province) -> None:
    code = bureaus.resolve(form.lead_code.data, province, field="lead_code")
    coordination.change_lead(case, code, form.reason.data, act, province)


def _add(case: CoordinationCase, form: forms.AddStep, act: Act, province: Province) -> None:
    if not form.amount.data or form.amount.data < 1:
        raise Invalid(N_("请填写数字。"), field="amount")
    new = NewStep(
        form.name.data,
        int(form.owner_id.data),
        Target(Unit(form.unit.data), form.amount.data),
        step_numbers(form.after.data or "", field="after"),
        step_numbers(form.before.data or "", field="before"),
        form.evidence.data or "",
    )
    case_planning.add(case, new, form.reason.data, act, province)


def _reorder(case: CoordinationCase, form: forms.Reorder, act: Act, province: Province) -> None:
    number, after = int(form.step.data), step_numbers(form.after.data or "", field="after")
    waits = {number: tuple(n for n in after if n)} if after else {}
    order = [row.number for row in cases.steps(case)]
    if form.place.data:
        order.remove(number)
        order.insert(order.index(int(form.place.data)) + 1 if form.place.data != FIRST else 0, number)
    case_planning.reorder(case, NewOrder(waits, order, form.reason.data), act, province)


def _join(case: CoordinationCase, form: forms.Join, act: Act, province: Province) -> None:
    """Let the case carry one more ticket; a number that is none, or not theirs to join, is told at its field."""
    try:
        digits = numbers.parse(form.number.data)
    except Invalid as error:
        raise Invalid(error.message, field="number") from None
    try:
        coordination.join(case, moves.locked(by_number(digits).id), act, province)
    except (NotFound, NotAllowed):
        raise Invalid(N_("没有找到这个事项编码的工单，请核对。"), field="number") from None
    except WrongState:
        raise Invalid(N_("这张工单不能并入：已答复、已办结，或者已在协调中。"), field="number") from None


def _answer(case: CoordinationCase, form: forms.Answer, act: Act, province: Province) -> None:
    said = case_answer.OneAnswer(form.result.data, form.text.data, form.basis.data or "")
    case_answer.answer(case, said, act, province)


A = CaseAction
VERBS: dict[CaseAction, Verb] = {
    A.CONFIRM_PLAN: Verb(forms.Plain, lambda c, _f, a, p: case_planning.confirm(c, a, p)),
    A.LIFT_SECRECY: Verb(forms.Lift, lambda c, f, a, p: case_answer.lift_secrecy(c, f.award.data, a, p)),
    A.ANSWER: Verb(forms.Answer, _answer),
    A.NAME_PARTY: Verb(forms.NameParty, _name),
    A.INVITE: Verb(forms.OneParty, _invite),
    A.REVOKE: Verb(
        forms.OneParty, lambda c, f, a, p: case_links.revoke(c, int(f.party_id.data), a, p), grave=True
    ),
    A.AGREE: Verb(
        forms.Agree, lambda c, f, a, p: case_planning.agree(c, int(f.step.data), f.agreed_at.instant, a, p)
    ),
    A.ADD_STEP: Verb(forms.AddStep, _add),
    A.SKIP: Verb(
        forms.Skip,
        lambda c, f, a, p: case_planning.skip(c, int(f.step.data), f.reason.data, a, p),
        grave=True,
    ),
    A.REORDER: Verb(forms.Reorder, _reorder),
    A.CHANGE_LEAD: Verb(forms.ChangeLead, _lead),
    A.JOIN: Verb(forms.Join, _join),
    A.NOTE: Verb(forms.Note, lambda c, f, a, p: cases.note(c, f.text.data, a, p)),
    A.DISSOLVE: Verb(
        forms.Reason, lambda c, f, a, p: coordination.dissolve_case(c, f.reason.data, a, p), grave=True
    ),
}


@dataclass(frozen=True)
class Scene:
    """What the forms of a page choose from: read once."""

    case: CoordinationCase
    steps: Sequence[CaseStep]
    parties: Sequence[CaseParty]
    province: Province


def possible(scene: Scene, act: Act) -> list[CaseAction]:
    """Return the verbs that table and rights allow now and that have something to act on, as the page lists them."""
    about = cases.facts(scene.case, scene.province, known=list(scene.parties))
    allowed = {
        row.action
        for row in case_actions(CaseState(scene.case.state))
        if may(act.actor, row.permission, about)
    }
    return [action for action in VERBS if action in allowed and _sensible(action, scene)]


def _sensible(action: CaseAction, scene: Scene) -> bool:
    outside = [party for party in scene.parties if party.bureau_code is None]
    unsettled = [row for row in scene.steps if StepState(row.state) not in SETTLED]
    template = cases.template(scene.case, scene.province)
    match action:
        case A.INVITE:
            return bool(outside)
        case A.REVOKE:
            return any(party.link_nonce for party in outside)
        case A.AGREE:
            return bool(_agreeable(scene))
        case A.ADD_STEP | A.REORDER | A.SKIP:
            return bool(unsettled)
        case A.LIFT_SECRECY:
            return (
                template.secrecy is not None and scene.case.secrecy_lifted_at is None and len(unsettled) <= 1
            )
        case A.ANSWER:
            secret = template.secrecy is not None and scene.case.secrecy_lifted_at is None
            return len(unsettled) <= 1 and not secret
        case _:
            return True


def _agreeable(scene: Scene) -> list[CaseStep]:
    """Return the steps that happen at an hour to be agreed and have not happened."""
    return [
        row for row in scene.steps if row.unit is None and row.state in (StepState.WAITING, StepState.READY)
    ]


def offer(form: Form, scene: Scene) -> Form:
    """Give a form the choices of this case."""
    steps = [(row, option(str(row.number), f"{row.number}. {step_name(row)}")) for row in scene.steps]
    if isinstance(form, forms.Agree):
        agreeable = {row.number for row in _agreeable(scene)}
        form.step.choices = [one for row, one in steps if row.number in agreeable]
    if isinstance(form, forms.Skip):
        form.step.choices = [
            one for row, one in steps[:-1] if StepState(row.state) not in SETTLED and not row.required
        ]
    if isinstance(form, forms.Reorder):
        form.step.choices = [one for row, one in steps if row.state == StepState.WAITING]
        form.place.choices = [
            option("", _("不变")),
            option(FIRST, _("最前面")),
            *(one for _row, one in steps[:-1]),
        ]
    if isinstance(form, forms.AddStep):
        form.owner_id.choices = [
            option(str(party.id), party_name(party, scene.province)) for party in scene.parties
        ]
    if isinstance(form, forms.OneParty):
        form.party_id.choices = [
            option(str(party.id), f"{party.name}（{party.contact}）")
            for party in scene.parties
            if party.bureau_code is None
        ]
    if isinstance(form, forms.NameParty):
        template = cases.template(scene.case, scene.province)
        form.role.choices = [
            option(role.code, role.name_en if language() == "en" else role.name_zh) for role in template.roles
        ]
        codes = {scene.case.lead_bureau_code, *(p.bureau_code for p in scene.parties if p.bureau_code)}
        people = [one for code in sorted(codes) for one in colleagues(code)]
        form.account_id.choices = [NOTHING, *(option(*one) for one in dict(people).items())]
    return form


def step_name(row: CaseStep) -> str:
    """Return the name of a step in the reader's language."""
    return row.name_en if language() == "en" else row.name_zh


def wanted(case: CoordinationCase, row: CaseStep, province: Province) -> str:
    """Return what a step wants handed in, in the reader's language."""
    return named(cases.template(case, province).wanted(row.evidence))


def party_name(party: Any, province: Province) -> str:
    """Return who takes part in the reader's language; `party`: one, or its row in a list.

    Written down is the Chinese name that held when the party was named: the directory knows a bureau's English one.
    """
    if language() != "en" or party.bureau_code is None:
        return str(party.name)
    return named(province.archive.bureaus[party.bureau_code])


def record_meeting(case: CoordinationCase, form: Any, act: Act, province: Province) -> None:
    """Write minutes as they were typed: who came for each party, and each decision as a step.

    Raises:
        Invalid: a decision without an owner or a time.
    """
    everybody = cases.parties(case)
    there = {
        party.id: form[f"seat_{party.id}"].data or "" for party in everybody if f"seat_{party.id}" in form
    }
    decisions = []
    for place in range(forms.DECISIONS):
        name, amount = form[f"decision_{place}"].data or "", form[f"amount_{place}"].data
        if name.strip():
            if not amount or amount < 1:
                raise Invalid(N_("请填写数字。"), field=f"amount_{place}")
            owner, unit = int(form[f"owner_{place}"].data), Unit(form[f"unit_{place}"].data)
            decisions.append(NewStep(name, owner, Target(unit, amount)))
    meeting = case_minutes.Meeting(
        form.held_at.instant, form.place.data, form.text.data, there, tuple(decisions)
    )
    case_minutes.record(case, meeting, act, province)
