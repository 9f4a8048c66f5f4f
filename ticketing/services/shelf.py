"""The shelf of routing models: what was trained is put on it, one of them is published and decides."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from routing.model import Model
from ticketing.extensions import db
from ticketing.models import RoutingModel
from ticketing.models.routing import PUBLISHED, RETIRED, SHELVED
from ticketing.services import province


def published() -> RoutingModel | None:
    """Return the model that decides, if one was published."""
    return db.session.scalar(select(RoutingModel).where(RoutingModel.state == PUBLISHED))


def put(model: Model, metrics: Mapping[str, Any], now: dt.datetime, *, by: int | None = None) -> RoutingModel:
    """Put a model on the shelf; what lies there already is the same by its version and stays."""
    row = db.session.scalar(select(RoutingModel).where(RoutingModel.version == model.version))
    if row is None:
        row = RoutingModel(
            version=model.version,
            trained_at=now,
            trained_by_id=by,
            data=model.to_bytes(),
            metrics=dict(metrics),
            state=SHELVED,
        )
        db.session.add(row)
        db.session.flush()
    return row


def publish(row: RoutingModel, now: dt.datetime, *, by: int | None = None) -> None:
    """Let the model decide from now on; the one before it is retired, and stays on the shelf."""
    before = published()
    if before is not None and before.id != row.id:
        before.state = RETIRED
        db.session.flush()
    row.state, row.published_at, row.published_by_id = PUBLISHED, now, by
    db.session.flush()
    province.forget()
