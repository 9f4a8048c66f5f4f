"""Two at the same moment, one held in the middle: one ticket, and bytes stay while somebody uses them."""

import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select, text

from tests.conftest import MONDAY
from tests.support.people import actor, colleague
from tests.support.requests import WEB, inbound, sent
from ticketing.domain.actors import Grant
from ticketing.domain.errors import Conflict
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, transaction
from ticketing.models import Blob, HistoryEntry, Ticket
from ticketing.services import attachments, drafts, handling, intake, moves, province
from ticketing.services.attachments import Added, Upload
from ticketing.services.history import Act

ADDED = Added("企业", MONDAY, public=True)
WAITING = text(
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
)


def meanwhile(app: Flask, verb: Callable[[], object]) -> Callable[[], object]:
    """Begin `verb` in another session; return, once it stands in a queue, how to end ours and hear its answer."""
    answers: list[object] = []

    def other() -> None:
        with app.app_context(), transaction():
            answers.append(verb())

    thread = threading.Thread(target=other)
    thread.start()
    with db.engine.connect() as watch:
        while thread.is_alive() and not watch.scalar(WAITING):
            watch.rollback()

    def finish() -> object:
        assert thread.is_alive(), "it did not wait"
        db.session.commit()
        thread.join()
        return answers[0]

    return finish


def test_the_same_request_twice_at_once_is_one_ticket(committed: Flask) -> None:
    def receive() -> intake.Receipt:
        return intake.receive(inbound(source="s", source_id="7"), Act(WEB, MONDAY), province.current())

    first = receive()
    second = meanwhile(committed, receive)()
    assert isinstance(second, intake.Receipt)
    assert (second.ticket_id, second.duplicate, second.password) == (first.ticket_id, True, None)
    assert db.session.scalars(select(Ticket.id)).all() == [first.ticket_id]
    owners = select(func.count()).where(HistoryEntry.ticket_id != first.ticket_id)
    assert db.session.scalar(owners) == 0


def test_bytes_dropped_by_one_while_another_adds_them_stay(committed: Flask) -> None:
    with transaction():
        draft, token = drafts.begin(MONDAY)
        attachments.add(draft, Upload("a.txt", b"same"), ADDED, most_bytes=9)
        ticket = sent()
    attachments.add(ticket, Upload("b.txt", b"same"), ADDED, most_bytes=9)

    def drop() -> None:
        own = drafts.for_visitor(token)
        assert own is not None
        drafts.drop(own)

    meanwhile(committed, drop)()
    [row] = attachments.of_ticket(ticket)
    assert attachments.content_of(row) == b"same"
    assert db.session.scalar(select(func.count()).select_from(Blob)) == 1


def test_a_page_saved_twice_at_once_has_one_draft(committed: Flask) -> None:
    with transaction():
        account = colleague("operator").id
    drafts.save_for_account(account, "register", {"body": "甲"}, MONDAY)
    meanwhile(committed, lambda: drafts.save_for_account(account, "register", {"subject": "乙"}, MONDAY).id)()
    db.session.expire_all()
    draft = drafts.for_account(account, "register")
    assert draft is not None
    assert draft.data == {"body": "甲", "subject": "乙"}


def test_who_waited_for_a_ticket_is_told_what_changed_meanwhile(committed: Flask) -> None:
    with transaction():
        one = sent()
        act = Act(actor("first", Grant(Role.HANDLER, "HRB-SWJ")), MONDAY)
    identifier, seen = one.id, one.history_seq
    handling.accept(moves.locked(identifier), act)
    db.session.flush()

    def second() -> str:
        read_before = db.session.get(Ticket, identifier)  # as a page does before it takes the lock
        try:
            moves.locked(identifier, seen=seen)
        except Conflict:
            return str(read_before.state)
        return "not told"

    assert meanwhile(committed, second)() == "in_progress"
