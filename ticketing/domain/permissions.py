"""Who may do what: a map from a permission to an OR of ANDs of small predicates, on one screen.

A predicate takes the actor and the facts of a ticket (None for pages without one). Nothing else
in the system decides rights; routes name a permission, buttons ask the same map.
"""

from enum import StrEnum, auto

from ticketing.domain.actors import Actor
from ticketing.domain.predicates import (
    Predicate,
    TicketFacts,
    heads_may_confirm,
    is_admin,
    is_auditor,
    is_bureau_staff,
    is_dispatcher,
    is_head,
    is_manager,
    is_member,
    is_operator,
    is_requester,
    is_staff,
    is_supervisor,
    is_system,
    named_for_step,
    named_reader,
    not_a_report,
    owns_as_handler,
    owns_as_head,
    owns_open_step,
    party_of_step,
    reading_party,
    touched_at_bureau,
    watches_nobody,
)


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
    IMPORT_LISTS = auto()
    SEE_EXPORTS = auto()
    SEE_OWN_ENTERPRISE = auto()
    MANAGE_OWN_PEOPLE = auto()
    CHECK_ENTERPRISES = auto()


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
    Permission.IMPORT_LISTS: ((is_admin,),),
    Permission.SEE_EXPORTS: ((is_supervisor,), (is_admin,), (is_auditor,)),
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
