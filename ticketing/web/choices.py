"""Long lists of the province as grouped choices: topics by line, regions by prefecture, hotlines."""

import functools
from typing import Any

from markupsafe import Markup
from wtforms.fields.choices import SelectChoice

from routing.directory import COUNTY, PREFECTURE, PROVINCE
from ticketing.services.province import Province
from ticketing.web.forms.base import option
from ticketing.web.i18n import labelled, language, named
from ticketing.web.identity import shown_number


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
        option(line.number, f"{labelled(line)} {shown_number(line.number)}")
        for line in province.directory.hotlines.values()
    ]


@functools.lru_cache(maxsize=512)
def drawn(pairs: tuple[tuple[str, str], ...], chosen: str) -> Markup:
    """Draw the options of a long list, (value, words) each, once a process: a filter shows the same to everybody."""
    marks = {True: Markup(" selected"), False: ""}
    option = Markup('<option value="{}"{}>{}')
    return Markup("").join(option.format(value, marks[value == chosen], said) for value, said in pairs)


def _name(row: object) -> str:
    return row.name_en if language() == "en" else row.name_zh  # type: ignore[attr-defined,no-any-return]
