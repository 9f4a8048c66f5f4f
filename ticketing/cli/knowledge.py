"""`flask knowledge`: take over a list of policies, notices, guides and standard answers."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from ticketing.domain.actors import SYSTEM
from ticketing.domain.errors import Invalid
from ticketing.extensions import transaction
from ticketing.services import knowledge_load
from ticketing.services import province as provinces
from ticketing.services.history import Act

knowledge = AppGroup("knowledge", help="Policies, notices, guides and standard answers.")


@knowledge.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def load(file: Path) -> None:
    """Take over a YAML list; entries that are there already are revised where they changed.

    Each entry has key, kind (policy, notice, guide or answer), title and body, and may have topic, source,
    source_url, issued_on, valid_until, review_on and change.
    """
    act = Act(SYSTEM, current_app.extensions["clock"]())
    try:
        entries = knowledge_load.read(file)
        with transaction():
            written, revised = knowledge_load.load(entries, act, provinces.current(), told=click.echo)
    except Invalid as error:
        raise click.ClickException(error.message % error.values) from None
    click.echo(f"{written} new, {revised} revised, {len(entries) - written - revised} as they were")
