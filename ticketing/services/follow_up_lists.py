"""The answers that wait for a follow-up visit, and those that wait for the enterprise's word after one."""

import functools
from dataclasses import dataclass

from sqlalchemy import and_

from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import State
from ticketing.models import Ticket
from ticketing.services.kept import Kept
from ticketing.services.visibility import readable_with
from ticketing.services.worklists import Condition, Standing, counting


@dataclass(frozen=True)
class FollowUps:
    """Both lists, and the statement that counts them."""

    to_visit: Standing
    visited: Standing
    counting: Kept


@functools.lru_cache(maxsize=256)
def of(grants: frozenset[Grant]) -> FollowUps:
    """Return the lists as whoever holds these grants sees them."""
    both = [and_(one, readable_with(grants)) for one in (to_visit(), visited())]
    return FollowUps(*map(Standing, both), counting(both))


def to_visit() -> Condition:
    """Return the condition of answers whose follow-up call still has to reach somebody."""
    return and_(Ticket.state == State.ANSWERED.value, Ticket.due_at.is_not(None))


def visited() -> Condition:
    """Return the condition of answers that the enterprise was called about and has yet to judge."""
    return and_(Ticket.state == State.ANSWERED.value, Ticket.due_at.is_(None))
