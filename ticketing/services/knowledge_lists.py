"""Articles as lists and suggestions show them: what holds, what a search finds, what fits a request."""

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from ticketing.domain.clock import local
from ticketing.domain.knowledge import OPEN_KINDS
from ticketing.extensions import db
from ticketing.models import Article, ArticleVersion
from ticketing.services import terms
from ticketing.services.kept import Kept

#: So many different terms of a text are asked for; what follows adds nothing.
ASKED = 60
SUGGESTED = 5
PAGE = 50
#: What a shared term counts in the title beside its one in the text, and what the topic of the request counts.
IN_TITLE, OF_TOPIC = 4.0, 8.0
#: Fewer points than this are stray pairs of characters.
LEAST = 5.5
#: What PostgreSQL gives one hit without a position: the weight of D over the sum of 1/n².
RANK_OF_ONE = 0.1 / 1.64493406685
Condition = ColumnElement[bool]
#: What an article says now, beside the article.
IS_NEWEST = and_(ArticleVersion.article_id == Article.id, ArticleVersion.version == Article.version)
#: What a list shows of an article: its own columns, and of its newest version source, day and the text's beginning.
LISTED = (
    Article.id, Article.number, Article.kind, Article.title, Article.valid_until, Article.review_on,
    Article.changed_at, Article.withdrawn_at, ArticleVersion.source, ArticleVersion.issued_on,
    func.left(ArticleVersion.body, 160).label("lead"),
)  # fmt: skip


def public_one(number: int, now: dt.datetime) -> Article | None:
    """Return an article that everybody may read today."""
    return db.session.scalar(select(Article).where(Article.number == number, in_use(now, public=True)))


def in_use(now: dt.datetime, *, public: bool = False) -> Condition:
    """Return the condition of what holds today; `public`: and may be read by everybody."""
    return _in_use(literal(local(now).date()), public=public)


def _in_use(today: ColumnElement[dt.date], *, public: bool) -> Condition:
    holds = or_(Article.valid_until.is_(None), Article.valid_until >= today)
    open_to = (Article.kind.in_([kind.value for kind in OPEN_KINDS]),) if public else ()
    return and_(Article.withdrawn_at.is_(None), holds, *open_to)


def to_review(now: dt.datetime) -> Condition:
    """Return the condition of what somebody has to look at: the day of review has come, or it has run out."""
    today = local(now).date()
    return and_(Article.withdrawn_at.is_(None), or_(Article.review_on <= today, Article.valid_until < today))


def listed(condition: Condition, *, query: str = "", before: int | None = None) -> Sequence[Row[Any]]:
    """Return articles as `LISTED`; of a search the best first, else the newest.

    One more than a page, so that the reader learns whether more follow. A search shows one page.
    """
    wanted = _listed(condition)
    found = sorted(terms.terms(query))[:ASKED]
    if found:
        all_of = cast(" & ".join(f"'{one}'" for one in found), TSQUERY)
        ranked = _points(all_of, len(found), None)
        return db.session.execute(
            wanted.where(Article.terms.op("@@")(all_of)).order_by(ranked.desc(), Article.id.desc())
        ).all()
    wanted = wanted.order_by(Article.id.desc())
    return db.session.execute(wanted if before is None else wanted.where(Article.id < before)).all()


def _listed(condition: Condition) -> Select[Any]:
    return select(*LISTED).join(ArticleVersion, IS_NEWEST).where(condition).limit(PAGE + 1)


def newest_in_use(now: dt.datetime, *, public: bool = False) -> Sequence[Row[Any]]:
    """Return the first page of what holds today, as `listed` has it."""
    return _newest_in_use(public).rows(today=local(now).date())


@functools.lru_cache
def _newest_in_use(public: bool) -> Kept:
    return Kept(_listed(_in_use(bindparam("today", type_=Date), public=public)).order_by(Article.id.desc()))


def suggested(
    text: str, topic_code: str | None, now: dt.datetime, most: int = SUGGESTED
) -> Sequence[Row[Any]]:
    """Return what fits a request that is being typed or answered, the most fitting first: (article, lead)."""
    found = sorted(terms.terms(text))[:ASKED]
    if not found and topic_code is None:
        return []
    any_of = cast(" | ".join(f"'{one}'" for one in found), TSQUERY)
    fits = or_(Article.terms.op("@@")(any_of), Article.topic_code == topic_code)
    ranked = _points(any_of, len(found), topic_code)
    wanted = (
        select(Article, func.left(ArticleVersion.body, 400).label("lead"))
        .join(ArticleVersion, IS_NEWEST)
        .where(in_use(now), fits, ranked >= LEAST)
        .order_by(ranked.desc(), Article.id.desc())
        .limit(most)
    )
    return db.session.execute(wanted).all()


def _points(query: ColumnElement[Any], size: int, topic_code: str | None) -> ColumnElement[float]:
    """Count the terms that are shared, those of the title for more, and the topic.

    `ts_rank` of a vector without positions gives each hit the same share, divided by the size of the query.
    """
    shared = func.ts_rank(Article.terms, query) + IN_TITLE * func.ts_rank(Article.title_terms, query)
    bonus = case((Article.topic_code == topic_code, OF_TOPIC), else_=0.0) if topic_code else literal(0.0)
    return shared * (max(size, 1) / RANK_OF_ONE) + bonus
