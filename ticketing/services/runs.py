"""Runs of learning: train on what people taught, replay the last months, publish by hand or by rule.

A run is a row; each step of it is a transaction of its own, so that a worker that dies loses one batch.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from routing.directory import Directory
from routing.examples import Example, of_pack
from routing.model import Model
from routing.rules import RuleBook
from ticketing.domain.actors import Actor
from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import PolicyDocument, RoutingModel, RoutingMove, RoutingRun
from ticketing.models.routing import SHELVED
from ticketing.services import learning, replay, shelf
from ticketing.services.province import Province
from ticketing.services.worklists import PAGE, Page, page_of

Train = Callable[[Sequence[Example], Directory, RuleBook], Model]
MONTHS = 3
MONTH = dt.timedelta(days=30)
#: More tickets than this tell nothing more; of a longer period a sample is decided again.
SAMPLE = 20_000
BATCH = 200
RULE_KIND, RULE_CODE = "learning", "publishing"


@dataclass(frozen=True)
class Rule:
    """When a new model may publish itself: a person set this, and the version says who and when."""

    automatic: bool = False
    #: Tickets that moved to where they ended, less those that moved away from it.
    least_gain: int = 10
    #: Of the tickets looked at, the share in per cent that may move away from where it ended.
    most_away: float = 0.5
    #: So many new lessons start a run by themselves; once a day at most.
    least_lessons: int = 10

    def allows(self, figures: Mapping[str, int]) -> bool:
        """Tell whether a replay is good enough."""
        looked, away = figures.get("looked", 0), figures.get("from_end", 0)
        gain = figures.get("to_end", 0) - away
        return (
            self.automatic
            and looked > 0
            and gain >= self.least_gain
            and away * 100 <= self.most_away * looked
        )


def rule() -> Rule:
    """Return the rule for publishing as set last; without one nothing publishes itself."""
    document = rule_document()
    return Rule(**document.body) if document is not None else Rule()


def rule_document() -> PolicyDocument | None:
    """Return the document of the rule, which names who set it and when."""
    wanted = select(PolicyDocument).where(PolicyDocument.kind == RULE_KIND, PolicyDocument.code == RULE_CODE)
    return db.session.scalar(wanted.order_by(PolicyDocument.id.desc()).limit(1))


def set_rule(new: Rule, author: str, now: dt.datetime) -> None:
    """Publish another version of the rule."""
    before = rule_document()
    db.session.add(
        PolicyDocument(
            kind=RULE_KIND,
            code=RULE_CODE,
            version=str(int(before.version) + 1 if before is not None else 1),
            author=author,
            published_on=now.date(),
            loaded_at=now,
            body=new.__dict__,
        )
    )
    db.session.flush()


def open_run(*, locked: bool = False) -> RoutingRun | None:
    """Return the run that is under way; a locked one is passed over where somebody else works on it."""
    wanted = select(RoutingRun).where(RoutingRun.finished_at.is_(None))
    if locked:
        wanted = wanted.with_for_update(skip_locked=True)
    return db.session.scalar(wanted)


def ask(
    now: dt.datetime, *, by: int | None = None, model: RoutingModel | None = None, months: int = MONTHS
) -> RoutingRun:
    """Ask for a training with its replay, or for the replay of a model on the shelf.

    Raises:
        Invalid: one is under way.
    """
    if open_run() is not None:
        raise Invalid(N_("已有一次训练正在进行，请等它结束。"))
    since = now - months * MONTH
    run = RoutingRun(asked_at=now, asked_by_id=by, since=since, figures={})
    db.session.add(run)
    if model is not None:
        _against(run, model)
    db.session.flush()
    return run


def ask_if_due(now: dt.datetime) -> RoutingRun | None:
    """Start a run by the rule: enough new lessons, none under way, the last not today."""
    wanted, last = rule(), db.session.scalar(select(func.max(RoutingRun.asked_at)))
    if not wanted.automatic or open_run() is not None or (last and now - last < dt.timedelta(days=1)):
        return None
    return ask(now) if learning.count_since(last) >= wanted.least_lessons else None


def _against(run: RoutingRun, model: RoutingModel) -> None:
    kept = shelf.published()
    run.model_id, run.against_id = model.id, kept.id if kept is not None else None
    whole = replay.count(run.since, 1)
    run.stride = max(1, whole // SAMPLE)
    run.total = replay.count(run.since, run.stride) if run.stride > 1 else whole
    run.cursor = replay.begin(run.since)


def train_step(run: RoutingRun, pack: Path, train: Train, province: Province, now: dt.datetime) -> None:
    """Train on the pack's examples and the lessons; the same model as the published one ends the run."""
    lessons = learning.examples(province)
    model = train([*of_pack(pack), *lessons], province.directory, province.rules)
    run.lessons = len(lessons)
    metrics = {**model.facts, "lessons": len(lessons)}
    row = shelf.put(model, metrics, now, by=run.asked_by_id)
    _against(run, row)
    if run.against_id == row.id:
        run.finished_at, run.outcome = now, "same"


def replay_step(run: RoutingRun, province: Province, now: dt.datetime) -> int:
    """Decide the next batch again; after the last, publish where the rule allows. Return how many were looked at."""
    models = (shelf.load(run.against_id), shelf.load(run.model_id))
    condition = replay.ended_since(run.since, run.stride)
    done = replay.batch(condition, run.cursor, BATCH, models, province)  # type: ignore[arg-type]
    run.figures = dict(Counter(run.figures) + done.figures)
    replay.keep(RoutingMove, done.moves, run.figures, run_id=run.id)
    if done.last_id is None:
        _finish(run, now)
        return 0
    run.cursor = done.last_id
    return done.figures["looked"]


def _finish(run: RoutingRun, now: dt.datetime) -> None:
    row = shelf.by_id(run.model_id)
    by_rule = row.state == SHELVED and rule().allows(run.figures)
    if by_rule:
        shelf.publish(row, now)
    run.finished_at, run.outcome = now, "published" if by_rule else "ready"


def newest(most: int) -> list[RoutingRun]:
    """Return the last runs, newest first."""
    return list(db.session.scalars(select(RoutingRun).order_by(RoutingRun.id.desc()).limit(most)))


def newest_by_model(model_ids: Sequence[int]) -> dict[int, RoutingRun]:
    """Return the last run of each model that was replayed."""
    wanted = (
        select(RoutingRun)
        .ext(distinct_on(RoutingRun.model_id))
        .where(RoutingRun.model_id.in_(model_ids))
        .order_by(RoutingRun.model_id, RoutingRun.id.desc())
    )
    return {run.model_id: run for run in db.session.scalars(wanted) if run.model_id is not None}


def by_id(run_id: int) -> RoutingRun:
    """Return a run.

    Raises:
        NotFound: there is none.
    """
    run = db.session.get(RoutingRun, run_id)
    if run is None:
        raise NotFound
    return run


def moved(run: RoutingRun, actor: Actor, after_id: int | None) -> Page:
    """Return the tickets that the new model would have moved, as far as the actor may read them."""
    rows = replay.moved(RoutingMove, RoutingMove.run_id == run.id, actor, after_id, PAGE + 1)
    return page_of(rows, "received_at", PAGE)


def plain(run: RoutingRun) -> dict[str, Any]:
    """Return the figures of a run by name, for programs."""
    names = ("looked", "moved", "to_end", "from_end", "old_right", "new_right", "old_auto", "new_auto",
             "old_auto_right", "new_auto_right", "old_abstained", "new_abstained")  # fmt: skip
    return {name: run.figures.get(name, 0) for name in names} | {
        "outcome": run.outcome,
        "total": run.total,
        "lessons": run.lessons,
        "since": run.since.isoformat(),
        "sampled_one_in": run.stride,
    }
