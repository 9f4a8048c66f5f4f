"""`flask sla`: deadlines reckoned, explained, and handed over for checking."""

import csv
import datetime as dt
import io
import json
import sys
from pathlib import Path
from typing import Any, TextIO

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from tqdm import tqdm

from sla.calendar import Calendar
from sla.values import Unit
from sla.vectors import COLUMNS, RowError, due_rows, written
from ticketing.cli import sla_text
from ticketing.domain import numbers
from ticketing.domain.errors import Invalid, NotFound
from ticketing.extensions import db
from ticketing.models import Ticket
from ticketing.services import pack as packs
from ticketing.services import proof, province

SATURDAY = 5
UNITS = {"days": Unit.WORKING_DAYS, "working_minutes": Unit.WORKING_MINUTES, "minutes": Unit.MINUTES}
sla = AppGroup("sla", help="Deadlines, reckoned and explained.")


@sla.command("due")
@click.option(
    "--csv", "table", type=click.File(encoding="utf-8-sig"), help="a CSV file, or - for standard input"
)
@click.option("--start", help="one deadline instead: when it begins, local where it has no offset")
@click.option("--days", type=click.IntRange(1), help="its target in working days")
@click.option("--working-minutes", type=click.IntRange(1), help="… in minutes of working time")
@click.option("--minutes", type=click.IntRange(1), help="… in minutes round the clock")
@click.option("--pause", "pauses", multiple=True, help="from/to, as often as needed; without `to` it lasts")
@click.option("--region", help="reckon by the calendar in force at this place (its code)")
@click.option("--json", "as_json", is_flag=True, help="print objects instead")
def due(table: TextIO | None, region: str | None, as_json: bool, **one: Any) -> None:
    """Print due times: of each row of a table, or of one deadline given by options.

    The table has the columns id, unit, target, start, pauses and gives `id,due`; other columns are ignored. Units
    are working_days, working_minutes, minutes, seconds. `pauses` is `from/to;from/to`, the last `to` may be
    missing: an open pause leaves no due time. Times are local where they have no offset. The calendar is that of
    the loaded pack, or of the pack's folder where none is loaded.
    """
    try:
        rows = list(due_rows(table or _single(**one), _calendar(region)))
    except RowError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        told = [{"id": name, "due": written(moment) or None} for name, moment in rows]
        click.echo(json.dumps(told if table else told[0], indent=1))
    elif table is None:
        click.echo(written(rows[0][1]) or "open")
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("id", "due"))
        writer.writerows((name, written(moment)) for name, moment in rows)


def _single(start: str | None, pauses: tuple[str, ...], **targets: int | None) -> TextIO:
    """Return one deadline as a table of one row, so that both are read alike."""
    given = [(unit, amount) for unit, amount in targets.items() if amount is not None]
    if start is None or len(given) != 1:
        raise click.UsageError("give --csv FILE, or --start with one of --days, --working-minutes, --minutes")
    [(unit, amount)] = given
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    writer.writerow(("one", UNITS[unit].value, amount, start, ";".join(pauses)))
    table.seek(0)
    return table


def _calendar(region: str | None = None) -> Calendar:
    try:
        current = province.current()
    except NotFound:
        if region is not None:
            raise click.ClickException("load a pack first: without one no place is known") from None
        return packs.calendars_of(current_app.config["PROVINCE_PACK"]).national
    if region is not None and region not in current.archive.regions:
        raise click.ClickException(f"no place has the code {region}")
    return current.calendar_at(region)


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
    told = proof.tell(ticket, current, _now()) + proof.tell_steps(ticket, current, _now())
    if as_json:
        click.echo(json.dumps([sla_text.plain(one) for one in told], ensure_ascii=False, indent=1))
        return
    click.echo("\n\n".join(sla_text.text(one, current) for one in told))


@sla.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="print an object instead of text")
def export(file: Path, as_json: bool) -> None:
    """Write every clock with its ledger, and the calendars and policies, for `python -m sla.verify FILE`."""
    whole = proof.count()
    with file.open("w", encoding="utf-8") as out, tqdm(total=whole, unit="clock", file=sys.stderr) as bar:
        for line in proof.export(_now()):
            out.write(line)
            bar.update(1)
    told = {"clocks": whole, "file": str(file)}
    click.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{whole} clocks written to {file}")


@sla.group("calendar")
def calendar() -> None:
    """The working calendar."""


@calendar.command("show")
@click.argument("year", type=click.IntRange(1992, 2100))
@click.option("--region", help="the calendar in force at this place (its code)")
@click.option("--json", "as_json", is_flag=True, help="print a list of days instead")
def show(year: int, region: str | None, as_json: bool) -> None:
    """Print the days of a year that are not as their weekday says, and how many are worked."""
    kept = _calendar(region)
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
