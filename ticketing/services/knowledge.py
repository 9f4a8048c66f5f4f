"""知识库: writing, revising, withdrawing and finding what answers rest on.

A version is never changed: who corrects an article writes the next one, and an answer names the version that it
rests on, so that "this answer rests on a policy that changed" can be told.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ticketing.domain.actors import Actor
from ticketing.domain.errors import Invalid, NotAllowed
from ticketing.domain.knowledge import ArticleKind
from ticketing.domain.permissions import Permission, may
from ticketing.domain.text import BODY_MAX, limited, require
from ticketing.domain.vocabulary import Role
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Article, ArticleVersion
from ticketing.services import terms
from ticketing.services.history import Act

TITLE_MAX, SOURCE_MAX, CHANGE_MAX = 120, 200, 300


@dataclass(frozen=True)
class Written:
    """What somebody writes: the article's fields and the version's."""

    kind: str
    title: str
    body: str
    topic_code: str | None = None
    source: str = ""
    source_url: str = ""
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None
    review_on: dt.date | None = None
    change: str = ""


def write(
    written: Written, act: Act, *, bureau_code: str | None = None, source_key: str | None = None
) -> Article:
    """Make an article with its first version.

    Raises:
        Invalid: a field is missing, too long, or of a form that cannot be.
    """
    checked = _checked(written)
    article = Article(
        bureau_code=bureau_code, source_key=source_key, version=0, **_columns(checked), changed_at=act.now
    )
    db.session.add(article)
    _add_version(article, checked, act)
    return article


def revise(article: Article, written: Written, act: Act, *, seen: int) -> None:
    """Write the next version; `seen` is the one that the writer had before them.

    Raises:
        Invalid: a field is wrong, nothing changed, or somebody else wrote a version meanwhile.
    """
    if seen != article.version:
        raise Invalid(N_("别人刚写了新的一版。您写的内容还在，请看过新版后再保存。"), field="body")
    checked = _checked(written)
    if not differs(article, checked):
        raise Invalid(N_("内容没有变化。"), field="body")
    require(written.change, field="change", most=CHANGE_MAX)
    for name, value in _columns(checked).items():
        setattr(article, name, value)
    _add_version(article, checked, act)


def differs(article: Article, written: Written) -> bool:
    """Tell whether something else was written than the article says."""
    filed = (article.kind, article.topic_code) != (written.kind, written.topic_code)
    return filed or _said(newest(article)) != _said(_checked(written))


def withdraw(article: Article, act: Act) -> None:
    """Take an article out of use; answers that rest on it keep naming it."""
    article.withdrawn_at = article.changed_at = act.now


def restore(article: Article, act: Act) -> None:
    """Put a withdrawn article back into use."""
    article.withdrawn_at, article.changed_at = None, act.now


def require_writer(article: Article | None, actor: Actor) -> None:
    """Let in who may write here: a head writes for the own bureau alone.

    Raises:
        NotAllowed: somebody else's article.
    """
    if not may(actor, Permission.WRITE_KNOWLEDGE):
        raise NotAllowed
    if not writes_everywhere(actor) and article is not None and article.bureau_code not in heads(actor):
        raise NotAllowed


def writes_everywhere(actor: Actor) -> bool:
    """Tell whether the actor keeps the whole of the knowledge, not only a bureau's."""
    return actor.has(Role.SUPERVISOR) or actor.has(Role.ADMIN)


def heads(actor: Actor) -> set[str]:
    """Return the bureaus that the actor heads."""
    return {grant.bureau_code for grant in actor.grants if grant.role == Role.HEAD and grant.bureau_code}


def _checked(written: Written) -> Written:
    if written.kind not in frozenset(ArticleKind):
        raise Invalid(N_("请选择类别。"), field="kind")
    url = limited(written.source_url, field="source_url", most=500)
    if url and not url.startswith(("https://", "http://")):
        raise Invalid(N_("网址要以 https:// 开头。"), field="source_url")
    if written.valid_until and written.issued_on and written.valid_until < written.issued_on:
        raise Invalid(N_("失效日期不能早于发布日期。"), field="valid_until")
    return Written(
        kind=written.kind,
        title=require(written.title, field="title", most=TITLE_MAX),
        body=require(written.body, field="body", most=BODY_MAX),
        topic_code=written.topic_code,
        source=limited(written.source, field="source", most=SOURCE_MAX),
        source_url=url,
        issued_on=written.issued_on,
        valid_until=written.valid_until,
        review_on=written.review_on,
        change=limited(written.change, field="change", most=CHANGE_MAX),
    )


def _columns(written: Written) -> dict[str, Any]:
    whole = terms.terms(f"{written.title}\n{written.body}")
    return {
        "kind": written.kind,
        "topic_code": written.topic_code,
        "title": written.title,
        "valid_until": written.valid_until,
        "review_on": written.review_on,
        "terms": terms.written(whole),
        "title_terms": terms.written(terms.terms(written.title)),
    }


def _add_version(article: Article, written: Written, act: Act) -> None:
    article.version += 1
    article.changed_at = act.now
    db.session.flush()
    version = ArticleVersion(
        article_id=article.id,
        version=article.version,
        **{name: getattr(written, name) for name in VERSIONED},
        change=written.change,
        author_id=act.actor.account_id,
        at=act.now,
    )
    db.session.add(version)
    db.session.flush()


VERSIONED = ("title", "body", "source", "source_url", "issued_on", "valid_until", "review_on")


def _said(one: Written | ArticleVersion) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in VERSIONED)


def by_number(number: int, *, lock: bool = False) -> Article | None:
    """Return an article."""
    wanted = select(Article).where(Article.number == number)
    return db.session.scalar(wanted.with_for_update() if lock else wanted)


def newest(article: Article) -> ArticleVersion:
    """Return what an article says."""
    return db.session.scalars(_version(article.id, article.version)).one()


def version_of(article: Article, number: int) -> ArticleVersion | None:
    """Return what an article said in a version."""
    return db.session.scalar(_version(article.id, number))


def _version(article_id: int, number: int) -> Any:
    return select(ArticleVersion).where(
        ArticleVersion.article_id == article_id, ArticleVersion.version == number
    )


def versions(article: Article) -> Sequence[ArticleVersion]:
    """Return every version, the newest first."""
    wanted = select(ArticleVersion).where(ArticleVersion.article_id == article.id)
    return db.session.scalars(wanted.order_by(ArticleVersion.version.desc())).all()
