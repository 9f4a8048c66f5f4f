"""A checked pack against the database: what it would change, and the change; twice changes nothing."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from ticketing.domain.audit import AuditKind
from ticketing.extensions import db
from ticketing.models import Bureau, Hotline, PolicyDocument, PolicyDraft, Region, Topic
from ticketing.services import audit, directory_edits, province
from ticketing.services.audit import Whom
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
    #: What people changed on a page and the pack says otherwise: (table, key, field, on the page, in the pack).
    edited: list[tuple[str, str, str, Any, Any]] = field(default_factory=list)
    #: Templates and policies published on a page, behind which a version of the pack comes: (kind, code, version).
    superseded: list[tuple[str, str, str]] = field(default_factory=list)
    overwrite: bool = False

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
        told += [
            f"supersede {kind} {code} {version}, published on its page"
            for kind, code, version in self.superseded
        ]
        return [*told, "publish sheet"] if self.sheet else told

    def kept(self) -> list[str]:
        """Return what was changed on a page and the pack says otherwise, one line each."""
        verb = "overwrite" if self.overwrite else "keep"
        return [
            f"{verb:<7} {table:<9} {key} {name}: {page!r} on its page, {pack!r} in the pack"
            for table, key, name, page, pack in self.edited
        ]


def diff(pack: Pack, *, overwrite: bool = False) -> Changes:
    """Return what loading the pack would change; what people changed on pages stays unless told otherwise.

    Raises:
        PackInvalid: a document was changed without a new version.
    """
    changes = Changes(overwrite=overwrite)
    for table, rows in _tables(pack, changes).items():
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
    changes.superseded = _superseded(changes.documents)
    return changes


def _superseded(documents: list[Document]) -> list[tuple[str, str, str]]:
    """Return the versions that people published on pages and that are the newest of what a pack publishes anew."""
    newest: dict[tuple[str, str], PolicyDocument] = {}
    wanted = select(PolicyDocument).where(PolicyDocument.kind.in_({one.kind for one in documents}))
    for row in db.session.scalars(wanted.order_by(PolicyDocument.id)) if documents else ():
        newest[row.kind, row.code] = row
    drafted = select(PolicyDraft.document_id).where(PolicyDraft.document_id.is_not(None))
    by_people = set(db.session.scalars(drafted)) if newest else set()
    found = (newest.get((one.kind, one.code)) for one in documents)
    return [(row.kind, row.code, row.version) for row in found if row is not None and row.id in by_people]


def _tables(pack: Pack, changes: Changes) -> dict[str, list[dict[str, Any]]]:
    """Return the tables to load: the pack's, with what people changed on pages put over it unless told otherwise."""
    edits = directory_edits.by_row()
    tables = {table: [dict(values) for values in rows] for table, rows in pack.tables.items()}
    for table, rows in tables.items():
        key = TABLES[table][0]
        for values in rows:
            edit = edits.pop(f"{table}/{values[key]}", {})
            changes.edited += [
                (table, values[key], name, made, values.get(name, True))
                for name, made in edit.items()
                if made != values.get(name, True)
            ]
            values.update({} if changes.overwrite else edit)
    for code, edit in edits.items():
        _keep_new(code, edit, tables, changes)
    return tables


def _keep_new(
    code: str, edit: dict[str, Any], tables: dict[str, list[dict[str, Any]]], changes: Changes
) -> None:
    """A row that only a page knows, such as a hotline under its new number, is no row that left the pack."""
    table, _slash, key = code.partition("/")
    row = db.session.get(MODELS[table], key) if table in tables else None
    if row is None or not edit.get("active", True):
        return
    changes.edited.append((table, key, TABLES[table][0], key, None))
    if not changes.overwrite:
        tables[table].append({name: getattr(row, name) for name in TABLES[table][1]})


def load(pack: Pack, now: dt.datetime, *, overwrite: bool = False) -> Changes:
    """Bring the database to the pack; rows that it no longer has are retired, never deleted.

    Each load that changes anything publishes a sheet, whose id is the revision that all processes watch.

    Raises:
        PackInvalid: as `diff`.
    """
    changes = diff(pack, overwrite=overwrite)
    if overwrite and changes.edited:
        directory_edits.forget((f"{table}/{key}" for table, key, *_rest in changes.edited), now)
    if not changes:
        return changes
    for table, rows in _tables(pack, Changes(overwrite=overwrite)).items():
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
    told = {"changes": len(changes.lines()), "overwritten": len(changes.edited) if overwrite else 0}
    audit.record(AuditKind.PACK, audit.by_system(now), Whom(str(pack.sheet["code"])), told)
    province.forget()
    return changes


def _newest_sheet() -> dict[str, Any] | None:
    newest = select(PolicyDocument.body).where(PolicyDocument.kind == province.SHEET)
    return db.session.scalar(newest.order_by(PolicyDocument.id.desc()).limit(1))


def _stored(table: str) -> dict[str, Any]:
    key = TABLES[table][0]
    return {getattr(row, key): row for row in db.session.scalars(select(MODELS[table]))}


def _differs(row: Any, values: dict[str, Any], position: int) -> bool:
    wanted = {"active": True, **values}
    return row.position != position or any(getattr(row, n) != v for n, v in wanted.items())


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
            db.session.add(MODELS[table](**{"active": True, **values}, position=position))
        elif _differs(row, values, position):
            for name, value in {"active": True, **values}.items():
                setattr(row, name, value)
            row.position = position
    for code, row in stored.items():
        if code not in codes:
            row.active = False
    db.session.flush()
