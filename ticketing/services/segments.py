"""What a policy may look at of a ticket or of a request that is being written."""

from typing import Any, NamedTuple

from sla.policy import Segment
from ticketing.models import Ticket
from ticketing.services.province import Province


def segment(ticket: Ticket, province: Province) -> Segment:
    """Return what the policy may look at."""
    return segment_of(facts_of(ticket), province)


class Facts(NamedTuple):
    """What a segment is made of, as a row or a request says it."""

    type: str
    urgency: str
    line: str | None = None
    region: str | None = None
    hotline: str | None = None
    lists: frozenset[str] = frozenset()


def facts_of(row: Any) -> Facts:
    """Return the facts of a ticket, or of a row with its columns."""
    lists = frozenset(row.enterprise_lists)
    return Facts(row.type, row.urgency, row.line, row.region_code, row.hotline_number, lists)


def segment_of(facts: Facts, province: Province) -> Segment:
    """Return the segment of a ticket that may be only being written; its region counts with all around it."""
    return Segment(
        facts.type,
        facts.urgency,
        line=facts.line,
        regions=province.around(facts.region),
        hotline=facts.hotline,
        tags=facts.lists,
    )
