"""The commands of `flask routing` about learning: lessons, replay, publish, rollback, outcomes."""

import json
import sys
from typing import Any

import click
from flask import current_app
from tqdm import tqdm

from ticketing.domain.clock import Clock
from ticketing.domain.errors import DomainError
from ticketing.extensions import transaction
from ticketing.models import RoutingModel, RoutingRun
from ticketing.services import learning, outcomes, province, runs, shelf

AS_JSON = click.option("--json", "as_json", is_flag=True, help="print objects instead of text")


def _now() -> Any:
    clock: Clock = current_app.extensions["clock"]
    return clock()


def _told(values: dict[str, Any], *, as_json: bool, text: str) -> None:
    click.echo(json.dumps(values, ensure_ascii=False, indent=1) if as_json else text)


@click.command("lessons")
@AS_JSON
def lessons(*, as_json: bool) -> None:
    """Say how much people have taught, and how much of it the router did not know."""
    found = learning.taught(province.current())
    values = {**learning.by_source(found), "teach": len([one for one in found if one.teaches])}
    text = "\n".join(f"{name:<12}{count:>7}" for name, count in values.items())
    _told(values, as_json=as_json, text=text)


@click.command("replay")
@click.argument("version", required=False)
@click.option("--months", type=click.IntRange(1, 24), default=runs.MONTHS, show_default=True)
@AS_JSON
def replay(version: str | None, months: int, *, as_json: bool) -> None:
    """Decide the tickets of the last months again by a model on the shelf (the newest by default).

    Prints what it would have moved beside the published model, and how much of that to where it ended. Cut short,
    it goes on when it is called again.
    """
    with transaction():
        run = runs.open_run() or runs.ask(_now(), model=_model(version), months=months)
        if run.model_id is None:
            raise click.ClickException("a training is under way; the worker replays what it makes")
        done, whole = run.figures.get("looked", 0), run.total
    with tqdm(total=whole, initial=done, unit="ticket", file=sys.stderr) as bar:
        while (looked := _step()) is not None:
            bar.update(looked)
    finished = runs.newest(1)[0]
    values = {"version": shelf.by_id(finished.model_id).version, **runs.plain(finished)}
    _told(values, as_json=as_json, text=_replayed(values))


def _model(version: str | None) -> RoutingModel:
    try:
        found = [shelf.by_version(version)] if version else shelf.newest(1)
    except DomainError as error:
        raise click.ClickException(f"no model {version} is on the shelf") from error
    if not found:
        raise click.ClickException("the shelf is empty: flask routing train")
    return found[0]


def _step() -> int | None:
    """Take the next step of the open run; nothing when it is finished."""
    with transaction():
        run: RoutingRun | None = runs.open_run(locked=True)
        return None if run is None else runs.replay_step(run, province.current(), _now())


def _replayed(told: dict[str, Any]) -> str:
    return (
        f"Model {told['version']}, {told['looked']} tickets (one in {told['sampled_one_in']}): would have moved "
        f"{told['moved']}, {told['to_end']} of them to where they ended, {told['from_end']} away from it.\n"
        f"right {told['old_right']} -> {told['new_right']}, auto {told['old_auto']} -> {told['new_auto']}, "
        f"of these right {told['old_auto_right']} -> {told['new_auto_right']}; {told['outcome']}"
    )


@click.command("publish")
@click.argument("version")
@AS_JSON
def publish(version: str, *, as_json: bool) -> None:
    """Let a model on the shelf decide from now on."""
    with transaction():
        before, row = shelf.published(), _model(version)
        shelf.publish(row, _now())
        values = {"version": row.version, "before": before.version if before is not None else None}
    _told(
        values, as_json=as_json, text=f"Model {values['version']} decides now (before: {values['before']})."
    )


@click.command("rollback")
@AS_JSON
def rollback(*, as_json: bool) -> None:
    """Go back to the model that decided before, in one step."""
    with transaction():
        current = shelf.published()
        try:
            row = shelf.rollback(_now())
        except DomainError as error:
            raise click.ClickException("no other model was published before") from error
        values = {"version": row.version, "withdrawn": current.version if current is not None else None}
    text = f"Model {values['version']} decides again; {values['withdrawn']} is withdrawn."
    _told(values, as_json=as_json, text=text)


@click.command("outcomes")
@AS_JSON
def noted(*, as_json: bool) -> None:
    """Note where every answered ticket ended, for the router's page; twice changes nothing."""
    after = count = 0
    while True:
        with transaction():
            after, ended = outcomes.rebuild(after)
        count += ended
        if not after:
            break
    _told({"outcomes": count}, as_json=as_json, text=f"{count} tickets have ended.")
