"""The commands of `flask routing`. They can train, so they are imported when they are called."""

import json
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError

from routing import cases, evaluation, examples, hints
from routing.decision import Decision, Request
from routing.decision import decide as decided
from routing.directory import Directory
from routing.model import Model
from routing.rules import CRITICAL, RuleBook
from routing.training import train as trained
from ticketing.domain.contact import parse_phone
from ticketing.domain.errors import Invalid, NotFound
from ticketing.extensions import db, transaction
from ticketing.services import learning, province, shelf
from ticketing.services import pack as packs

AS_JSON = click.option("--json", "as_json", is_flag=True, help="print objects instead of text")


@dataclass(frozen=True, eq=False)
class _Desk:
    """What deciding needs: the loaded province with its published model, or the pack's files with a fresh one."""

    directory: Directory
    rules: RuleBook
    published: Model | None
    folder: Path

    @cached_property
    def model(self) -> Model:
        return self.published or trained(examples.of_pack(self.folder), self.directory, self.rules)

    def answer(self, request: Request) -> tuple[Decision, hints.Hints]:
        text = f"{request.subject}\n{request.body}"
        return decided(request, self.directory, self.rules, self.model), hints.read(
            text, self.rules, self.model
        )


def _desk() -> _Desk:
    folder: Path = current_app.config["PROVINCE_PACK"]
    try:
        loaded = province.current()
    except (NotFound, DBAPIError):
        db.session.rollback()
        found = packs.read(folder)
        return _Desk(packs.directory_of(found), packs.rules_of(found), None, folder)
    return _Desk(loaded.directory, loaded.rules, loaded.model, folder)


def _asked(text: str, hotline: str | None, topic: str | None, directory: Directory) -> Request:
    """Return what was asked; a number is understood as people write it, a wrong one is no number that was called."""
    if not text.strip():
        raise click.ClickException("--text is empty.")
    if topic is not None and topic not in directory.topics:
        raise click.ClickException(f"--topic {topic}: the directory has no such topic.")
    number = hotline
    if hotline is not None and hotline not in directory.hotlines:
        try:
            number = parse_phone(hotline).e164
        except Invalid:
            number = None
        if number not in directory.hotlines:
            raise click.ClickException(f"--hotline {hotline}: the directory has no such number.")
    return Request(subject="", body=text, hotline_number=number, topic_code=topic)


@click.command("decide")
@click.option("--text", required=True, help="what was said or written")
@click.option("--hotline", help="the number that was called")
@click.option("--topic", help="the code of the topic that was chosen")
@AS_JSON
def decide(text: str, hotline: str | None, topic: str | None, *, as_json: bool) -> None:
    """Say who answers a text, how sure that is, and why."""
    desk = _desk()
    decision, read = desk.answer(_asked(text, hotline, topic, desk.directory))
    told = _plain(decision, read)
    click.echo(json.dumps(told, ensure_ascii=False, indent=1) if as_json else _text(told))


def _plain(decision: Decision, read: hints.Hints) -> dict[str, Any]:
    return {
        "kind": decision.kind.value,
        "bureau": decision.bureau_code,
        "line": decision.line,
        "topic": decision.topic_code,
        "region": decision.place,
        "lines": [{"line": line or None, "probability": round(share, 4)} for line, share in decision.lines],
        "candidates": [
            {"bureau": one.bureau_code, "probability": one.probability} for one in decision.candidates
        ],
        "reasons": [reason.stored() for reason in decision.reasons],
        "urgency": read.urgency.says if read.urgency else None,
        "urgency_because": read.urgency.because if read.urgency else None,
        "type": read.type.says if read.type else None,
        "versions": dict(decision.versions),
    }


def _text(told: dict[str, Any]) -> str:
    rows = [f"{told['kind']}  {told['bureau'] or '-'}  {told['line'] or '-'}  {told['region'] or '-'}"]
    rows += [f"  {one['probability']:.2f}  {one['line'] or 'nobody'}" for one in told["lines"]]
    for reason in told["reasons"]:
        words = "; ".join(
            "、".join(v) if isinstance(v, list) else v for k, v in reason.items() if k != "kind"
        )
        rows.append(f"  {reason['kind']}: {words}")
    if told["urgency"]:
        rows.append(f"  {told['urgency']}: {told['urgency_because']}")
    return "\n".join(rows)


@click.command("evaluate")
@click.argument("file", type=click.File("rb"))
@AS_JSON
def evaluate(file: BinaryIO, *, as_json: bool) -> None:
    """Measure the router on texts whose line is known, one JSON object a line.

    Fields: id, text, line, also_ok, region, and where they are known hotline and urgent.
    """
    desk = _desk()
    try:
        asked = cases.read(file.read(), desk.directory)
    except cases.CaseError as error:
        raise click.ClickException(f"{file.name}, {error}.") from error
    unknown = cases.unknown_places(asked, desk.directory)
    if unknown:
        click.echo(f"{file.name}: the directory has no {', '.join(unknown)}.", err=True)
    desk.answer(Request(subject="", body="x"))  # words and places are compiled once, before the clock runs

    def answer(case: evaluation.Case) -> tuple[Decision, bool]:
        decision, read = desk.answer(Request(subject="", body=case.text, hotline_number=case.hotline))
        return decision, read.urgency is not None and read.urgency.says == CRITICAL

    found = evaluation.figures(evaluation.run(asked, answer, time.perf_counter)).plain()
    del found["cases"]
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return
    click.echo("\n".join(f"{name:<17}{'-' if value is None else value}" for name, value in found.items()))


@click.command("train")
@click.option("--first", is_flag=True, help="do nothing where a model is published already")
@AS_JSON
def train(*, first: bool, as_json: bool) -> None:
    """Train on the pack's examples and what people taught, put the model on the shelf; the first one is published."""
    with transaction():
        loaded, kept = province.current(), shelf.published()
        if first and kept is not None and loaded.model is not None:
            click.echo(f"Model {kept.version} is published: nothing to train.")
            return
        before = time.perf_counter()
        material = [*examples.of_pack(current_app.config["PROVINCE_PACK"]), *learning.examples(loaded)]
        model = trained(material, loaded.directory, loaded.rules)
        seconds = round(time.perf_counter() - before, 1)
        now = current_app.extensions["clock"]()
        row = shelf.put(model, dict(model.facts), now)
        if kept is None or loaded.model is None:
            shelf.publish(row, now)
        told = {"version": model.version, "state": row.state, "seconds": seconds, **model.facts}
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        click.echo(f"Model {model.version}: {told['examples']} examples, {seconds} s, {told['state']}.")
