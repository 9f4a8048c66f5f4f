"""What a draft of routing rules, or of a topic, would have done: the requests of the last months decided again.

Each is decided as the province stands and as the draft would have it, by the same model, and held against where it
ended (`replay`). The replay is a row that a worker takes further, a batch a transaction; a draft that was changed
meanwhile has asked for nothing any more, and the row stays behind unread until the next asking.
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import yaml
from sqlalchemy import Row, delete, select

from routing.directory import Directory, Topic
from routing.rules import RuleBook
from ticketing.domain.actors import Actor
from ticketing.extensions import db
from ticketing.models import PolicyDraft, PolicyReplay, PolicyReplayMove
from ticketing.services import policies, policy_texts, replay, runs
from ticketing.services.directory_checks import TOPIC
from ticketing.services.history import Act
from ticketing.services.pack_documents import ROUTING
from ticketing.services.province import Province

REPLAYED = (ROUTING, TOPIC)
SHOWN = 100


def ask(one: PolicyDraft, act: Act, province: Province) -> None:
    """Let the background decide the last months again; anybody who may draft can ask.

    Raises:
        Invalid: the text has mistakes, or the draft has ended.
    """
    policies.ask_what_if(one, act, province)
    db.session.execute(delete(PolicyReplayMove).where(PolicyReplayMove.draft_id == one.id))
    db.session.execute(delete(PolicyReplay).where(PolicyReplay.draft_id == one.id))
    since = act.now - runs.MONTHS * runs.MONTH
    whole = replay.count(since, 1)
    stride = max(1, whole // runs.SAMPLE)
    db.session.add(
        PolicyReplay(
            draft_id=one.id,
            asked_at=act.now,
            since=since,
            stride=stride,
            cursor=replay.begin(since),
            total=replay.count(since, stride) if stride > 1 else whole,
            figures={},
        )
    )
    db.session.flush()


def of(draft_id: int) -> PolicyReplay | None:
    """Return the replay of a draft, finished or under way."""
    return db.session.get(PolicyReplay, draft_id)


def becoming(one: PolicyDraft, province: Province) -> Province | None:
    """Return the province as a draft would have it; None where its text cannot be read any more."""
    return _becoming(one.kind, one.base_version or "", one.text, province)


@lru_cache(maxsize=2)
def _becoming(kind: str, key: str, text: str, province: Province) -> Province | None:
    """Put it together once for all batches: what the router compiles belongs to the very rules and directory."""
    if kind == TOPIC:
        return dataclasses.replace(
            province, directory=_with_topic(key, yaml.safe_load(text)["becomes"], province)
        )
    read = policy_texts.read(kind, text, province)
    if read.document is None:
        return None
    return dataclasses.replace(province, rules=RuleBook.from_document(read.document.body))


def _with_topic(key: str, becomes: dict[str, Any], province: Province) -> Directory:
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in becomes.items()}
    active, today = values.pop("active", True), province.directory
    topics: dict[str, Topic] = dict(today.topics)
    changed = dataclasses.replace(province.archive.topics[key], **values)
    if active and (key in topics or "active" in becomes):
        topics[key] = changed
    elif not active:
        topics.pop(key, None)
    return Directory(today.regions, today.bureaus, today.hotlines, topics)


def step(now: datetime, province: Province) -> bool:
    """Decide the next batch of the oldest replay that is wanted; whether there was one that nobody else works on."""
    wanted = (
        select(PolicyReplay)
        .join(PolicyDraft, PolicyDraft.id == PolicyReplay.draft_id)
        .where(PolicyDraft.wanted_at == PolicyReplay.asked_at)
        .order_by(PolicyReplay.asked_at)
        .limit(1)
        .with_for_update(of=PolicyReplay, skip_locked=True)
    )
    run = db.session.scalar(wanted)
    if run is None:
        return False
    becomes = becoming(db.session.get_one(PolicyDraft, run.draft_id), province)
    if becomes is None:
        _finish(run, None, province)
        return True
    condition = replay.ended_since(run.since, run.stride)
    models = (province.model, province.model)
    done = replay.batch(condition, run.cursor, runs.BATCH, models, province, becomes=becomes)
    if done.last_id is None:
        _finish(run, now, province)
        return True
    run.figures = dict(Counter(run.figures) + done.figures)
    run.cursor = done.last_id
    replay.keep(PolicyReplayMove, done.moves, run.figures, draft_id=run.draft_id)
    return True


def _finish(run: PolicyReplay, looked_at: datetime | None, province: Province) -> None:
    """Say on the draft that its look is there (or cannot be), unless it was changed meanwhile."""
    wanted = select(PolicyDraft).where(PolicyDraft.id == run.draft_id, PolicyDraft.wanted_at == run.asked_at)
    one = db.session.scalar(wanted.with_for_update(), execution_options={"populate_existing": True})
    if one is None:
        return
    one.wanted_at, one.looked_at = None, looked_at
    one.looked_revision = province.revision
    figures = run.figures
    one.clocks, one.moved = figures.get("looked", 0), figures.get("moved", 0)


def moved(draft_id: int, actor: Actor, after_id: int | None) -> tuple[Sequence[Row[Any]], int | None]:
    """Return tickets that a draft would have moved, as far as the actor may read them, and the next page's place."""
    whose = PolicyReplayMove.draft_id == draft_id
    rows = replay.moved(PolicyReplayMove, whose, actor, after_id, SHOWN + 1)
    return rows[:SHOWN], rows[SHOWN - 1].id if len(rows) > SHOWN else None
