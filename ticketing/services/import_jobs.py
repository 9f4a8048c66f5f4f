"""Lists taken over on a page: looked at before, carried through in the background, stopped and gone on with.

The rows go through `importing`, as those of `flask import messages` do, and under the same name they are known to
both. A batch and the cursor that says so are one transaction, so that a worker that dies loses nothing.
"""

import contextlib
import datetime as dt
import itertools
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from ticketing.domain.audit import AuditKind
from ticketing.domain.errors import Invalid, NotFound
from ticketing.domain.permissions import Permission
from ticketing.domain.text import NAME_MAX
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Account, ImportJob, ImportRefusal
from ticketing.services import audit, importing, moves
from ticketing.services.audit import Whom
from ticketing.services.history import Act
from ticketing.services.importing import Line, ListUnreadable, Refused
from ticketing.services.province import Province

LOOKED, RUNNING, STOPPED, DONE, BROKEN, DROPPED = "looked", "running", "stopped", "done", "broken", "dropped"
ENDINGS = (".csv", ".xlsx", ".xlsm")
LARGEST = 40 * 1024 * 1024
#: A sheet is packed; unpacked it must still fit into memory.
UNPACKED_LARGEST = 400 * 1024 * 1024
#: So many rows are checked while the reader waits, so many shown.
CHECKED, SHOWN = 1_000, 8
PAGE = 20
#: Personal data that nobody fetched is not kept for ever.
KEPT = dt.timedelta(days=30)


@dataclass(frozen=True)
class Look:
    """What a list looks like before it is begun."""

    columns: tuple[str, ...]
    rows: tuple[Line, ...]
    refused: tuple[Refused, ...]
    checked: int
    #: Whether that was all of it.
    whole: bool


def upload(name: str, content: bytes, source: str, act: Act, *, from_source: bool) -> ImportJob:
    """Keep a list to be looked at.

    Raises:
        Invalid: no list that can be taken over.
    """
    moves.require(act, Permission.IMPORT_LISTS)
    file = Path(name or "").name
    if Path(file).suffix.lower() not in ENDINGS:
        raise Invalid(N_("请选一个 CSV 或 XLSX 文件。"), field="file")
    if len(content) > LARGEST:
        raise Invalid(N_("文件超过 40 MB，请分成几份，或请管理员在服务器上用命令导入。"), field="file")
    _unpacks(content)
    _head(file, content)
    one = ImportJob(
        account_id=act.actor.account_id,
        name=file[-NAME_MAX:],
        source=source.strip()[:NAME_MAX] or file[-NAME_MAX:],
        from_source=from_source,
        content=content,
        size=len(content),
        uploaded_at=act.now,
        state=LOOKED,
    )
    db.session.add(one)
    db.session.flush()
    return one


def _unpacks(content: bytes) -> None:
    """Refuse a sheet that would unpack into more than any memory holds."""
    with contextlib.suppress(zipfile.BadZipFile), tempfile.TemporaryFile() as kept:
        kept.write(content)
        with zipfile.ZipFile(kept) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_LARGEST:
                raise Invalid(N_("这个表格解开以后太大，请分成几份。"), field="file")


def _head(name: str, content: bytes) -> list[Line]:
    try:
        with _lines(name, content) as found:
            rows = list(itertools.islice(found, CHECKED + 1))
    except ListUnreadable as error:
        raise error.told from error
    if not rows:
        raise Invalid(N_("名单里一行也没有。"), field="file")
    return rows


@contextlib.contextmanager
def _lines(name: str, content: bytes) -> Iterator[Iterator[Line]]:
    """Lend the rows of a list that lies in the database; the readers want a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list{Path(name).suffix.lower()}"
        path.write_bytes(content)
        yield importing.lines(path)


def look(one: ImportJob, now: dt.datetime, province: Province) -> Look | None:
    """Return how a list would fare; None where it is not kept any more."""
    if one.content is None:
        return None
    rows = _head(one.name, one.content)
    checked = rows[:CHECKED]
    refused = importing.look(checked, now, province, from_source=one.from_source)
    columns = tuple(name for name in checked[0].cells if name)
    return Look(columns, tuple(checked[:SHOWN]), tuple(refused), len(checked), len(rows) <= CHECKED)


def by_id(job_id: int, *, lock: bool = False) -> ImportJob:
    """Return an import.

    Raises:
        NotFound: there is none.
    """
    wanted = select(ImportJob).where(ImportJob.id == job_id)
    found = db.session.scalar(
        wanted.with_for_update() if lock else wanted, execution_options={"populate_existing": True}
    )
    if found is None:
        raise NotFound
    return found


def start(one: ImportJob, act: Act) -> None:
    """Begin, or go on where it was stopped.

    Raises:
        Invalid: under way, through or thrown away.
    """
    moves.require(act, Permission.IMPORT_LISTS)
    if one.state not in (LOOKED, STOPPED):
        raise Invalid(N_("这份名单已经在导入，或者已经结束。"))
    told = {"name": one.name, "source": one.source, "from": one.cursor}
    audit.record(AuditKind.IMPORT, act, Whom(one.source), told)
    one.state, one.started_at = RUNNING, one.started_at or act.now


def stop(one: ImportJob, act: Act) -> None:
    """Stop after the batch in hand; what was taken over stays.

    Raises:
        Invalid: not under way.
    """
    moves.require(act, Permission.IMPORT_LISTS)
    if one.state != RUNNING:
        raise Invalid(N_("这份名单没有在导入。"))
    one.state = STOPPED


def drop(one: ImportJob, act: Act) -> None:
    """Throw a list away that is not under way; tickets that were made of it stay.

    Raises:
        Invalid: under way or ended.
    """
    moves.require(act, Permission.IMPORT_LISTS)
    if one.state not in (LOOKED, STOPPED):
        raise Invalid(N_("这份名单已经在导入，或者已经结束。"))
    one.state, one.content, one.finished_at = DROPPED, None, act.now


def next_running() -> int | None:
    """Return the oldest import that is under way."""
    return db.session.scalar(
        select(ImportJob.id).where(ImportJob.state == RUNNING).order_by(ImportJob.id).limit(1)
    )


@dataclass(frozen=True)
class Rows:
    """A list as it is carried through: the rows in hand, and those that contradict an earlier one."""

    found: list[Line]
    again: list[Refused]


def rows_of(one: ImportJob) -> Rows:
    """Read a list once for all its batches."""
    with _lines(one.name, one.content or b"") as found:
        return Rows(*importing.once(found))


def break_off(one: ImportJob, error: ListUnreadable, now: dt.datetime) -> None:
    """End an import whose list cannot be read to its end, and say why; nothing of it was taken over."""
    one.state, one.problem, one.finished_at, one.content = BROKEN, str(error.told), now, None


def step(job_id: int, rows: Rows, now: dt.datetime, province: Province) -> bool:
    """Take the next batch; tell whether more is to do here: another worker may have it, or it was stopped."""
    wanted = select(ImportJob).where(ImportJob.id == job_id, ImportJob.state == RUNNING)
    one = db.session.scalar(
        wanted.with_for_update(skip_locked=True), execution_options={"populate_existing": True}
    )
    if one is None:
        return False
    if one.cursor == 0:
        one.total = len(rows.found)
        _keep(one, rows.again)
    batch = rows.found[one.cursor : one.cursor + importing.BATCH]
    if batch:
        taken = importing.take(batch, one.source, now, province, from_source=one.from_source)
        one.cursor, one.made, one.known = (
            one.cursor + len(batch),
            one.made + taken.made,
            one.known + taken.known,
        )
        _keep(one, taken.refused)
    if one.cursor >= len(rows.found):
        one.state, one.finished_at, one.content = DONE, now, None
    return one.state == RUNNING


def _keep(one: ImportJob, refused: Sequence[Refused]) -> None:
    one.refused += len(refused)
    lines = [
        {
            "job_id": one.id,
            "line": row.line.number,
            "reasons": list(row.reasons),
            "names": list(row.line.cells),
            "cells": dict(row.line.cells),
            "surplus": list(row.line.surplus),
        }
        for row in refused
    ]
    if lines:
        db.session.execute(insert(ImportRefusal), lines)


def refusals(one: ImportJob, most: int | None = None) -> Sequence[ImportRefusal]:
    """Return the rows that were refused, in the order of the list."""
    wanted = select(ImportRefusal).where(ImportRefusal.job_id == one.id)
    return db.session.scalars(wanted.order_by(ImportRefusal.line, ImportRefusal.id).limit(most)).all()


def sheet(one: ImportJob, act: Act) -> list[list[str]]:
    """Return the file of refused rows, which names people: the taking of it is a line of the audit log."""
    moves.require(act, Permission.IMPORT_LISTS)
    rows = refusals(one)
    audit.record(AuditKind.EXPORT, act, Whom("refused"), {"name": one.name, "rows": len(rows)})
    named = (
        (row.line, row.reasons, {name: row.cells[name] for name in row.names}, row.surplus) for row in rows
    )
    return list(importing.table(named))


def newest(before: int | None) -> tuple[Sequence[Row[Any]], int | None]:
    """Return the imports with who began them, the newest first, and where the next page begins."""
    wanted = (
        select(ImportJob, Account.name.label("who"))
        .join(Account, Account.id == ImportJob.account_id)
        .order_by(ImportJob.id.desc())
        .limit(PAGE + 1)
    )
    rows = db.session.execute(wanted if before is None else wanted.where(ImportJob.id < before)).all()
    return rows[:PAGE], rows[PAGE - 1][0].id if len(rows) > PAGE else None


def drop_old(now: dt.datetime) -> int:
    """Forget lists that nobody began, and refused rows that nobody fetched; return how many."""
    old = select(ImportJob.id).where(
        func.coalesce(ImportJob.finished_at, ImportJob.uploaded_at) <= now - KEPT,
        ImportJob.state != RUNNING,
        (ImportJob.content.is_not(None))
        | select(ImportRefusal.id).where(ImportRefusal.job_id == ImportJob.id).exists(),
    )
    ids = list(db.session.scalars(old))
    db.session.execute(delete(ImportRefusal).where(ImportRefusal.job_id.in_(ids)))
    db.session.execute(
        update(ImportJob)
        .where(ImportJob.id.in_(ids), ImportJob.state.in_((LOOKED, STOPPED)))
        .values(content=None, state=DROPPED, finished_at=now)
    )
    return len(ids)
