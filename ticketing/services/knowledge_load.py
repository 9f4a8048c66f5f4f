"""Lists of articles from a file: each has a key of its own, so that loading again revises what changed and no more."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Article
from ticketing.services import knowledge
from ticketing.services.history import Act
from ticketing.services.knowledge import Written
from ticketing.services.province import Province

NEEDED = ("key", "kind", "title", "body")
OPTIONAL = ("topic", "source", "source_url", "issued_on", "valid_until", "review_on", "change")
#: What the readers of a loaded revision are told where the file says nothing.
LOADED = N_("随列表更新")


def load_folder(folder: Path, act: Act, province: Province) -> None:
    """Load the list of a demo, where it brings one."""
    path = folder / "knowledge.yaml"
    if path.exists():
        load(read(path), act, province)


def read(path: Path) -> list[dict[str, Any]]:
    """Return the entries of a YAML file.

    Raises:
        Invalid: no list of entries, or an entry that lacks something or has something unknown.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(N_("文件读不懂：%(why)s"), why=" ".join(str(error).split())) from None
    if not isinstance(entries, list):
        raise Invalid(N_("文件里应当是一个列表，每项一篇。"))
    for place, entry in enumerate(entries, start=1):
        _check(place, entry)
    return entries


def _check(place: int, entry: object) -> None:
    known = isinstance(entry, dict) and set(NEEDED) <= set(entry) <= {*NEEDED, *OPTIONAL}
    if not known:
        raise Invalid(
            N_("第 %(place)s 项要有 %(needed)s，还可以有 %(optional)s。"),
            place=place, needed="、".join(NEEDED), optional="、".join(OPTIONAL),
        )  # fmt: skip
    for name in ("issued_on", "valid_until", "review_on"):
        if not isinstance(entry.get(name), dt.date | None):  # type: ignore[attr-defined]
            raise Invalid(N_("第 %(place)s 项的 %(name)s 应当是日期。"), place=place, name=name)


def load(
    entries: list[dict[str, Any]],
    act: Act,
    province: Province,
    *,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[int, int]:
    """Write new entries and revise changed ones; return how many of each. `told` hears each title.

    Raises:
        Invalid: an unknown topic, or a field that cannot be.
    """
    keys = [str(entry["key"]) for entry in entries]
    there = {
        one.source_key: one for one in db.session.scalars(select(Article).where(Article.source_key.in_(keys)))
    }
    written = revised = 0
    for entry in entries:
        wanted, article = _written(entry, province), there.get(str(entry["key"]))
        if article is None:
            first = replace(wanted, change=str(entry.get("change", "")))
            knowledge.write(first, act, source_key=str(entry["key"]))
            written += 1
        elif knowledge.differs(article, wanted):
            knowledge.revise(article, wanted, act, seen=article.version)
            revised += 1
        else:
            continue
        told(wanted.title)
    return written, revised


def _written(entry: dict[str, Any], province: Province) -> Written:
    topic = entry.get("topic")
    if topic is not None and topic not in province.directory.topics:
        raise Invalid(N_("没有这个事项主题：%(topic)s"), topic=topic)
    return Written(
        kind=str(entry["kind"]),
        title=str(entry["title"]),
        body=str(entry["body"]),
        topic_code=topic,
        source=str(entry.get("source", "")),
        source_url=str(entry.get("source_url", "")),
        issued_on=entry.get("issued_on"),
        valid_until=entry.get("valid_until"),
        review_on=entry.get("review_on"),
        change=str(entry.get("change", LOADED)),
    )
