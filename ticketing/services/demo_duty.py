"""The demo's roster: groups, their lines and their shifts, as the pack tells them."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ticketing.domain.clock import local
from ticketing.models import Account
from ticketing.services import duty_keeping as keeping
from ticketing.services.duty_keeping import Hours
from ticketing.services.province import Province


def load(folder: Path, people: Mapping[str, Account], now: dt.datetime, province: Province) -> None:
    """Make the groups of `demo/roster.yaml`, if the pack brings one."""
    path = folder / "demo" / "roster.yaml"
    if not path.exists():
        return
    since = local(now).date() - dt.timedelta(days=60)
    told = yaml.safe_load(path.read_text())["groups"]
    taken: set[str] = set()
    for one in sorted(told, key=lambda group: group.get("rest", False)):
        row = keeping.make_group(one["name_zh"], one["name_en"], is_desk=one.get("is_desk", False))
        keeping.set_members(row, [people[name].id for name in one["members"]])
        lines = _lines(one, province, taken)
        taken |= lines
        keeping.set_lines(row, lines)
        for who, days, starts, ends in one["shifts"]:
            hours = Hours(dt.time.fromisoformat(starts), dt.time.fromisoformat(ends))
            keeping.add_shift(row, people[who].id, days, hours, since=since)


def _lines(one: dict[str, Any], province: Province, taken: set[str]) -> set[str]:
    hotlines = province.directory.hotlines
    if one.get("rest"):
        return set(hotlines) - taken
    return set(one.get("lines", ())) | {
        number for number, line in hotlines.items() if line.region_code == one.get("region")
    }
