"""What a right may depend on: small predicates over the actor and the facts of a ticket or case."""

from collections.abc import Callable
from dataclasses import dataclass
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
