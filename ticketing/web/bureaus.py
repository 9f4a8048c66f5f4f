"""Bureaus as people type them: by short name, full name or code, completed from a list that pages share.

The list has every bureau of the province: its bytes would be a sixth of a page, so a page asks for it when somebody
comes to such a field (static/js/names.js), once a day; whoever has no JavaScript types the name.
"""

import functools

from flask import Blueprint, Response
from markupsafe import Markup

from ticketing.domain.errors import Invalid
from ticketing.domain.permissions import Permission
from ticketing.domain.words import N_
from ticketing.services.pinyin import order
from ticketing.services.province import Province
from ticketing.web.addresses import address
from ticketing.web.context import province
from ticketing.web.guard import needs
from ticketing.web.i18n import language, named

names = Blueprint("names", __name__)
DAY = 24 * 3600


def listed(current: Province) -> Markup:
    """Return the place of the list on a page; its address changes with the province and the reader's language."""
    where = address("names.bureaus", v=f"{current.revision}-{language()}")
    return Markup('<datalist id="bureaus" data-from="{}"></datalist>').format(where)


@names.get("/names/bureaus")
@needs(Permission.SEE_NOTICES)
def bureaus() -> Response:
    """Hand out the bureaus by the sound of their names."""
    answer = Response(_options(province(), language()))
    answer.headers["Cache-Control"] = f"private, max-age={DAY}"
    return answer


@functools.lru_cache(maxsize=4)
def _options(current: Province, _language: str) -> Markup:
    found = sorted((named(one) for one in current.directory.bureaus.values()), key=order)
    return Markup().join(Markup('<option value="{}">').format(name) for name in found)


def resolve(typed: str, province: Province, *, field: str) -> str:
    """Return the code of the bureau that was typed.

    Raises:
        Invalid: at `field`; nobody has that name, or several have.
    """
    wanted = typed.strip()
    if wanted in province.directory.bureaus:
        return wanted
    found = [
        bureau.code
        for bureau in province.directory.bureaus.values()
        if wanted in (bureau.short_name_zh, bureau.name_zh, bureau.name_en)
    ]
    if len(found) != 1:
        raise Invalid(N_("没有这个承办单位，请从列表中选择。"), field=field)
    return found[0]
