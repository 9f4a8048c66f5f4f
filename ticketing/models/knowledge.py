"""知识库: articles, their versions (append-only), and which answers rest on which version."""

import datetime as dt

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class Article(Model):
    """A policy, notice, guide or standard answer; what it says is its newest version's."""

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_terms", "terms", postgresql_using="gin"),
        Index("ix_article_changed_at", "changed_at", "id"),
        Index("ix_article_review_on", "review_on", postgresql_where=text("withdrawn_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(), unique=True)
    #: Name in a list that is loaded again and again; none for what is written here.
    source_key: Mapped[str | None] = mapped_column(unique=True)
    kind: Mapped[str]
    topic_code: Mapped[str | None] = mapped_column(ForeignKey("topic.code"))
    #: Whose article it is; none: the centre's.
    bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    version: Mapped[int]
    title: Mapped[str]
    valid_until: Mapped[dt.date | None]
    review_on: Mapped[dt.date | None]
    changed_at: Mapped[dt.datetime]
    withdrawn_at: Mapped[dt.datetime | None]
    #: What is searched: bigrams of the newest version's title and text.
    terms: Mapped[str] = mapped_column(TSVECTOR)
    title_terms: Mapped[str] = mapped_column(TSVECTOR)


class ArticleVersion(Model):
    """What an article said from an instant on."""

    __tablename__ = "article_version"
    __table_args__ = (UniqueConstraint("article_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    version: Mapped[int]
    title: Mapped[str]
    body: Mapped[str]
    #: Who issued it and under what number; where it can be read.
    source: Mapped[str]
    source_url: Mapped[str]
    issued_on: Mapped[dt.date | None]
    valid_until: Mapped[dt.date | None]
    review_on: Mapped[dt.date | None]
    change: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[dt.datetime]


class Citation(Model):
    """An answer that rests on a version of an article."""

    __tablename__ = "citation"
    __table_args__ = (
        UniqueConstraint("ticket_id", "article_id", "version"),
        Index("ix_citation_article_id", "article_id", "version", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    version: Mapped[int]
    at: Mapped[dt.datetime]
