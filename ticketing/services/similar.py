"""Tickets like a text that is being typed: the same matter once more, or the same matter of many.

Which tickets to compare is asked of the index of terms with what is rare in the text; how like they are is
reckoned here. Rarity is what the database's own statistics say, so nothing has to be counted.
"""

import datetime as dt
import functools
import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, or_, select, text, true
from sqlalchemy.dialects.postgresql import TSQUERY

from ticketing.domain.actors import Actor
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid
from ticketing.domain.register_code import parse_register_code
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import terms
from ticketing.services.folding import fold
from ticketing.services.visibility import readable
from ticketing.services.worklists import COLUMNS

#: How far back the same matter is looked for, and how similar ones ended.
WINDOW = dt.timedelta(days=30)
PRECEDENT_WINDOW = dt.timedelta(days=365)
#: A term in more than this share of the tickets tells too little to be asked for.
RARE = 0.002
#: Neighbouring pairs of rare terms that are asked for, and tickets that are compared.
PAIRS, COMPARED = 10, 60
#: Of a matter that many write about no term is rare; it stands among the newest.
NEWEST = 1_000
#: Fewer terms than this are like everything.
FEWEST = 6
#: From here on two texts are about the same; of one enterprise less is enough.
ALIKE, ALIKE_OF_ONE = 0.3, 0.16
#: The statistics change slowly: kept so many seconds.
KEPT = 600
STATISTICS = text(
    "select most_common_elems::text::text[], most_common_elem_freqs from pg_stats"
    " where schemaname = current_schema() and tablename = 'ticket' and attname = 'terms'"
)


_RUN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[0-9a-z]+")


@dataclass(frozen=True)
class Asked:
    """What is known of the matter so far; `but`: the ticket that it is itself."""

    subject: str
    body: str
    enterprise: str = ""
    register_code: str = ""
    phone: str = ""
    but: int | None = None

    @functools.cached_property
    def terms(self) -> list[str]:
        """Its terms as they stand there."""
        found: list[str] = []
        for run in _RUN.findall(fold(f"{self.subject}\n{self.body}"[: terms.INDEXED])):
            found += [run] if run[0] < "\u3400" else [run[i : i + 2] for i in range(len(run) - 1)]
        return found


@dataclass(frozen=True)
class Alike:
    """A ticket like the text: its columns of a list, how like (0 to 1), and whether the enterprise is the same."""

    row: Row[Any]
    likeness: float
    same_enterprise: bool


Rarity = Callable[[str], float]
WANTED = (
    *COLUMNS,
    Ticket.register_code,
    Ticket.phone,
    Ticket.result,
    func.tsvector_to_array(Ticket.terms).label("words"),
)


def duplicates(asked: Asked, actor: Actor, now: dt.datetime) -> list[Alike]:
    """Return what may be the same matter, the enterprise's own first, as far as the actor may read it."""
    if len(set(asked.terms)) < FEWEST:
        return []
    rarity = _rarity(now)
    since = now - WINDOW
    may = and_(readable(actor), _not_itself(asked))
    rows = _compared(asked, rarity, since, may, now)
    lately = and_(Ticket.received_at >= since, may)
    if len(rows) < COMPARED // 4:
        rows += _among_newest(asked, rarity, lately)
    return _ranked(asked, [*_of_enterprise(asked, lately), *rows], rarity)


def precedents(asked: Asked, actor: Actor, now: dt.datetime, most: int = 3) -> list[Alike]:
    """Return how similar matters ended: answered tickets of the last year, the most similar first."""
    if len(set(asked.terms)) < FEWEST:
        return []
    rarity = _rarity(now)
    ended = and_(Ticket.answered_at.is_not(None), readable(actor), _not_itself(asked))
    found = _ranked(asked, _compared(asked, rarity, now - PRECEDENT_WINDOW, ended, now), rarity)
    return sorted(found, key=lambda one: -one.likeness)[:most]


def _not_itself(asked: Asked) -> ColumnElement[bool]:
    return Ticket.id != asked.but if asked.but is not None else true()


def _compared(
    asked: Asked, rarity: Rarity, since: dt.datetime, condition: ColumnElement[bool], now: dt.datetime
) -> list[Row[Any]]:
    """Return the newest tickets that share a pair of neighbouring rare terms with the text.

    The months stand in the index beside the words, so that older tickets are left out before any is read.
    """
    rare = [term for term in dict.fromkeys(asked.terms) if rarity(term) <= RARE]
    pairs = [f"('{one}' & '{other}')" for one, other in itertools.pairwise(rare)]
    if not pairs:
        return []
    spread = pairs[:: -(-len(pairs) // PAIRS)]
    months = {terms.month(since + n * WINDOW / 2) for n in range(2 * (now - since).days // WINDOW.days + 2)}
    within = " | ".join(f"'{month}'" for month in sorted(months))
    has = Ticket.terms.op("@@")(literal(f"({' | '.join(spread)}) & ({within})").cast(TSQUERY))
    hits = (
        select(Ticket.id, Ticket.received_at)
        .where(has, Ticket.received_at >= since, condition)
        .cte("hits")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    newest = select(hits.c.id).order_by(hits.c.received_at.desc()).limit(COMPARED)
    return _rows(select(*WANTED).where(Ticket.id.in_(newest)))


def _among_newest(asked: Asked, rarity: Rarity, condition: ColumnElement[bool]) -> list[Row[Any]]:
    """Return those of the newest tickets that share what is least common in the text."""
    least = sorted(set(asked.terms), key=rarity)[:PAIRS]
    has = Ticket.terms.op("@@")(literal(" | ".join(f"'{term}'" for term in least)).cast(TSQUERY))
    newest = select(Ticket.id).order_by(Ticket.received_at.desc(), Ticket.id.desc()).limit(NEWEST).subquery()
    wanted = select(*WANTED).join(newest, newest.c.id == Ticket.id).where(has, condition)
    return _rows(wanted.limit(COMPARED))


def _of_enterprise(asked: Asked, condition: ColumnElement[bool]) -> list[Row[Any]]:
    """Return the last requests of the enterprise itself, by telephone or register code."""
    own: list[ColumnElement[bool]] = []
    if phone := _read(lambda typed: parse_phone(typed).e164, asked.phone):
        own.append(Ticket.phone == phone)
    if code := _read(parse_register_code, asked.register_code):
        own.append(Ticket.register_code == code)
    if not own:
        return []
    wanted = select(*WANTED).where(or_(*own), condition).order_by(Ticket.received_at.desc())
    return _rows(wanted.limit(COMPARED // 4))


def _rows(wanted: Select[Any]) -> list[Row[Any]]:
    return list(db.session.execute(wanted).all())


def _read(parse: Callable[[str], str | None], typed: str) -> str | None:
    try:
        return parse(typed) if typed.strip() else None
    except Invalid:
        return None


def _ranked(asked: Asked, rows: Iterable[Row[Any]], rarity: Rarity) -> list[Alike]:
    own, found = frozenset(asked.terms), {}
    weight = functools.cache(lambda term: math.log(rarity(term)) ** 2)
    whole = sum(map(weight, own))
    phone = _read(lambda typed: parse_phone(typed).e164, asked.phone)
    code = _read(parse_register_code, asked.register_code)
    name = fold(asked.enterprise.replace(" ", ""))
    for row in rows:
        same = bool(
            (phone and row.phone == phone)
            or (code and row.register_code == code)
            or (name and fold(row.enterprise.replace(" ", "")) == name)
        )
        enough = ALIKE_OF_ONE if same else ALIKE
        likeness = _likeness(own, whole, row.words, weight, enough)
        if likeness >= enough:
            found[row.id] = Alike(row, likeness, same)
    return sorted(found.values(), key=lambda one: (not one.same_enterprise, -one.likeness))


def _likeness(
    own: frozenset[str], whole: float, words: Sequence[str], weight: Callable[[str], float], enough: float
) -> float:
    """Return the cosine of two sets of terms, each term weighing what it tells; marks of the index are no words.

    What cannot reach `enough` is not reckoned: most of what shares a pair of terms by chance.
    """
    shared = sum(map(weight, own.intersection(words)))
    if shared < whole * enough**2:  # whatever else stands there, it cannot be alike
        return 0.0
    others = sum(weight(word) for word in words if ":" not in word)
    return shared / math.sqrt(whole * others)


def _rarity(now: dt.datetime) -> Rarity:
    """Return in which share of the tickets a term stands; what the statistics do not list is rarer than all they do."""
    shares, least = _shares(str(db.session.connection().engine.url), int(now.timestamp()) // KEPT)
    return lambda term: shares.get(term, least)


@functools.lru_cache(maxsize=4)
def _shares(_database: str, _lately: int) -> tuple[dict[str, float], float]:
    row = db.session.execute(STATISTICS).first()
    if row is None or not row[0]:
        return {}, RARE / 2
    names, shares = row
    known = dict(zip(names, shares, strict=False))
    return known, min(*known.values(), RARE) / 2 if known else RARE / 2
