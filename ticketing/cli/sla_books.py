"""`flask sla` for those who change what deadlines rest on: verify, sweep, what-if, apply."""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import current_app
from tqdm import tqdm

from sla import verify as checker
from sla.instants import ZONE
from sla.whatif import Book, Change
from ticketing.cli.sla import sla
from ticketing.extensions import transaction
from ticketing.jobs import tick
from ticketing.services import climbing, foresight, policy_texts, proof, rollout
from ticketing.services import province as provinces
from ticketing.services.pack_documents import CALENDAR, SLA

_json = click.option("--json", "as_json", is_flag=True, help="print objects instead of text")
SHOWN = 20


def _now() -> dt.datetime:
    now: dt.datetime = current_app.extensions["clock"]()
    return now


def _say(values: Any) -> None:
    click.echo(json.dumps(values, ensure_ascii=False, indent=1))


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.astimezone(ZONE).isoformat() if moment else None


@sla.command("verify")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_json
def verify(file: Path | None, as_json: bool) -> None:
    """Recompute every clock, of an export or of the database; ends with 1 where anything differs.

    The database goes through the form of the export, so that the same program judges both. Without a file and
    without this application: `python -m sla.verify FILE`.
    """
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file else proof.export(_now())
    clocks, found = 0, list[Any]()
    try:
        for differences in checker.verify(lines):
            clocks += 1
            found += differences
    except checker.Altered as error:
        found.append(str(error))
    except (checker.ExportError, ValueError) as error:
        raise click.ClickException(f"{file or 'the database'}: {error}") from error
    if as_json:
        told = [one if isinstance(one, str) else _difference(one) for one in found]
        _say({"clocks": clocks, "differences": len(found), "list": told})
    else:
        click.echo("\n".join([*map(str, found), f"{clocks} clocks, {len(found)} differences"]))
    sys.exit(checker.CHANGED if found else 0)


def _difference(one: checker.Difference) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "clock": one.clock,
        "field": one.field,
        "shown": str(one.shown),
        "recomputed": str(one.recomputed),
    }


@sla.command("sweep")
@click.option("--dry-run", is_flag=True, help="say what would fire, and do nothing")
@_json
def sweep(dry_run: bool, as_json: bool) -> None:
    """Look at the clocks once, as the background does: rungs that have come, waiting that is over."""
    if not dry_run:
        looked = tick.run()
        _say({"looked_at": looked}) if as_json else click.echo(f"{looked} looked at")
        return
    rows = [
        {"number": one.number, "clock": one.kind, "rung": one.rung, "planned_at": _iso(one.planned_at),
         "outcome": one.outcome}
        for one in climbing.foreseen(_now(), provinces.current())
    ]  # fmt: skip
    if as_json:
        _say(rows)
        return
    for row in rows:
        click.echo(
            f"{row['number']} {row['clock']:<10} {row['rung']:<13} {row['planned_at']}  {row['outcome']}"
        )
    click.echo(f"{len(rows)} rungs would be climbed")


@sla.command("what-if")
@click.option("--policy", type=click.File(encoding="utf-8"), help="a policy, as in a pack's sla/policy.yaml")
@click.option(
    "--calendar", type=click.File(encoding="utf-8"), help="a calendar notice, as in a pack's calendar/"
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]),
              help="look at all clocks begun since, stopped ones too, as if it had held then")  # fmt: skip
@_json
def what_if(policy: Any, calendar: Any, since: dt.datetime | None, as_json: bool) -> None:
    """Say which due times a policy or a calendar notice would move; nothing is changed.

    A clock that cannot be read is named in a sentence of its own, and the command ends with 1.
    """
    if (policy is None) == (calendar is None):
        raise click.UsageError("give either --policy or --calendar")
    current, now = provinces.current(), _now()
    kind, text = (SLA, policy.read()) if policy else (CALENDAR, calendar.read())
    read = policy_texts.read(kind, text, current)
    if read.calendars is None or read.policy is None:
        told = "\n".join(f"line {one.line}: {one.message}" for one in read.problems)
        raise click.ClickException(f"{len(read.problems)} mistakes:\n{told}")
    book = Book(read.calendars, read.policy, always=since is not None)
    begun = since.replace(tzinfo=ZONE) if since else None
    found = foresight.look(book, current, now, since=begun)
    _tell(found, as_json=as_json)
    if found.unreadable:
        raise click.ClickException("\n".join(one.sentence for one in found.unreadable[:SHOWN]))


def _tell(found: foresight.Foresight, *, as_json: bool) -> None:
    counts = found.count()
    breaches, unbreaches = counts[foresight.BREACHES], counts[foresight.UNBREACHES]
    if as_json:
        rows = [_change(one) for one in found.changes]
        _say(
            {
                "clocks": found.clocks,
                "moves": len(rows),
                "unbreaches": unbreaches,
                "breaches": breaches,
                "unreadable": [one.sentence for one in found.unreadable],
                "list": rows,
            }
        )
        return
    for one in found.changes[:SHOWN]:
        row = _change(one)
        click.echo(f"{row['number']} {row['clock']:<10} {row['was']} -> {row['becomes']}  {row['change']}")
    if len(found.changes) > SHOWN:
        click.echo(f"… and {len(found.changes) - SHOWN} more (--json for all)")
    moved = len(found.changes)
    click.echo(f"{found.clocks} clocks: moves {moved}, un-breaches {unbreaches}, breaches {breaches}")


def _change(one: Change) -> dict[str, Any]:
    return {
        "number": one.held.number,
        "clock": one.held.kind.value,
        "was": _iso(one.was),
        "becomes": _iso(one.becomes),
        "change": foresight.change_word(one),
    }


@sla.command("apply")
@_json
def apply(as_json: bool) -> None:
    """Take what was published to the open clocks now, as the background does; cut anywhere, it goes on."""
    running = rollout.running()
    whole = None if running is None else running.whole or None
    with tqdm(total=whole, unit="batch", file=sys.stderr, disable=as_json) as bar:
        while _batch():
            bar.update(1)
    left = rollout.running()
    told = {"superseded": left.superseded, "moved": left.moved, "looked": left.looked,
            "last_look_at": _iso(left.retry_at)} if left else {}  # fmt: skip
    if as_json:
        _say(told)
    elif left is None:
        click.echo("Nothing to apply: every open clock goes by what is in force.")
    else:
        click.echo(
            f"{left.superseded} clocks superseded, {left.moved} moved; a last look follows at {_iso(left.retry_at)}"
        )


def _batch() -> bool:
    with transaction():
        return rollout.step(_now(), provinces.current())
