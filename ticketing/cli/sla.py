"""`flask sla`: deadlines for a table of starts, targets and pauses."""

import csv
import sys
from typing import TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from sla.calendar import Calendar
from sla.vectors import RowError, due_rows, written
from ticketing.domain.errors import NotFound
from ticketing.services import pack as packs
from ticketing.services import province

sla = AppGroup("sla", help="Deadlines, reckoned and explained.")


@sla.command("due")
@click.option(
    "--csv",
    "table",
    type=click.File(encoding="utf-8-sig"),
    required=True,
    help="a CSV file, or - for standard input",
)
def due(table: TextIO) -> None:
    """Print `id,due` for each row of a table with the columns id, unit, target, start, pauses.

    Units are working_days, working_minutes, minutes, seconds. `pauses` is `from/to;from/to`, the last `to` may
    be missing: an open pause leaves no due time. Other columns are ignored. Times are local where they have no
    offset. The calendar is that of the loaded pack, or of the pack's folder where none is loaded.
    """
    try:
        rows = list(due_rows(table, _calendar()))
    except RowError as error:
        raise click.ClickException(str(error)) from error
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("id", "due"))
    writer.writerows((identifier, written(moment)) for identifier, moment in rows)


def _calendar() -> Calendar:
    try:
        return province.current().calendar
    except NotFound:
        return packs.calendar_of(current_app.config["PROVINCE_PACK"])
