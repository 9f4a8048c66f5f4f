"""Who takes part in a case: bureaus with a colleague named, and people outside with a telephone."""

from dataclasses import dataclass

from ticketing.domain.case_template import Holder, Secrecy, TemplateRole
from ticketing.domain.case_workflow import SETTLED, CaseAction, StepState
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.text import NAME_MAX, limited, require
from ticketing.domain.vocabulary import Role
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, CaseParty, CaseStep, CoordinationCase
from ticketing.services import case_clocks, case_steps, cases
from ticketing.services.history import Act, Said
from ticketing.services.province import Province

WATCHING = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value, Role.OPERATOR.value})


@dataclass(frozen=True)
class NewParty:
    """Who is to take a role: a bureau (and the colleague there), or a name outside with a telephone."""

    role: str
    bureau_code: str | None = None
    account_id: int | None = None
    name: str = ""
    contact: str = ""
    phone: str = ""


def name(case: CoordinationCase, new: NewParty, act: Act, province: Province) -> CaseParty:
    """明确参与方: a role gets its party, and the party the role's steps; named again, it replaces the one before.

    In a role that several take, each further party gets a step of its own beside the others'.

    Raises:
        Invalid: an unknown role, bureau or colleague, a missing name or telephone.
    """
    template = cases.template(case, province)
    role = next((one for one in template.roles if one.code == new.role), None)
    if role is None or role.code == template.lead_role:
        raise Invalid(N_("请选择参与方的角色；牵头单位用“变更牵头单位”来改。"), field="role")
    values = _checked(new, role, province, reads=_reads(template.secrecy, role))
    there = next((party for party in cases.parties(case) if party.role == role.code), None)
    said = Said(data={"role": role.code, "name": values["name"], "bureau": values["bureau_code"]})
    cases.move(case, CaseAction.NAME_PARTY, act, said, about=cases.facts(case, province))
    if there is not None and not role.several:
        return _replace(case, there, values, act, province)
    party = CaseParty(case_id=case.id, role=role.code, **values)
    db.session.add(party)
    db.session.flush()
    if there is None:
        _take_steps(case, party, act, province)
    else:
        _step_beside(case, party)
    case_steps.advance(case, act, province)
    return party


def _reads(secrecy: Secrecy | None, role: TemplateRole) -> bool:
    return secrecy is not None and role.code in secrecy.readers


def _checked(new: NewParty, role: TemplateRole, province: Province, *, reads: bool) -> dict[str, object]:
    """Return the columns of a party."""
    outside = new.bureau_code is None
    if outside and role.holder is Holder.BUREAU:
        raise Invalid(N_("“%(role)s”要由承办单位担任。"), field="bureau_code", role=role)
    if not outside and role.holder is Holder.OUTSIDE:
        raise Invalid(N_("“%(role)s”由单位以外的人担任。"), field="name", role=role)
    if outside:
        return {
            "bureau_code": None,
            "account_id": None,
            "name": require(new.name, field="name", most=NAME_MAX),
            "contact": require(new.contact, field="contact", most=NAME_MAX),
            "phone": parse_phone(new.phone).e164,
        }
    bureau = province.directory.bureaus.get(new.bureau_code or "")
    if bureau is None:
        raise Invalid(N_("没有这个承办单位，请从列表中选择。"), field="bureau_code")
    account = _colleague(new.account_id, bureau.code, reads=reads)
    return {
        "bureau_code": bureau.code,
        "account_id": account.id if account else None,
        "name": bureau.name_zh,
        "contact": account.name if account else limited(new.contact, field="contact", most=NAME_MAX),
        "phone": None,
    }


def _colleague(account_id: int | None, bureau_code: str, *, reads: bool) -> Account | None:
    """Return the colleague named for a bureau; who watches over cases never reads what is secret in one."""
    if account_id is None:
        return None
    account = db.session.get(Account, account_id)
    here = account is not None and any(grant.bureau_code == bureau_code for grant in account.grants)
    if account is None or not account.active or not here:
        raise Invalid(N_("这位同事不在该单位，请从列表中选择。"), field="account_id")
    if reads and any(grant.role in WATCHING for grant in account.grants):
        raise Invalid(N_("督办员、管理员和话务员不能接触保密名单，请指定其他人。"), field="account_id")
    return account


def _replace(
    case: CoordinationCase, party: CaseParty, values: dict[str, object], act: Act, province: Province
) -> CaseParty:
    """Let somebody else take the role; the link of the one before no longer opens."""
    for column, value in values.items():
        setattr(party, column, value)
    party.link_nonce = party.link_expires_at = party.link_opened_at = None
    for row in cases.steps(case):
        if row.owner_id == party.id:
            case_clocks.hand_over(row, party.bureau_code or party.name, act, province)
    return party


def _take_steps(case: CoordinationCase, party: CaseParty, act: Act, province: Province) -> None:
    for row in cases.steps(case):
        if row.role == party.role and StepState(row.state) not in SETTLED:
            row.owner_id = party.id
            case_clocks.hand_over(row, party.bureau_code or party.name, act, province)


def _step_beside(case: CoordinationCase, party: CaseParty) -> None:
    """Give a further party of a role a step of its own; what waits for the first waits for it too."""
    rows = cases.steps(case)
    pattern = next((r for r in rows if r.role == party.role and StepState(r.state) not in SETTLED), None)
    if pattern is None:
        return
    number = max(row.number for row in rows) + 1
    copied = (
        "name_zh",
        "name_en",
        "unit",
        "amount",
        "agreed_at",
        "evidence",
        "required",
        "due_at",
        "position",
    )
    row = CaseStep(
        case_id=case.id,
        number=number,
        role=party.role,
        owner_id=party.id,
        depends_on=list(pattern.depends_on),
        checks=list(pattern.checks),
        state=StepState.WAITING.value,
        **{column: getattr(pattern, column) for column in copied},
    )
    db.session.add(row)
    for other in rows:
        if pattern.number in other.depends_on and other.state == StepState.WAITING:
            other.depends_on = [*other.depends_on, number]
        if other.position > pattern.position:
            other.position += 1
    row.position = pattern.position + 1
    db.session.flush()


def name_colleague(case: CoordinationCase, account_id: int, act: Act, province: Province) -> None:
    """Name the colleague of the lead bureau who acts for it where not everybody there may.

    Raises:
        Invalid: the person does not work there, or watches over cases.
    """
    template = cases.template(case, province)
    party = lead_of(case, province)
    account = _colleague(account_id, case.lead_bureau_code, reads=template.secrecy is not None)
    said = Said(data={"role": party.role, "name": account.name if account else ""})
    cases.move(case, CaseAction.NAME_PARTY, act, said, about=cases.facts(case, province))
    party.account_id, party.contact = account_id, account.name if account else ""


def lead_of(case: CoordinationCase, province: Province) -> CaseParty:
    """Return the party that leads; a case from before parties were kept has it as its first."""
    everybody = cases.parties(case)
    role = cases.template(case, province).lead_role
    return next((party for party in everybody if party.role == role), everybody[0])
