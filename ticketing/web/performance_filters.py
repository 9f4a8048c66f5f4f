"""What the figures of a period can be asked for: a hotline, line, region or type out of a list, a bureau by name."""

import functools
from collections.abc import Iterable
from typing import Any

from flask import request

from ticketing.domain.errors import Invalid
from ticketing.domain.vocabulary import TYPE_WORDS
from ticketing.services.performance import Asked
from ticketing.services.pinyin import order
from ticketing.web import bureaus, choices
from ticketing.web.context import province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import labelled, language, words
from ticketing.web.performance_view import BY_WORDS, name_of


def bureau() -> str:
    """Return the bureau that the address names, by code or as somebody typed it; one that is nobody's is none."""
    typed = request.args.get("bureau", "").strip()
    if not typed or typed in province().archive.bureaus:
        return typed
    try:
        return bureaus.resolve(typed, province(), field="bureau")
    except Invalid:
        return ""


def drawn(asked: Asked) -> dict[str, Any]:
    """Return what the page needs to ask: the choices, the list of bureaus, and a typed name that is nobody's."""
    return {
        "filters": filters(asked),
        "bureaus": bureaus.listed(province()),
        "unknown": "" if asked.bureau else request.args.get("bureau", "").strip(),
    }


def filters(asked: Asked) -> list[dict[str, Any]]:
    """Return the choices beside the period; a bureau is typed, because there are hundreds."""
    options = _options(language(), province().revision)
    return [
        {
            "name": name,
            "words": words(said),
            "value": name_of(name, value) if (value := getattr(asked, name)) else "",
            "options": choices.drawn(options[name], value) if name in options else "",
        }
        for name, said in BY_WORDS.items()
    ]


@functools.lru_cache(maxsize=8)
def _options(_language: str, _revision: int) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return what may be chosen of each dimension, hotlines by sound; the province changes rarely."""
    directory = province().directory
    lines = sorted({one.line for one in directory.topics.values()})
    options: dict[str, Iterable[tuple[str, str]]] = {
        "hotline": _by_sound((one.number, labelled(one)) for one in directory.hotlines.values()),
        "line": [(code, name_of("line", code)) for code in lines],
        "region": [(str(one.value), str(one.label)) for one in choices.regions(province())],
        "type": [(one.value, words(said)) for one, said in TYPE_WORDS.items()],
    }
    return {name: (("", _("全部")), *found) for name, found in options.items()}


def _by_sound(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(options, key=lambda one: order(one[1]))
