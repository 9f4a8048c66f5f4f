"""`flask tickets`: how many there are."""

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from ticketing.domain.vocabulary import State
from ticketing.extensions import db
from ticketing.models import Ticket

tickets = AppGroup("tickets", help="Tickets as a whole.")


@tickets.command("count")
def count() -> None:
    """Print the number of tickets by state, of all, and of those without a query password."""
    rows = db.session.execute(select(Ticket.state, func.count()).group_by(Ticket.state))
    by_state = {state: number for state, number in rows}  # noqa: C416  rows are no pairs for dict()
    for state in State:
        click.echo(f"{state.value:<20} {by_state.get(state.value, 0):>9}")
    without = db.session.scalar(select(func.count()).where(Ticket.password_hash.is_(None)))
    click.echo(f"{'all':<20} {sum(by_state.values()):>9}")
    click.echo(f"{'without a password':<20} {without:>9}")
