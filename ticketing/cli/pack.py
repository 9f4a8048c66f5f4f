"""`flask pack`: check a province pack, show what it would change, load it."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from ticketing.extensions import transaction
from ticketing.services import pack as packs
from ticketing.services import pack_load
from ticketing.services.pack_files import PackInvalid

pack = AppGroup("pack", help="The province pack: regions, bureaus, hotlines, topics, calendars, policies.")
_folder = click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)

_overwrite = click.option(
    "--overwrite-edits", "overwrite", is_flag=True,
    help="Take the pack's word over what was changed on the pages of hotlines and bureaus.",
)  # fmt: skip


def _read(folder: Path | None) -> packs.Pack:
    chosen: Path = folder or current_app.config["PROVINCE_PACK"]
    try:
        return packs.read(chosen)
    except PackInvalid as error:
        raise _refused(error) from error


def _refused(error: PackInvalid) -> click.ClickException:
    count = len(error.problems)
    return click.ClickException(f"{count} mistake{'s' if count > 1 else ''} in the pack:\n{error}")


@pack.command("check")
@_folder
def check(folder: Path | None) -> None:
    """Read everything and tell every mistake with its file and line."""
    found = _read(folder)
    tables = ", ".join(f"{len(rows)} {name}" for name, rows in found.tables.items())
    click.echo(f"The pack is sound: {tables}, {len(found.documents)} policy documents.")


@pack.command("diff")
@_folder
@_overwrite
def diff(folder: Path | None, overwrite: bool) -> None:
    """Show what loading the pack would change, and what was changed on pages and stays."""
    _tell(_changes(folder, load=False, overwrite=overwrite), "Nothing to change.")


@pack.command("load")
@_folder
@_overwrite
def load(folder: Path | None, overwrite: bool) -> None:
    """Bring the database to the pack; a second load changes nothing. What was changed on pages stays."""
    _tell(_changes(folder, load=True, overwrite=overwrite), "Nothing to change: this pack is loaded.")


def _changes(folder: Path | None, *, load: bool, overwrite: bool) -> pack_load.Changes:
    found = _read(folder)
    try:
        with transaction():
            if not load:
                return pack_load.diff(found, overwrite=overwrite)
            return pack_load.load(found, current_app.extensions["clock"](), overwrite=overwrite)
    except PackInvalid as error:
        raise _refused(error) from error


def _tell(changes: pack_load.Changes, nothing: str) -> None:
    click.echo("\n".join([*changes.kept(), *changes.lines()]) if changes or changes.kept() else nothing)
