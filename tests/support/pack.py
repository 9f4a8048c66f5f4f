"""Loads a pack into the test database in the shortest way."""

import csv
import datetime as dt
from pathlib import Path

import yaml

from ticketing.extensions import db, transaction
from ticketing.models import Bureau, Hotline, PolicyDocument, Region, Topic

LISTS = {"aliases", "languages", "keywords_zh"}
TABLES = (("regions", Region), ("bureaus", Bureau), ("hotlines", Hotline), ("topics", Topic))


def load_pack(folder: Path, now: dt.datetime) -> None:
    with transaction():
        for name, model in TABLES:
            with (folder / f"{name}.csv").open() as stream:
                for position, row in enumerate(csv.DictReader(stream)):
                    db.session.add(
                        model(position=position, active=True, **{k: _value(k, v) for k, v in row.items()})
                    )
            db.session.flush()
        documents = [("calendar", p.stem, p) for p in sorted((folder / "calendar").glob("*.yaml"))]
        documents += [
            ("sla", "default", folder / "sla/policy.yaml"),
            ("routing", "rules", folder / "routing/rules.yaml"),
        ]
        documents += [("coordination", p.stem, p) for p in sorted((folder / "coordination").glob("*.yaml"))]
        documents += [("pack", "sheet", folder / "pack.yaml")]
        for kind, code, path in documents:
            body = yaml.load(path.read_text(), Loader=yaml.BaseLoader if kind == "pack" else yaml.SafeLoader)
            db.session.add(
                PolicyDocument(
                    kind=kind,
                    code=code,
                    version=str(body.get("version", 1)),
                    author="test",
                    published_on=dt.date(2020, 1, 1),
                    loaded_at=now,
                    body=_plain(body),
                )
            )
            db.session.flush()


def _value(name: str, text: str) -> object:
    if name in LISTS:
        return [word for word in text.split("|") if word]
    if name == "needs_region":
        return text == "yes"
    if name == "priority":
        return int(text)
    return (text or None) if name == "parent_code" else text


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value
