"""`flask import messages`: take over a list of requests from another platform."""

import csv
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from tqdm import tqdm

from ticketing.extensions import db, transaction
from ticketing.services import importing
from ticketing.services import province as provinces

HELP = f"""Take over a CSV or XLSX list of requests.

Columns needed: {", ".join(importing.REQUIRED)}. Columns understood: {", ".join(importing.OPTIONAL)}; codes are
those of the pack. Any other column is kept with the ticket's first history line. Rows that cannot be taken over
go to a file of their own with the reasons. Rows that are there already are left alone, so a run that was cut
short is simply run again. Nobody is notified, and the tickets have no query password until their owner asks.
"""
imports = AppGroup("import", help="Lists from other platforms.")


@imports.command("messages", help=HELP)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--received-at", type=click.Choice(["import", "source"]), default="import", show_default=True,
              help="when the promise begins: at the import, or when the list says")  # fmt: skip
@click.option(
    "--source", help="name of the list, with its ids the key of each row  [default: the file's name]"
)
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path),
              help="where refused rows go  [default: beside the file]")  # fmt: skip
def messages(file: Path, received_at: str, source: str | None, refused: Path | None) -> None:
    """Take over a list."""
    target = refused or file.with_name(f"{file.stem}.refused.csv")
    if target.resolve() == file.resolve():
        raise click.BadParameter("would overwrite the list itself.", param_hint="--refused")
    try:
        found, left = importing.once(importing.lines(file))
    except importing.ListUnreadable as error:
        raise click.ClickException(str(error)) from error
    rows, began, made, known = len(found) + len(left), time.perf_counter(), 0, 0
    for taken in _take_all(found, source or file.name, from_source=received_at == "source"):
        made, known = made + taken.made, known + taken.known
        left += taken.refused
    seconds = time.perf_counter() - began
    click.echo(f"{rows} rows: {made} new tickets, {known} known already, {len(left)} refused.")
    click.echo(f"{rows / max(seconds, 0.001):.0f} rows a second.")
    target.unlink(missing_ok=True)
    if left:
        _write(target, sorted(left, key=lambda one: one.line.number))
        click.echo(f"The refused rows are in {target}.")


def _take_all(found: list[importing.Line], source: str, *, from_source: bool) -> Iterable[importing.Taken]:
    """Take batch after batch, each in a transaction of its own; a cut leaves whole batches."""
    with tqdm(total=len(found), unit="row", file=sys.stderr, disable=None) as bar:
        for batch in importing.batches(found):
            with transaction():
                now = current_app.extensions["clock"]()
                taken = importing.take(batch, source, now, provinces.current(), from_source=from_source)
            db.session.expunge_all()
            bar.update(len(batch))
            yield taken


def _write(target: Path, left: list[importing.Refused]) -> None:
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        rows = ((one.line.number, one.reasons, one.line.cells, one.line.surplus) for one in left)
        csv.writer(stream).writerows(importing.table(rows))
