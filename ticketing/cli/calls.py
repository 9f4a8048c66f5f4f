"""`flask calls`: exchanges and their tokens, desk telephones, the exchange's own records."""

import contextlib
import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from ticketing.channels import voice_twilio
from ticketing.channels.base import Retry
from ticketing.domain.clock import LOCAL
from ticketing.domain.errors import DomainError
from ticketing.domain.signals import Signal
from ticketing.extensions import db, transaction
from ticketing.services import accounts, cdr, exchanges, reconcile
from ticketing.services import province as provinces
from ticketing.services.reconcile import Repaired

calls = AppGroup(
    "calls", help="The telephone: exchanges, desk telephones, what was missed while we were down."
)


@calls.command("reconcile")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]),
              help="local time from which the provider is asked for its calls")  # fmt: skip
def repair(since: dt.datetime) -> None:
    """Ask the provider for its own list of calls and take down what we missed; may be run at any time, twice."""
    voice = current_app.extensions["voice"]
    if voice is None:
        raise click.ClickException(
            "No provider is set up that could be asked: TWILIO_ACCOUNT_SID is missing."
        )
    begin = since.replace(tzinfo=LOCAL).astimezone(dt.UTC)
    try:
        done = take(voice.calls_since(begin), voice_twilio.PROVIDER)
    except Retry as trouble:
        raise click.ClickException(f"{trouble}. What was read is kept; run it again.") from trouble
    _tell(done)


@calls.command("import-cdr")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--exchange", required=True, help="the exchange that wrote it, as in `flask calls exchanges`")
@click.option("--utc", is_flag=True, help="its times are UTC  [default: local time]")
@click.option("--refused", type=click.Path(dir_okay=False, path_type=Path),
              help="where refused rows go  [default: beside the file]")  # fmt: skip
def import_cdr(file: Path, exchange: str, utc: bool, refused: Path | None) -> None:
    """Take over the records of a SIP exchange (Asterisk's Master.csv, or a CSV with its headings); idempotent."""
    if exchange not in {one.name for one in exchanges.all_of_them()}:
        raise click.ClickException(f"There is no exchange {exchange}; make it with: flask calls add-exchange")
    target = refused or file.with_name(f"{file.stem}.refused.csv")
    if target.resolve() == file.resolve():
        raise click.BadParameter("would overwrite the records themselves.", param_hint="--refused")
    left: list[cdr.Refused] = []
    told: list[Signal] = []
    try:
        for row in cdr.rows(file):
            read = cdr.read(row, exchange, provinces.current(), dt.UTC if utc else LOCAL)
            left += [read] if isinstance(read, cdr.Refused) else []
            told += [] if isinstance(read, cdr.Refused) else read
    except cdr.FileUnreadable as error:
        raise click.ClickException(str(error)) from error
    _tell(take(iter(told), cdr.PROVIDER))
    target.unlink(missing_ok=True)
    if left:
        _write(target, left)
        click.echo(f"{len(left)} rows refused; they are in {target}.")


def take(told: Iterable[Signal], provider: str) -> Repaired:
    """Take down batch after batch, each in a transaction of its own; a cut leaves whole batches."""
    total = Repaired(0, 0, 0)
    for batch in reconcile.batches(told):
        with transaction():
            now = current_app.extensions["clock"]()
            done = reconcile.repair(batch, now, provinces.current(), provider=provider)
        db.session.expunge_all()
        total = Repaired(total.calls + done.calls, total.new + done.new, total.changed + done.changed)
    return total


def _tell(done: Repaired) -> None:
    click.echo(f"{done.calls} calls looked at: {done.new} were missing, {done.changed} had gone on unheard.")
    books = reconcile.account()
    click.echo(
        f"{books.calls} calls recorded, {books.going_on} going on, "
        f"{books.without_outcome_or_duty} without an outcome or an open duty."
    )


def _write(target: Path, left: list[cdr.Refused]) -> None:
    names = list(dict.fromkeys(name for one in left for name in one.row.cells))
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["line", "reason", *names])
        for one in left:
            writer.writerow([one.row.line, one.reason, *(one.row.cells.get(name, "") for name in names)])


@calls.command("exchanges")
def listed() -> None:
    """List the exchanges."""
    for one in exchanges.all_of_them():
        click.echo(f"{one.name:<20} {one.provider:<8} {'' if one.active else 'shut out'}".rstrip())


@calls.command("add-exchange")
@click.argument("name")
def add_exchange(name: str) -> None:
    """Make an exchange that speaks the three-event webhook; print the address with its token, once."""
    with _refusals(), transaction():
        token = exchanges.add(name, cdr.PROVIDER, current_app.extensions["clock"]())
    _show(token)


@calls.command("renew-token")
@click.argument("name")
def renew_token(name: str) -> None:
    """Give an exchange a new token; the old one no longer opens."""
    with _refusals(), transaction():
        token = exchanges.renew(name)
    _show(token)


@calls.command("shut-out")
@click.argument("name")
def shut_out(name: str) -> None:
    """Let an exchange in no more; its calls stay."""
    with _refusals(), transaction():
        exchanges.shut(name)


@calls.command("telephone")
@click.argument("username")
@click.argument("address", required=False)
def telephone(username: str, address: str | None) -> None:
    """Say which telephone a colleague has (client:name, sip:…, +86…, an extension); none takes it away."""
    with _refusals(), transaction():
        account = accounts.by_username(username)
        if account is None:
            raise click.ClickException(f"there is no account {username}")
        accounts.set_telephone(account, address)


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """Tell a domain's refusal as a command does."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(str(error)) from error


def _show(token: str) -> None:
    address = current_app.config["ADDRESS"]
    click.echo(f"{address}/hooks/cti/{token}\nIt is told this once; keep it as a password.")
