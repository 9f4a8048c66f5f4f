"""The shelf of routing models: every version that was trained, one of them published."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ticketing.extensions import Model

SHELVED, PUBLISHED, RETIRED = "shelved", "published", "retired"


class RoutingModel(Model):
    """What was learned from examples, with who trained it on what; decisions name its version."""

    __tablename__ = "routing_model"
    __table_args__ = (
        Index(
            "uq_routing_model_published", "state", unique=True, postgresql_where=text("state = 'published'")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(unique=True)
    trained_at: Mapped[dt.datetime]
    #: Nobody when the pack's own examples taught it.
    trained_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    #: As `routing.model.Model.to_bytes` writes it.
    data: Mapped[bytes] = mapped_column(deferred=True)
    metrics: Mapped[dict[str, Any]]
    state: Mapped[str]
    published_at: Mapped[dt.datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
