"""The shelf of routing models: what was trained is put on it, one of them is published and decides."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, select

from routing.model import Model
from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import RoutingModel
from ticketing.models.routing import PUBLISHED, RETIRED, SHELVED, WITHDRAWN
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


def rollback(now: dt.datetime, *, by: int | None = None) -> RoutingModel:
    """Go back to the model that decided before, in one step; what is rolled back never publishes itself again.

    Raises:
        Invalid: none decided before.
    """
    before = select(RoutingModel).where(RoutingModel.state == RETIRED)
    row = db.session.scalar(before.order_by(RoutingModel.published_at.desc()).limit(1))
    current = published()
    if row is None or current is None:
        raise Invalid(N_("没有以前发布过的模型可以退回。"))
    publish(row, now, by=by)
    current.state = WITHDRAWN
    db.session.flush()
    return row


def can_roll_back() -> bool:
    """Tell whether a model that decided before is there to go back to."""
    before = select(exists().where(RoutingModel.state == RETIRED))
    return published() is not None and bool(db.session.scalar(before))


def by_version(version: str) -> RoutingModel:
    """Return a model on the shelf.

    Raises:
        NotFound: there is none of this version.
    """
    row = db.session.scalar(select(RoutingModel).where(RoutingModel.version == version))
    if row is None:
        raise NotFound(N_("路由模型不在架上。"))
    return row


def by_id(model_id: int | None) -> RoutingModel:
    """Return a model on the shelf by its key."""
    return db.session.get_one(RoutingModel, model_id)


def load(model_id: int | None) -> Model | None:
    """Return a model ready to decide; nothing for nothing: then the rules decide alone."""
    return None if model_id is None else province.model_of(model_id)


def newest(most: int) -> list[RoutingModel]:
    """Return the models on the shelf, newest first."""
    return list(db.session.scalars(select(RoutingModel).order_by(RoutingModel.id.desc()).limit(most)))
