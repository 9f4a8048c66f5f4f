"""常用语: what people write again and again into answers."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model


class Snippet(Model):
    """A text with a name and a short one to type: one's own, a bureau's, or everybody's."""

    __tablename__ = "snippet"
    __table_args__ = (
        CheckConstraint("(scope = 'bureau') = (bureau_code IS NOT NULL)", name="bureau_named"),
        Index("ix_snippet_owner_id", "owner_id"),
        Index("ix_snippet_bureau_code", "bureau_code", postgresql_where=text("scope = 'bureau'")),
        Index("ix_snippet_all", "id", postgresql_where=text("scope = 'all'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    bureau_code: Mapped[str | None] = mapped_column(ForeignKey("bureau.code"))
    #: `own`, `bureau` or `all`.
    scope: Mapped[str]
    name: Mapped[str]
    short: Mapped[str]
    text: Mapped[str]
    updated_at: Mapped[dt.datetime]
