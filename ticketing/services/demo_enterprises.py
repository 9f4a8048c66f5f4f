"""The demo's enterprises: proved, with two people of one of them, through the same steps as everybody else."""

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from ticketing.domain.enterprise import ENTERPRISE_ROLE_WORDS, EnterpriseRole
from ticketing.extensions import db
from ticketing.models import EnterpriseTicket, Membership, Person, Ticket
from ticketing.services import enterprises, people


def shown(folder: Path) -> list[dict[str, str]]:
    """Return whom one may sign in as, as the login page and the command list them."""
    return [
        {
            "phone": person["phone"],
            "name": person["name"],
            "enterprise": one["name"],
            "role": ENTERPRISE_ROLE_WORDS[EnterpriseRole(person["role"])],
        }
        for one in _told(folder).get("enterprises", [])
        for person in one["people"]
    ]


def load(folder: Path, tickets: dict[str, Ticket], password: str, now: dt.datetime) -> None:
    """Fill the register, let enterprises prove themselves, their people join and take their requests over."""
    told = _told(folder)
    enterprises.load_register(told.get("register", []), now)
    for one in told.get("enterprises", []):
        begun = now - dt.timedelta(days=20)
        members = [_member(one, person, password, begun) for person in one["people"]]
        for ref in one["tickets"]:
            keeper = members[-1]
            link = {"enterprise_id": keeper.enterprise_id, "person_id": keeper.person_id}
            db.session.add(EnterpriseTicket(ticket_id=tickets[ref].id, how="claimed", at=now, **link))
    db.session.flush()


def _member(one: dict[str, Any], told: dict[str, str], password: str, now: dt.datetime) -> Membership:
    person: Person = people.begin(people.parse_mobile(told["phone"]), now, name=told["name"])
    people.set_password(person, password)
    role = EnterpriseRole(told["role"])
    found = enterprises.proved(person, one["register_code"], one["name"], "register_phone", now, role=role)
    membership = enterprises.membership_of(person.id, found.id)
    if membership is None:
        raise RuntimeError("a person who was just proved does not act for the enterprise")
    return membership


def _told(folder: Path) -> dict[str, Any]:
    path = folder / "demo" / "enterprises.yaml"
    return yaml.safe_load(path.read_text()) if path.exists() else {}
