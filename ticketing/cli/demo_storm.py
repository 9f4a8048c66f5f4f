"""`flask demo calls`: a storm of calls through the real webhooks of the running server, and the books afterwards."""

import dataclasses
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

import click
from flask import current_app
from sqlalchemy import func, select

from ticketing.channels.voice_twilio import DEMO_ACCOUNT, PROVIDER, TwilioVoice
from ticketing.cli import demo_provider
from ticketing.cli.calls import take
from ticketing.cli.demo_provider import Sent
from ticketing.extensions import db, vault
from ticketing.models import Account, Call, Callback
from ticketing.services import demo_storm
from ticketing.services import province as provinces
from ticketing.services.demo_storm import Story


@dataclass(frozen=True)
class Books:
    """What went in and what is there."""

    calls_sent: int
    calls_recorded: int
    without_outcome_or_duty: int
    forgeries_sent: int
    forgeries_accepted: int
    p95_ms: float
    events_sent: int
    events_per_second: float
    events_unanswered: int
    calls_repaired: int


@click.command("calls")
@click.option(
    "--lines", type=click.IntRange(1), default=59, show_default=True, help="hotlines that are called"
)
@click.option("--calls", "number", type=click.IntRange(1), default=5000, show_default=True, help="calls")
@click.option("--speed", type=click.FloatRange(1), default=100, show_default=True, help="webhooks a second")
@click.option("--seed", type=int, default=None, help="for the same storm again")
@click.option("--server", default=None, help="where the server listens  [default: its public address]")
@click.option("--json", "as_json", is_flag=True, help="end with one JSON object")
def storm(lines: int, number: int, speed: float, seed: int | None, server: str | None, as_json: bool) -> None:
    """Ring the running server's lines: signed webhooks, some twice, out of order, late, lost or forged.

    What was lost is repaired as after an outage: from the provider's own list.
    """
    voice: TwilioVoice | None = current_app.extensions["voice"]
    if not current_app.config["DEMO"] or voice is None or voice.account_sid != DEMO_ACCOUNT:
        raise click.ClickException(
            "Invented calls are for the demo, and for one without a provider's account."
        )
    dice = random.Random(seed)  # noqa: S311  invents calls
    stories = _invented(number, lines, dice)
    hooks = demo_storm.on_the_way(stories, dice)
    click.echo(f"{number} calls on {lines} lines, {len(hooks)} webhooks at {speed:g} a second …")
    sent = demo_provider.send(hooks, voice, server or current_app.config["ADDRESS"], speed)
    with demo_provider.own_list(stories) as api:
        asked = TwilioVoice(
            DEMO_ACCOUNT, vault.mac(DEMO_ACCOUNT), current_app.config["ADDRESS"], api=api
        ).calls_since(min(story.began for story in stories))
        repaired = take(asked, PROVIDER)
    books = _books(stories, sent, len(hooks), repaired.new + repaired.changed)
    for name, value in dataclasses.asdict(books).items():
        click.echo(f"{name.replace('_', ' '):<24} {value}")
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(books)))


def _invented(number: int, lines: int, dice: random.Random) -> list[Story]:
    known = list(provinces.current().directory.hotlines)[:lines]
    phones = list(db.session.scalars(select(Account.desk_phone).where(Account.desk_phone.is_not(None))))
    now = current_app.extensions["clock"]()
    told = demo_storm.stories(number, known, phones or ["client:nobody"], now, dice)
    return [dataclasses.replace(story, account=DEMO_ACCOUNT) for story in told]


def _books(stories: Sequence[Story], sent: Sent, events: int, repaired: int) -> Books:
    run = Call.provider_id.startswith(stories[0].sid[:14])
    duty = select(Callback.id).where(Callback.call_id == Call.id, Callback.done_at.is_(None)).exists()
    nothing = Call.ended_at.is_(None) | (Call.outcome.is_(None) & ~duty)
    recorded, bare = db.session.execute(
        select(func.count(), func.count().filter(nothing)).select_from(Call).where(run)
    ).one()
    forged = select(func.count()).where(Call.provider_id.startswith(demo_storm.forged(stories[0].sid)[:14]))
    accepted = sent.accepted + (db.session.scalar(forged) or 0)
    return Books(
        calls_sent=len(stories),
        calls_recorded=recorded,
        without_outcome_or_duty=bare,
        forgeries_sent=sent.forgeries,
        forgeries_accepted=accepted,
        p95_ms=round(sent.p95, 1),
        events_sent=events,
        events_per_second=round(events / max(sent.seconds, 0.001), 1),
        events_unanswered=sent.unanswered,
        calls_repaired=repaired,
    )
