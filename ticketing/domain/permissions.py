"""Who may do what: a map from a permission to an OR of ANDs of small predicates, on one screen.

A predicate takes the actor and the facts of a ticket (None for pages without one). Nothing else
in the system decides rights; routes name a permission, buttons ask the same map.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Protocol

from ticketing.domain.actors import Actor, ActorKind
from ticketing.domain.enterprise import EnterpriseRole
from ticketing.domain.vocabulary import Role, TicketType


class TicketFacts(Protocol):
    """What the predicates may look at."""

    @property
    def id(self) -> int: ...
    @property
    def type(self) -> str: ...
    @property
    def bureau_code(self) -> str: ...
    @property
    def touched_bureaus(self) -> list[str]: ...


@dataclass(frozen=True)
class CaseFacts:
    """A coordination case as the predicates see it: its lead is the owner, its parties' bureaus are the touched.

    `readers`, `reader_parties`: who reads what is secret by law; `step_*`: the step in question, if one is.
    """

    id: int
    type: str
    bureau_code: str
    touched_bureaus: list[str]
    parties: frozenset[int] = frozenset()
    readers: frozenset[int] = frozenset()
    reader_parties: frozenset[int] = frozenset()
    plan_by_supervisor: bool = False
    step_secret: bool = False
    step_bureau: str | None = None
    step_party: int | None = None
    step_account: int | None = None


Predicate = Callable[[Actor, TicketFacts | None], bool]


class Permission(StrEnum):
    """Everything that a route or a step of the workflow can ask for."""

    REGISTER = auto()
    ANSWER_ON_CALL = auto()
    REJECT = auto()
    DISPATCH = auto()
    ADJUDICATE = auto()
    RECLASSIFY = auto()
    HANDLE = auto()
    ASSIGN = auto()
    SUBMIT = auto()
    APPROVE_AT_BUREAU = auto()
    APPROVE_AS_SUPERVISOR = auto()
    OPEN_CASE = auto()
    DISSOLVE_CASE = auto()
    READ_CASE = auto()
    LEAD_CASE = auto()
    CONFIRM_PLAN = auto()
    DIRECT_CASE = auto()
    OWN_STEP = auto()
    READ_SECRET = auto()
    SUPPLY = auto()
    JUDGE_ANSWER = auto()
    WITHDRAW = auto()
    FOLLOW_UP = auto()
    LINK = auto()
    REMIND = auto()
    SUPERVISE = auto()
    REPLY_ORDER = auto()
    NOTE = auto()
    WRITE_TO_REQUESTER = auto()
    RUN_CLOCKWORK = auto()
    READ_TICKET = auto()
    REVEAL = auto()
    SEE_DESK = auto()
    SEE_DISPATCH = auto()
    SEE_BUREAU = auto()
    SEE_WATCH = auto()
    SEE_CASES = auto()
    SEE_ADMIN = auto()
    SEE_POLICIES = auto()
    DRAFT_POLICY = auto()
    PUBLISH_POLICY = auto()
    SEE_ROUTING = auto()
    MANAGE_ROUTING = auto()
    SEE_OWN_REQUEST = auto()
    SEE_NOTICES = auto()
    SEE_KNOWLEDGE = auto()
    WRITE_KNOWLEDGE = auto()
    KEEP_ROSTER = auto()
    ANSWER_CALLS = auto()
    SEE_CALLS = auto()
    KEEP_BLOCKS = auto()
    SEE_SHIFTS = auto()
    SEARCH = auto()
    SEE_AUDIT = auto()
    WRITE_SNIPPETS = auto()
    SEE_OWN_ENTERPRISE = auto()
    MANAGE_OWN_PEOPLE = auto()
    CHECK_ENTERPRISES = auto()


def is_system(actor: Actor, _: TicketFacts | None) -> bool:
    """The router, the clockwork, an import."""
    return actor.kind == ActorKind.SYSTEM


def is_staff(actor: Actor, _: TicketFacts | None) -> bool:
    """Anybody with an account."""
    return actor.kind == ActorKind.STAFF


def is_requester(actor: Actor, ticket: TicketFacts | None) -> bool:
    """The enterprise, having opened just this ticket with number and password."""
    return actor.kind == ActorKind.REQUESTER and ticket is not None and ticket.id in actor.ticket_ids


def is_member(actor: Actor, _: TicketFacts | None) -> bool:
    """Somebody who has signed in for an enterprise that has proved itself."""
    return actor.kind == ActorKind.REQUESTER and actor.enterprise_role is not None


def is_manager(actor: Actor, _: TicketFacts | None) -> bool:
    """One of those who look after their enterprise's people."""
    return actor.kind == ActorKind.REQUESTER and actor.enterprise_role == EnterpriseRole.MANAGER


def is_operator(actor: Actor, _: TicketFacts | None) -> bool:
    """A person on the telephone desk."""
    return actor.has(Role.OPERATOR)


def is_dispatcher(actor: Actor, _: TicketFacts | None) -> bool:
    """A person on the dispatch desk."""
    return actor.has(Role.DISPATCHER)


def is_supervisor(actor: Actor, _: TicketFacts | None) -> bool:
    """督办员; never the bid supervisor of a case."""
    return actor.has(Role.SUPERVISOR)


def is_admin(actor: Actor, _: TicketFacts | None) -> bool:
    """Keeper of accounts and packs."""
    return actor.has(Role.ADMIN)


def is_auditor(actor: Actor, _: TicketFacts | None) -> bool:
    """Reads the audit log and changes nothing."""
    return actor.has(Role.AUDITOR)


def is_head(actor: Actor, _: TicketFacts | None) -> bool:
    """Head of some bureau."""
    return actor.has(Role.HEAD)


def is_bureau_staff(actor: Actor, _: TicketFacts | None) -> bool:
    """Handler or head of some bureau."""
    return actor.has(Role.HANDLER) or actor.has(Role.HEAD)


def owns_as_handler(actor: Actor, ticket: TicketFacts | None) -> bool:
    """Handler at the bureau that has the ticket now."""
    return ticket is not None and actor.has_at(Role.HANDLER, [ticket.bureau_code])


def owns_as_head(actor: Actor, ticket: TicketFacts | None) -> bool:
    """Head of the bureau that has the ticket now, or a deputy."""
    return ticket is not None and actor.has_at(Role.HEAD, [ticket.bureau_code])


def touched_at_bureau(actor: Actor, ticket: TicketFacts | None) -> bool:
    """Staff of a bureau that has or had the ticket."""
    return ticket is not None and bool(actor.bureau_codes & {ticket.bureau_code, *ticket.touched_bureaus})


def not_a_report(_: Actor, ticket: TicketFacts | None) -> bool:
    """A report (举报) is read by fewer people than other tickets."""
    return ticket is not None and ticket.type != TicketType.REPORT


def heads_may_confirm(_: Actor, case: TicketFacts | None) -> bool:
    """The plan of a case that three returns or the ladder opened is the supervisor's to confirm."""
    return isinstance(case, CaseFacts) and not case.plan_by_supervisor


def owns_open_step(actor: Actor, case: TicketFacts | None) -> bool:
    """Handler or head at the bureau that owns the step; of a secret step that is not enough."""
    if not isinstance(case, CaseFacts) or case.step_secret or case.step_bureau is None:
        return False
    at = [case.step_bureau]
    return actor.has_at(Role.HANDLER, at) or actor.has_at(Role.HEAD, at)


def named_for_step(actor: Actor, case: TicketFacts | None) -> bool:
    """The colleague who is named for the party that owns the step."""
    return (
        isinstance(case, CaseFacts) and actor.account_id is not None and actor.account_id == case.step_account
    )


def party_of_step(actor: Actor, case: TicketFacts | None) -> bool:
    """The outside party that owns the step, through its personal link."""
    return isinstance(case, CaseFacts) and case.step_party in actor.party_ids


def named_reader(actor: Actor, case: TicketFacts | None) -> bool:
    """Named in this case for a party that reads what is secret; a bureau, a head or an office is no reason."""
    return isinstance(case, CaseFacts) and actor.account_id is not None and actor.account_id in case.readers


def reading_party(actor: Actor, case: TicketFacts | None) -> bool:
    """An outside party of this case that reads what is secret."""
    return isinstance(case, CaseFacts) and not actor.party_ids.isdisjoint(case.reader_parties)


def watches_nobody(actor: Actor, _: TicketFacts | None) -> bool:
    """Neither 督办员 nor administrator nor operator: they never read what is secret, whoever named them."""
    return not any(actor.has(role) for role in (Role.SUPERVISOR, Role.ADMIN, Role.OPERATOR))


PERMISSIONS: dict[Permission, tuple[tuple[Predicate, ...], ...]] = {
    Permission.REGISTER: ((is_operator,), (is_dispatcher,)),
    Permission.ANSWER_ON_CALL: ((is_operator,),),
    Permission.REJECT: ((is_dispatcher,), (is_supervisor,)),
    Permission.DISPATCH: ((is_dispatcher,), (is_system,)),
    Permission.ADJUDICATE: ((is_dispatcher,), (is_supervisor,)),
    Permission.RECLASSIFY: ((is_dispatcher,),),
    Permission.HANDLE: ((owns_as_handler,), (owns_as_head,)),
    Permission.ASSIGN: ((owns_as_head,),),
    Permission.SUBMIT: ((owns_as_handler,), (owns_as_head,), (is_dispatcher,)),
    Permission.APPROVE_AT_BUREAU: ((owns_as_head,), (is_supervisor,)),
    Permission.APPROVE_AS_SUPERVISOR: ((is_supervisor,),),
    Permission.OPEN_CASE: ((is_supervisor,), (owns_as_head,), (is_system,)),
    Permission.DISSOLVE_CASE: ((is_supervisor,),),
    Permission.READ_CASE: ((touched_at_bureau,), (is_supervisor,), (is_system,)),
    Permission.LEAD_CASE: ((owns_as_handler,), (owns_as_head,)),
    Permission.CONFIRM_PLAN: ((is_supervisor,), (owns_as_head, heads_may_confirm)),
    Permission.DIRECT_CASE: ((is_supervisor,), (is_system,)),
    Permission.OWN_STEP: ((owns_open_step,), (named_for_step, watches_nobody), (party_of_step,)),
    Permission.READ_SECRET: ((named_reader, watches_nobody), (reading_party,)),
    Permission.SUPPLY: ((is_requester,), (is_operator,)),
    Permission.JUDGE_ANSWER: ((is_requester,), (is_operator,)),
    Permission.WITHDRAW: ((is_requester,), (is_operator,)),
    Permission.FOLLOW_UP: ((is_operator,),),
    Permission.LINK: ((is_operator,), (is_dispatcher,)),
    Permission.REMIND: ((is_requester,), (is_operator,), (is_supervisor,), (is_system,)),
    Permission.SUPERVISE: ((is_supervisor,), (is_system,)),
    Permission.REPLY_ORDER: ((owns_as_handler,), (owns_as_head,)),
    Permission.NOTE: ((touched_at_bureau,), (is_operator,), (is_dispatcher,), (is_supervisor,)),
    Permission.WRITE_TO_REQUESTER: ((owns_as_handler,), (owns_as_head,), (is_operator,)),
    Permission.RUN_CLOCKWORK: ((is_system,),),
    Permission.READ_TICKET: (
        (touched_at_bureau,),
        (is_operator, not_a_report),
        (is_dispatcher,),
        (is_supervisor,),
    ),
    Permission.REVEAL: ((owns_as_handler,), (owns_as_head,), (is_operator, not_a_report), (is_dispatcher,)),
    Permission.SEE_DESK: ((is_operator,),),
    Permission.SEE_DISPATCH: ((is_dispatcher,),),
    Permission.SEE_BUREAU: ((is_bureau_staff,),),
    Permission.SEE_WATCH: ((is_supervisor,),),
    Permission.SEE_CASES: ((is_supervisor,), (is_bureau_staff,)),
    Permission.SEE_ADMIN: ((is_admin,),),
    Permission.SEE_POLICIES: ((is_admin,), (is_supervisor,)),
    Permission.DRAFT_POLICY: ((is_admin,), (is_supervisor,)),
    # By a second person: the author of a draft is refused in services/policies.py.
    Permission.PUBLISH_POLICY: ((is_admin,), (is_supervisor,)),
    Permission.SEE_ROUTING: ((is_supervisor,), (is_admin,)),
    Permission.MANAGE_ROUTING: ((is_supervisor,), (is_admin,)),
    Permission.SEE_OWN_REQUEST: ((is_requester,),),
    Permission.SEE_OWN_ENTERPRISE: ((is_member,),),
    Permission.MANAGE_OWN_PEOPLE: ((is_manager,),),
    # The checked call (核实电话): who telephones decides that the enterprise is who it says.
    Permission.CHECK_ENTERPRISES: ((is_operator,), (is_supervisor,)),
    Permission.SEE_NOTICES: ((is_staff,),),
    Permission.SEE_KNOWLEDGE: ((is_staff,),),
    Permission.WRITE_KNOWLEDGE: ((is_supervisor,), (is_admin,), (is_head,)),
    Permission.ANSWER_CALLS: ((is_operator,),),
    Permission.SEE_CALLS: ((is_operator,), (is_supervisor,)),
    Permission.KEEP_BLOCKS: ((is_supervisor,),),
    Permission.KEEP_ROSTER: ((is_supervisor,), (is_admin,)),
    Permission.SEE_SHIFTS: ((is_operator,),),
    Permission.SEARCH: ((is_bureau_staff,), (is_operator,), (is_dispatcher,), (is_supervisor,)),
    Permission.SEE_AUDIT: ((is_admin,), (is_auditor,)),
    Permission.WRITE_SNIPPETS: (
        (is_bureau_staff,),
        (is_operator,),
        (is_dispatcher,),
        (is_supervisor,),
        (is_admin,),
    ),
}


def may(actor: Actor, permission: Permission, ticket: TicketFacts | None = None) -> bool:
    """Tell whether `actor` holds `permission` on `ticket` (or on no ticket in particular)."""
    return any(all(test(actor, ticket) for test in tests) for tests in PERMISSIONS[permission])
