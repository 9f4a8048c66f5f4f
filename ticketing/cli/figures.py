"""`flask figures`: the rows that figures are counted from, and the monthly report without waiting for the month."""

import datetime as dt

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select
from tqdm import tqdm

from ticketing.domain.errors import DomainError
from ticketing.extensions import db, transaction
from ticketing.jobs import report
from ticketing.models import Ticket
from ticketing.services import facts, reports
from ticketing.services import province as provinces

BATCH = 500
figures = AppGroup("figures", help="What figures are counted from, and the monthly report.")


@figures.command("rebuild")
@click.option("--after", default=0, help="go on after this ticket id")
def rebuild(after: int) -> None:
    """Derive the facts of every ticket anew from its ledgers; can be cut short and gone on with.

    Needed once after an update that brings figures to a database with tickets; does no harm later.
    """
    last = db.session.scalar(select(func.max(Ticket.id))) or 0
    total = 0
    with tqdm(total=last, initial=after, unit="id") as bar:
        while True:
            with transaction():
                reached, changed = facts.rebuild(after, BATCH, provinces.current())
            if reached == after:
                break
            bar.update(reached - after)
            after, total = reached, total + changed
    click.echo(f"Derived the facts of {total} tickets.")


@figures.command("report")
@click.argument("month")
def monthly(month: str) -> None:
    """Make the report of a month that is over, e.g. 2026-05, unless it was made before."""
    try:
        first = dt.date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise click.ClickException("A month is written like 2026-05.") from error
    try:
        with transaction():
            if not reports.ask(first, current_app.extensions["clock"]()):
                reports.ask_again(first)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    report.run()
    row = next(one for one in reports.listed() if one.month == first)
    if row.problem:
        raise click.ClickException(row.problem)
    click.echo(f"The report of {month} is ready: /watch/reports/{month}.pdf")
