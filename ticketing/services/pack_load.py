"""A checked pack against the database: what it would change, and the change; twice changes nothing."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from ticketing.extensions import db
from ticketing.models import Bureau, Hotline, PolicyDocument, Region, Topic
from ticketing.services import province
from ticketing.services.pack import TABLES, Document, Pack
from ticketing.services.pack_files import PackInvalid, Problem
from ticketing.services.policies import begin_rollout, document_row

MODELS: dict[str, type[Any]] = {"regions": Region, "bureaus": Bureau, "hotlines": Hotline, "topics": Topic}


@dataclass
class Changes:
    """What loading means: keys of rows by table, documents as kind/code/version."""

    added: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    retired: dict[str, list[str]] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    sheet: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.retired or self.documents or self.sheet)

    def lines(self) -> list[str]:
        """Return the changes in words, one line each."""
        told = []
        for verb, tables in (("add", self.added), ("change", self.changed), ("retire", self.retired)):
            for table, keys in tables.items():
                shown = ", ".join(keys[:8]) + (f" … ({len(keys)})" if len(keys) > 8 else "")
                told.append(f"{verb:<7} {table:<9} {shown}")
        told += [f"publish {one.kind:<9} {one.code} {one.version}" for one in self.documents]
        return [*told, "publish sheet"] if self.sheet else told


def diff(pack: Pack) -> Changes:
    """Return what loading the pack would change.

    Raises:
        PackInvalid: a document was changed without a new version.
    """
    changes = Changes()
    for table, rows in pack.tables.items():
        _diff_table(table, rows, changes)
    stored = {
        (row.kind, row.code, row.version): row.body for row in db.session.scalars(select(PolicyDocument))
    }
    problems = []
    for one in pack.documents:
        body = stored.get((one.kind, one.code, one.version))
        if body is None:
            changes.documents.append(one)
        elif body != one.body:
            message = f"{one.code} {one.version} is published already with other content: raise its version"
            problems.append(Problem(one.kind, 1, message))
    if problems:
        raise PackInvalid(problems)
    changes.sheet = _newest_sheet() != pack.sheet
    return changes


def load(pack: Pack, now: dt.datetime) -> Changes:
    """Bring the database to the pack; rows that it no longer has are retired, never deleted.

    Each load that changes anything publishes a sheet, whose id is the revision that all processes watch.

    Raises:
        PackInvalid: as `diff`.
    """
    changes = diff(pack)
    if not changes:
        return changes
    for table, rows in pack.tables.items():
        _load_table(table, rows)
    newest: PolicyDocument | None = None
    for one in changes.documents:
        published = document_row(one, now)
        db.session.add(published)
        db.session.flush()
        if one.kind in province.LEDGER_KINDS:
            newest = published
    revision = db.session.scalar(select(func.count()).where(PolicyDocument.kind == province.SHEET)) or 0
    sheet = Document(province.SHEET, "sheet", str(revision + 1), "pack", now.date(), pack.sheet)
    db.session.add(document_row(sheet, now))
    db.session.flush()
    if newest is not None:
        begin_rollout(newest, now, by=None)
    province.forget()
    return changes


def _newest_sheet() -> dict[str, Any] | None:
    newest = select(PolicyDocument.body).where(PolicyDocument.kind == province.SHEET)
    return db.session.scalar(newest.order_by(PolicyDocument.id.desc()).limit(1))


def _stored(table: str) -> dict[str, Any]:
    key = TABLES[table][0]
    return {getattr(row, key): row for row in db.session.scalars(select(MODELS[table]))}


def _differs(row: Any, values: dict[str, Any], position: int) -> bool:
    return row.position != position or not row.active or any(getattr(row, n) != v for n, v in values.items())


def _diff_table(table: str, rows: list[dict[str, Any]], changes: Changes) -> None:
    stored, key = _stored(table), TABLES[table][0]
    codes = {values[key] for values in rows}
    added = [values[key] for values in rows if values[key] not in stored]
    changed = [
        values[key]
        for position, values in enumerate(rows)
        if values[key] in stored and _differs(stored[values[key]], values, position)
    ]
    retired = [code for code, row in stored.items() if code not in codes and row.active]
    for kind, keys in ((changes.added, added), (changes.changed, changed), (changes.retired, retired)):
        if keys:
            kind[table] = keys


def _load_table(table: str, rows: list[dict[str, Any]]) -> None:
    stored, key = _stored(table), TABLES[table][0]
    codes = {values[key] for values in rows}
    for position, values in enumerate(rows):
        row = stored.get(values[key])
        if row is None:
            db.session.add(MODELS[table](**values, position=position, active=True))
        elif _differs(row, values, position):
            for name, value in values.items():
                setattr(row, name, value)
            row.position, row.active = position, True
    for code, row in stored.items():
        if code not in codes:
            row.active = False
    db.session.flush()
