"""Chinese first, English second: which language a request gets, and words from below put into it."""

import functools
import re
from typing import Any

import flask_babel
from flask import Flask, g, request
from flask_login import current_user
from markupsafe import Markup

from ticketing.domain.errors import DomainError

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
COOKIE = "lang"
CHINESE, LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]{2,}")


def init_app(app: Flask) -> None:
    """Let templates say words as the views do; `_` without Jinja's search for it, twenty times a page."""
    app.jinja_env.install_gettext_callables(_word_here, flask_babel.ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = _marked
    app.jinja_env.globals["spoken"] = spoken


def spoken(told: str | None) -> str:
    """Return the attribute that lets Chinese words of people on an English page be read out, and drawn, as Chinese."""
    if language() != "en" or len(CHINESE.findall(told or "")) <= len(LATIN.findall(told or "")):
        return ""
    return Markup(' lang="zh-CN"')


def choose() -> str:
    """Return Babel's name of the locale: the chosen one, the account's, the browser's, Chinese."""
    return LOCALES[language()]


def language() -> str:
    """Return `zh` or `en`, settled once a request."""
    try:
        return g.language  # type: ignore[no-any-return]
    except AttributeError:
        g.language = _language()
        return g.language  # type: ignore[no-any-return]


def _language() -> str:
    chosen = request.cookies.get(COOKIE)
    if chosen in LOCALES:
        return chosen
    if in_staff_room() and current_user.is_authenticated:
        return current_user.account.locale if current_user.account.locale in LOCALES else "zh"
    return request.accept_languages.best_match(["zh", "zh-CN", "en"], "zh")[:2]


STAFF_ROOMS = frozenset(
    {
        "desk",
        "tickets",
        "dispatch",
        "bureau",
        "watch",
        "admin",
        "answers",
        "audits",
        "directory",
        "jobs",
        "snippets",
        "policies",
        "notices",
        "links",
        "routing",
        "views",
        "many",
        "duty",
        "calls",
        "knowledge",
        "cases",
        "case_deadlines",
        "case_records",
        "policy_replays",
        "imports",
        "exports",
        "precedents",
        "proofs",
        "listings",
        "performance",
        "reports",
        "names",
    }
)


def in_staff_room() -> bool:
    """Tell whether the request goes to a room of colleagues, whose frame is the desk's."""
    return request.blueprint in STAFF_ROOMS


def gettext(text: str, **values: Any) -> str:
    """Return a sentence in the reader's language, with its values put in."""
    said = _word(language(), text)
    return said % values if values else said


def words(text: str, **values: Any) -> str:
    """Translate a word that a lower layer marked with `N_`."""
    return gettext(text, **values) if text else ""


def _word_here(text: str) -> str:
    return _word(language(), text)


def _marked(text: str, **values: Any) -> Markup:
    """Return a sentence of ours as markup, with what is put in escaped."""
    return _markup(language(), text) % values if values else _plain(language(), text)


@functools.lru_cache(maxsize=4096)
def _markup(tongue: str, text: str) -> Markup:
    return Markup(_word(tongue, text))  # noqa: S704  our own words; what is put in is escaped


@functools.lru_cache(maxsize=4096)
def _plain(tongue: str, text: str) -> Markup:
    """A sentence into which nothing is put: only its doubled percent signs are read."""
    return _markup(tongue, text) % ()


@functools.lru_cache(maxsize=4096)
def _word(_language: str, text: str) -> str:
    """Look a sentence up once a process: a page says a hundred of the same few."""
    return str(flask_babel.gettext(text))


def sentence(error: DomainError) -> str:
    """Return what a refusal says, in the reader's language; a value that has a name in both is said in it too."""
    values = {key: named(one) if hasattr(one, "name_en") else one for key, one in error.values.items()}
    return gettext(error.message, **values)


def named(row: Any) -> str:
    """Return the name of a bureau, region or topic in the reader's language."""
    if language() == "en":
        return row.name_en
    return getattr(row, "short_name_zh", None) or row.name_zh


def labelled(hotline: Any) -> str:
    """Return the name of a hotline in the reader's language."""
    return str(hotline.label_en if language() == "en" else hotline.label_zh)
