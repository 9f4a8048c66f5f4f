"""并单 and links: a merge is a link, not a move; followers keep number, password, clocks and notices."""

from sqlalchemy import bindparam, exists, func, select

from ticketing.domain.errors import Invalid
from ticketing.domain.knowledge import shown
from ticketing.domain.vocabulary import State, TicketType
from ticketing.domain.words import N_
from ticketing.domain.workflow import Action
from ticketing.extensions import db
from ticketing.models import HistoryEntry, Ticket, TicketLink
from ticketing.services import handling
from ticketing.services.history import Act, Said
from ticketing.services.moves import move
from ticketing.services.province import Province

#: Of a head with more followers than these a page names the number.
SHOWN = 50
FOLLOWERS = (
    select(Ticket, func.count().over())
    .where(Ticket.head_id == bindparam("head"))
    .order_by(Ticket.id)
    .limit(SHOWN)
)


def merge(follower: Ticket, head: Ticket, act: Act) -> None:
    """Let `follower` show the progress of `head`: one level, no circles, never a report.

    Raises:
        Invalid: the two cannot be merged, with the reason.
    """
    if follower.id == head.id:
        raise Invalid(N_("不能与自己并单。"), field="number")
    if TicketType.REPORT in (follower.type, head.type):
        raise Invalid(N_("举报不能并单。"), field="number")
    if head.head_id is not None or follower.head_id is not None:
        raise Invalid(N_("并单只有一层：请并到主单，已并的请先拆单。"), field="number")
    if has_followers(follower):
        raise Invalid(N_("这件工单已有并入的工单，不能再并到别处。"), field="number")
    if head.state == State.CLOSED:
        raise Invalid(N_("主单已办结，不能再并入。"), field="number")
    move(follower, Action.MERGE, act, Said(data={"head": head.number, "head_id": head.id}))
    follower.head_id = head.id


def has_followers(ticket: Ticket) -> bool:
    """Tell whether others are merged into the ticket."""
    return bool(db.session.scalar(select(exists().where(Ticket.head_id == ticket.id))))


def followers(head: Ticket) -> tuple[int, list[Ticket]]:
    """Return how many are merged into the ticket, and the first of them."""
    rows = db.session.execute(FOLLOWERS, {"head": head.id}).all()
    return (rows[0][1] if rows else 0), [row[0] for row in rows]


def unmerge(follower: Ticket, act: Act) -> None:
    """拆单: before an answer as if never merged; after it open again with its own clocks.

    Raises:
        Invalid: it is not merged.
    """
    if follower.head_id is None:
        raise Invalid(N_("这件工单没有并单。"))
    move(follower, Action.UNMERGE, act, Said(data={"head_id": follower.head_id}))
    follower.head_id = None


def link(one: Ticket, other: Ticket, act: Act) -> None:
    """Say that two tickets have to do with each other; saying it twice changes nothing."""
    if one.id == other.id:
        raise Invalid(N_("不能与自己关联。"), field="number")
    low, high = sorted((one.id, other.id))
    found = db.session.scalar(
        select(TicketLink.id).where(TicketLink.low_id == low, TicketLink.high_id == high)
    )
    if found is None:
        db.session.add(
            TicketLink(low_id=low, high_id=high, linked_at=act.now, linked_by_id=act.actor.account_id)
        )


def offer_answer(head: Ticket, act: Act, province: Province) -> list[str]:
    """Give the answer of the head to each follower that its bureau can answer now.

    Returns the numbers answered. Each follower gets an answer of its own, without the data of the
    head's requester, and may contest alone.
    """
    entry = db.session.scalar(
        select(HistoryEntry)
        .where(HistoryEntry.ticket_id == head.id, HistoryEntry.action == Action.ANSWER.value)
        .order_by(HistoryEntry.seq.desc())
        .limit(1)
    )
    if entry is None:
        raise Invalid(N_("主单还没有答复。"))
    waiting = select(Ticket).where(
        Ticket.head_id == head.id, Ticket.state.in_([State.IN_PROGRESS, State.COORDINATING])
    )
    followers = list(db.session.scalars(waiting.order_by(Ticket.id).with_for_update()))
    cited = " ".join(shown(one["number"]) for one in entry.data.get("cites", ()))
    for follower in followers:
        handling.propose_answer(
            follower,
            act,
            province,
            result=entry.data["result"],
            text=entry.text,
            basis=entry.data["basis"],
            cited=cited,
        )
    return [follower.number for follower in followers]
