"""`flask sla`: deadlines reckoned, explained, and handed over for checking."""

import csv
import datetime as dt
import json
import sys
from pathlib import Path
from typing import TextIO

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select
from tqdm import tqdm

from sla import verify as checker
from sla.calendar import Calendar
from sla.vectors import RowError, due_rows, written
from ticketing.cli import sla_text
from ticketing.domain import numbers
from ticketing.domain.errors import Invalid, NotFound
from ticketing.extensions import db
from ticketing.models import Ticket, TicketClock
from ticketing.services import pack as packs
from ticketing.services import proof, province

SATURDAY = 5
sla = AppGroup("sla", help="Deadlines, reckoned and explained.")


@sla.command("due")
@click.option(
    "--csv",
    "table",
    type=click.File(encoding="utf-8-sig"),
    required=True,
    help="a CSV file, or - for standard input",
)
@click.option("--json", "as_json", is_flag=True, help="print a list of objects instead")
def due(table: TextIO, as_json: bool) -> None:
    """Print `id,due` for each row of a table with the columns id, unit, target, start, pauses.

    Units are working_days, working_minutes, minutes, seconds. `pauses` is `from/to;from/to`, the last `to` may
    be missing: an open pause leaves no due time. Other columns are ignored. Times are local where they have no
    offset. The calendar is that of the loaded pack, or of the pack's folder where none is loaded.
    """
    try:
        rows = list(due_rows(table, _calendar()))
    except RowError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(
            json.dumps([{"id": one, "due": written(moment) or None} for one, moment in rows], indent=1)
        )
        return
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("id", "due"))
    writer.writerows((identifier, written(moment)) for identifier, moment in rows)


def _calendar() -> Calendar:
    try:
        return province.current().calendar
    except NotFound:
        return packs.calendar_of(current_app.config["PROVINCE_PACK"])


@sla.command("explain")
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="print objects instead of text")
def explain(number: str, as_json: bool) -> None:
    """Say why each clock of a ticket shows what it shows: days counted and skipped, pauses, who had it."""
    try:
        digits = numbers.parse(number)
    except Invalid as error:
        raise click.ClickException(error.message) from error
    ticket = db.session.scalar(select(Ticket).where(Ticket.number == digits))
    if ticket is None:
        raise click.ClickException(f"no ticket has the number {number}")
    current = province.current()
    told = proof.tell(ticket, current, _now())
    if as_json:
        click.echo(json.dumps([sla_text.plain(one) for one in told], ensure_ascii=False, indent=1))
        return
    click.echo("\n\n".join(sla_text.text(one, current) for one in told))


@sla.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(file: Path) -> None:
    """Write every clock with its ledger, and the calendars and policies, for `python -m sla.verify FILE`."""
    whole = db.session.scalar(select(func.count(TicketClock.id))) or 0
    with file.open("w", encoding="utf-8") as out, tqdm(total=whole, unit="clock", file=sys.stderr) as bar:
        for line in proof.export(_now()):
            out.write(line)
            bar.update(1)
    click.echo(f"{whole} clocks written to {file}")


@sla.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def verify(file: Path) -> None:
    """Recompute every clock of an export; the same as `python -m sla.verify FILE`."""
    sys.exit(checker.main([str(file)]))


@sla.group("calendar")
def calendar() -> None:
    """The working calendar."""


@calendar.command("show")
@click.argument("year", type=click.IntRange(1992, 2100))
@click.option("--json", "as_json", is_flag=True, help="print a list of days instead")
def show(year: int, as_json: bool) -> None:
    """Print the days of a year that are not as their weekday says, and how many are worked."""
    kept = _calendar()
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    rows = [
        {"day": day.isoformat(), "works": kept.is_working_day(day), "reason": kept.day_reason(day)}
        for day in days
    ]
    if as_json:
        click.echo(json.dumps({"calendar": kept.version, "days": rows}, ensure_ascii=False, indent=1))
        return
    for day, row in zip(days, rows, strict=True):
        if row["works"] != (day.weekday() < SATURDAY):
            click.echo(f"{day} {day:%a}  {'works' if row['works'] else 'off  '}  {row['reason']}")
    told = "" if not kept.is_provisional(first) else " (provisional: no notice has announced this year)"
    click.echo(
        f"{sum(bool(row['works']) for row in rows)} working days in {year}{told}, calendar {kept.version}"
    )


def _now() -> dt.datetime:
    now: dt.datetime = current_app.extensions["clock"]()
    return now
