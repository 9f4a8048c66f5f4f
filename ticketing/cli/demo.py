"""`flask demo`: the demo's accounts and its day of tickets."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from ticketing.cli import seeding, sla_text
from ticketing.cli.demo_storm import storm
from ticketing.domain import numbers
from ticketing.domain.errors import NotFound
from ticketing.domain.vocabulary import State
from ticketing.extensions import db, transaction
from ticketing.models import Ticket
from ticketing.services import demo as service
from ticketing.services import demo_enterprises, spring
from ticketing.services import province as provinces

demo = AppGroup("demo", help="The demo's accounts, its day of tickets, its storm of calls.")
demo.add_command(storm)


@demo.command("load")
def load() -> None:
    """Make the demo's accounts and tickets, once; a second run changes nothing."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("This is no demo: set DEMO=1 where invented people may log in.")
    with transaction():
        made = service.load(
            current_app.config["PROVINCE_PACK"], current_app.extensions["clock"](), provinces.current()
        )
    click.echo(f"Made {made} tickets." if made else "The demo day is there already.")


@demo.command("spring-2020")
@click.option("--keep", is_flag=True, help="leave its ticket, to be looked at on the pages (in a demo alone)")
def spring_2020(keep: bool) -> None:
    """Tell the spring of 2020 again: a holiday lengthened when it had begun, nobody warned twice, both truths told."""
    if keep and not current_app.config["DEMO"]:
        raise click.ClickException("This is no demo: tell the story without --keep.")
    try:
        story = spring.tell(provinces.current())
    except NotFound:
        raise click.ClickException("The loaded pack knows no holiday that was lengthened in 2020.") from None
    for line in story.lines:
        click.echo(f"{line.at:%a %Y-%m-%d %H:%M}  {line.words}")
    click.echo("\n".join(["", "What was promised, and whether it was kept:", *sla_text.promises(story.told)]))
    number = numbers.shown(story.ticket.number)
    (db.session.commit if keep else db.session.rollback)()
    provinces.forget()
    click.echo(f"Its ticket is {number}." if keep else "Nothing of it was kept.")


@demo.command("seed")
@click.option(
    "--tickets", type=click.IntRange(1), default=10_000, show_default=True, help="how many there shall be"
)
def fill(tickets: int) -> None:
    """Fill the desk up to so many invented tickets of the last year; a second run goes on where the first stopped."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("This is no demo: set DEMO=1 where invented tickets may stand.")
    made = seeding.fill(current_app._get_current_object(), tickets)  # type: ignore[attr-defined]  # noqa: SLF001  Flask's own way
    click.echo(f"Wrote {made} tickets." if made else f"There are {tickets} tickets or more already.")


@demo.command("accounts")
def accounts() -> None:
    """Print the demo's accounts, and a ticket to follow as an enterprise."""
    shown = service.shown_accounts(current_app.config["PROVINCE_PACK"], provinces.current())
    if not shown:
        return
    click.echo(f"Accounts (password {service.PASSWORD}):")
    for account in shown:
        click.echo(f"  {account['username']:<12} {account['role']:<12} {account['bureau']}")
    for person in demo_enterprises.shown(current_app.config["PROVINCE_PACK"]):
        role = f"{person['enterprise']} {person['role']}"
        click.echo(f"  {person['phone']:<12} {person['name']}  {role} (/my/login)")
    answered = db.session.scalar(
        select(Ticket.number)
        .where(Ticket.state == State.ANSWERED, Ticket.password_hash.is_not(None))
        .order_by(Ticket.id)
        .limit(1)
    )
    if answered:
        click.echo(f"A request to follow: {numbers.shown(answered)}, query password {service.QUERY_PASSWORD}")
