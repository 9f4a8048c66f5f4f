"""A query as conditions: lexemes for the index, conditions that the index knows, and filters on the rows it finds."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Boolean, ColumnElement, and_, false, func, literal, not_, or_
from sqlalchemy.dialects.postgresql import TSQUERY

from ticketing.domain.actors import Actor
from ticketing.domain.query import Clause, Query, Sign
from ticketing.domain.query_fields import CLOSED, Field
from ticketing.domain.vocabulary import State
from ticketing.models import Ticket
from ticketing.services import terms
from ticketing.services.folding import fold
from ticketing.services.visibility import ever_at
from ticketing.services.worklists import OPEN, Condition

_DIGITS = re.compile(r"[0-9][0-9 -]*")
_LETTERS = re.compile(r"[0-9a-z]+")
ENDING = range(terms.ENDING, 12)
DAY = dt.timedelta(days=1)


@dataclass
class Asked:
    """What a query asks for. `open_only`: nothing closed can be meant, so it may be listed by due time.

    `since` and `until` bound when the enterprise spoke.
    """

    lexemes: list[str] = field(default_factory=list)
    indexed: list[Condition] = field(default_factory=list)
    filters: list[Condition] = field(default_factory=list)
    open_only: bool = False
    since: dt.datetime | None = None
    until: dt.datetime | None = None


#: What one value of a field asks for, and what a clause does; False: it can find nothing.
Read = Callable[[str, Asked], bool]
Reads = Callable[[Clause, Asked, Actor, dt.datetime], bool]


def conditions(query: Query, actor: Actor, now: dt.datetime) -> Asked | None:
    """Return what a query asks for; None where a word in it can find nothing."""
    asked = Asked()
    for word in query.words:
        if not _word(word, asked, anywhere=True):
            return None
    for clause in query.clauses:
        if clause.negated:
            asked.filters += _but(lambda one, clause=clause: READS[clause.field](clause, one, actor, now))
            asked.open_only |= clause.field is Field.STATE and State.CLOSED.value in clause.values
            asked.open_only |= clause.field is Field.IS and CLOSED in clause.values
        elif not READS[clause.field](clause, asked, actor, now):
            return None
    for word in query.without:
        asked.filters += _but(lambda one, word=word: _word(word, one, anywhere=True))
    if asked.open_only:
        asked.filters.append(OPEN)
    return asked


def _but(ask: Callable[[Asked], bool]) -> list[Condition]:
    """Return the condition that shuts out what a piece would ask for; what can find nothing shuts out nothing.

    A filter on the rows that the rest finds: alone, what is not asked for would be nearly everything.
    """
    shut = Asked()
    if not ask(shut):
        return []
    words = [has(" & ".join(shut.lexemes))] if shut.lexemes else []
    return [not_(func.coalesce(and_(*words, *shut.filters), false()))]


def _word(word: str, asked: Asked, *, anywhere: bool) -> bool:
    """Ask for a word: its runs, and where it may be anywhere also initials of a name or the end of a telephone."""
    folded = fold(word)
    lexemes = " & ".join(f"'{term}'" for term in sorted(terms.terms(folded)))
    if not lexemes:
        return False
    ways = [f"({lexemes})"]
    if anywhere and len(folded) > 1 and _LETTERS.fullmatch(folded):
        ways.append(f"'y:{folded}':*")
    digits = folded.replace("-", "").replace(" ", "")
    if anywhere and _DIGITS.fullmatch(folded) and len(digits) in ENDING:
        ways.append(f"'p:{digits[-terms.ENDING :]}'")
        if len(digits) > terms.ENDING:
            asked.filters.append(or_(has(f"'{digits}'"), Ticket.phone.endswith(digits)))
    asked.lexemes.append(f"({' | '.join(ways)})")
    return True


def has(words: str | ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition of tickets that hold what a text search query asks for."""
    given = literal(words) if isinstance(words, str) else words
    return Ticket.terms.op("@@", return_type=Boolean())(given.cast(TSQUERY))


def _any_of(read_one: Read) -> Reads:
    """Return the reader of a field of which each value is a search of its own: what any of them finds."""

    def read(clause: Clause, asked: Asked, _actor: Actor, _now: dt.datetime) -> bool:
        ways = [way for value in clause.values if read_one(value, way := Asked())]
        words = [" & ".join(way.lexemes) for way in ways]
        if len(ways) == 1:
            asked.filters += ways[0].filters
        elif any(way.filters for way in ways):
            each = (and_(has(word), *way.filters) for word, way in zip(words, ways, strict=True))
            asked.filters.append(or_(*each))
        asked.lexemes += [f"({' | '.join(f'({word})' for word in words)})"] if ways else []
        return bool(ways)

    return read


def _text(value: str, asked: Asked) -> bool:
    return _word(value, asked, anywhere=False)


def _called(column: object) -> Read:
    """Return the reader of a name: letters are initials, everything else stands in the name."""

    def read(value: str, asked: Asked) -> bool:
        folded = fold(value)
        if len(folded) > 1 and _LETTERS.fullmatch(folded):
            asked.lexemes.append(f"('{folded}' | 'y:{folded}':*)")
            return True
        if not _word(value, asked, anywhere=False):
            return False
        asked.filters.append(column.icontains(value, autoescape=True))  # type: ignore[attr-defined]
        return True

    return read


def _phone(value: str, asked: Asked) -> bool:
    digits = "".join(char for char in fold(value) if char.isdigit())
    if len(digits) < terms.ENDING:
        return False
    asked.lexemes.append(f"'p:{digits[-terms.ENDING :]}'")
    asked.filters.append(Ticket.phone.endswith(digits.lstrip("0") if len(digits) > terms.ENDING else digits))
    return True


def _marked(mark: str) -> Callable[[Clause, Asked, Actor, dt.datetime], bool]:
    """Return the reader of a field whose codes are lexemes of their own."""

    def read(clause: Clause, asked: Asked, _actor: Actor, _now: dt.datetime) -> bool:
        names = " | ".join(f"'{mark}:{code}'" for code in clause.values)
        asked.lexemes.append(f"({names})")
        return True

    return read


def _bureau(clause: Clause, asked: Asked, _actor: Actor, _now: dt.datetime) -> bool:
    asked.indexed.append(ever_at(clause.values))
    asked.filters.append(Ticket.bureau_code.in_(clause.values))
    return True


def _one_of(column: object) -> Callable[[Clause, Asked, Actor, dt.datetime], bool]:
    def read(clause: Clause, asked: Asked, _actor: Actor, _now: dt.datetime) -> bool:
        asked.filters.append(column.in_(clause.values))  # type: ignore[attr-defined]
        return True

    return read


def _state(clause: Clause, asked: Asked, _actor: Actor, _now: dt.datetime) -> bool:
    asked.filters.append(Ticket.state.in_(clause.values))
    asked.open_only |= State.CLOSED.value not in clause.values
    return True


def _due(clause: Clause, asked: Asked, _actor: Actor, _now: dt.datetime) -> bool:
    asked.filters.append(_timed(Ticket.due_at, clause))
    asked.open_only = True
    return True


def _received(clause: Clause, asked: Asked, _actor: Actor, _now: dt.datetime) -> bool:
    asked.filters.append(_timed(Ticket.received_at, clause))
    if clause.sign is not Sign.BEFORE:
        asked.since = clause.at
    if clause.sign is not Sign.AFTER and clause.at is not None:
        asked.until = clause.at if clause.sign is Sign.BEFORE else clause.at + DAY
    return True


def _timed(column: object, clause: Clause) -> Condition:
    at = clause.at
    if at is None:
        raise ValueError("a clause about time without an instant")
    if clause.sign is Sign.IS:
        return column.between(at, at + DAY)  # type: ignore[attr-defined,no-any-return]
    return column < at if clause.sign is Sign.BEFORE else column >= at  # type: ignore[operator,no-any-return]


def _is(clause: Clause, asked: Asked, actor: Actor, now: dt.datetime) -> bool:
    known: dict[str, tuple[Condition, bool]] = {
        "overdue": (Ticket.due_at < now, True),
        "open": (OPEN, True),
        "closed": (Ticket.state == State.CLOSED.value, False),
        "mine": (Ticket.assignee_id == actor.account_id, True),
        "unassigned": (Ticket.assignee_id.is_(None), True),
        "contested": (Ticket.contests > 0, False),
        "returned": (Ticket.returns > 0, False),
        "extended": (Ticket.extended, False),
        "merged": (Ticket.head_id.is_not(None), False),
    }
    meant = [known[value] for value in clause.values]
    all_open = all(only_open for _condition, only_open in meant)
    # beside a value that closed tickets have too, one of open tickets says so itself
    asked.filters.append(
        or_(*(and_(OPEN, one) if only_open and not all_open else one for one, only_open in meant))
    )
    asked.open_only |= all_open
    return True


READS: dict[Field, Reads] = {
    Field.TEXT: _any_of(_text),
    Field.BUREAU: _bureau,
    Field.STATE: _state,
    Field.TYPE: _one_of(Ticket.type),
    Field.TOPIC: _one_of(Ticket.topic_code),
    Field.URGENCY: _one_of(Ticket.urgency),
    Field.LINE: _marked("l"),
    Field.REGION: _marked("r"),
    Field.FROM: _one_of(Ticket.door),
    Field.IS: _is,
    Field.DUE: _due,
    Field.RECEIVED: _received,
    Field.ENTERPRISE: _any_of(_called(Ticket.enterprise)),
    Field.PERSON: _any_of(_called(Ticket.requester)),
    Field.PHONE: _any_of(_phone),
}
