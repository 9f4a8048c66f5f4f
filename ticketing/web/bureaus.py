"""Bureaus as people type them: by short name, full name or code, completed from a list on the page."""

import functools

from markupsafe import Markup

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.services.pinyin import order
from ticketing.services.province import Province


@functools.lru_cache(maxsize=2)
def listed(province: Province) -> Markup:
    """Return the list that completes the fields of a page that name a bureau, by sound; the same all day."""
    options = (
        Markup('<option value="{}">').format(bureau.short_name_zh)
        for bureau in sorted(province.directory.bureaus.values(), key=lambda one: order(one.short_name_zh))
    )
    return Markup('<datalist id="bureaus">{}</datalist>').format(Markup().join(options))


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
