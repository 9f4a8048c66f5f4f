"""`flask search`: the terms by which tickets are found."""

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import func, select
from tqdm import tqdm

from ticketing.extensions import db, transaction
from ticketing.models import Ticket
from ticketing.services import province
from ticketing.services import search as service

STRETCH = 1_000
search = AppGroup("search", help="The terms by which tickets are found.")


@search.command("reindex")
@click.option(
    "--after", type=int, default=0, help="go on behind this ticket's id, as a run that was cut short said"
)
def reindex(after: int) -> None:
    """Write the search terms of all tickets anew, a thousand in each transaction, while the desk goes on working."""
    left = db.session.scalar(select(func.count(Ticket.id)).where(Ticket.id > after)) or 0
    with tqdm(total=left, unit="ticket", file=sys.stderr) as bar:
        while True:
            with transaction():
                around = province.current().around
                wanted = select(Ticket).where(Ticket.id > after).order_by(Ticket.id).limit(STRETCH)
                tickets = db.session.scalars(wanted.with_for_update()).all()
                for one in tickets:
                    service.reindex(one, around(one.region_code))
            if not tickets:
                break
            after = tickets[-1].id
            db.session.expunge_all()
            bar.set_postfix(after=after)
            bar.update(len(tickets))
    click.echo("All tickets can be found by the terms of this version.")
