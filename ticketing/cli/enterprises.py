"""`flask enterprises`: what the business register says, to which enterprises prove themselves."""

import csv
from typing import TextIO

import click
from flask import current_app
from flask.cli import AppGroup

from ticketing.domain.errors import DomainError
from ticketing.extensions import transaction
from ticketing.services import enterprises as service

COLUMNS = {"register_code", "name", "phone"}

enterprises = AppGroup("enterprises", help="The business register behind the enterprises' accounts.")


@enterprises.command("load")
@click.argument("table", type=click.File(encoding="utf-8-sig"))
def load(table: TextIO) -> None:
    """Take over a CSV of the register: register_code, name, phone of the legal person (may be empty)."""
    reader = csv.DictReader(table)
    if not set(reader.fieldnames or ()) >= COLUMNS:
        raise click.ClickException(f"The first line must name the columns {', '.join(sorted(COLUMNS))}.")
    now, count = current_app.extensions["clock"](), 0
    for line, row in enumerate(reader, start=2):
        try:
            with transaction():
                count += service.load_register([row], now)
        except DomainError as error:
            raise click.ClickException(f"Line {line}: {error}. The {count} lines before it are in.") from None
    click.echo(f"{count} lines of the register are in.")
