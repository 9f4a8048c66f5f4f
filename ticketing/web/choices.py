"""Long lists of the province as grouped choices: topics by line, regions by prefecture, hotlines."""

from typing import Any

from wtforms.fields.choices import SelectChoice

from routing.directory import COUNTY, PREFECTURE, PROVINCE
from ticketing.services.province import Province
from ticketing.web.forms.base import option
from ticketing.web.i18n import labelled, language, named


def topics(province: Province) -> list[SelectChoice]:
    """Return the topics, grouped by the department whose line they are."""
    directory = province.directory
    found = []
    for topic in directory.topics.values():
        department = directory.provincial_bureau(topic.line)
        found.append(option(topic.code, _name(topic), named(department) if department else topic.line))
    return found


def lines(province: Province) -> list[SelectChoice]:
    """Return the lines of work, each with who has it at the province (else with one of its bureaus)."""
    found: dict[str, Any] = {}
    for bureau in province.directory.bureaus.values():
        if bureau.line not in found or bureau.level == PROVINCE:
            found[bureau.line] = bureau
    return [option(line, f"{_name(found[line])} · {line}") for line in sorted(found)]


def regions(province: Province) -> list[SelectChoice]:
    """Return the places, counties under their prefecture; the prefecture itself stands first in its group."""
    directory = province.directory
    found = [option(directory.province.code, _name(directory.province))]
    for city in (one for one in directory.regions.values() if one.level == PREFECTURE):
        found.append(option(city.code, _name(city), _name(city)))
        inside = (
            one for one in directory.regions.values() if one.level == COUNTY and one.parent_code == city.code
        )
        found += [option(one.code, _name(one), _name(city)) for one in inside]
    return found


def hotlines(province: Province) -> list[SelectChoice]:
    """Return the hotlines with their numbers."""
    return [
        option(line.number, f"{labelled(line)} {line.number}")
        for line in province.directory.hotlines.values()
    ]


def _name(row: object) -> str:
    return row.name_en if language() == "en" else row.name_zh  # type: ignore[attr-defined,no-any-return]
