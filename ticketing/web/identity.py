"""The province's name and telephone, as the frame of every page tells them."""

import functools

import phonenumbers
import structlog
from flask import current_app

from ticketing.services.province import Province
from ticketing.web.context import province
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language

log = structlog.get_logger()


def told() -> dict[str, str]:
    """Return the province's name and telephone; what was last known where the database does not answer."""
    kept: dict[str, dict[str, str]] = current_app.extensions.setdefault("identity", {})
    try:
        current = province()
    except Exception as error:  # noqa: BLE001  the frame of an error page must stand on its own
        log.warning("the frame has no province", error=type(error).__name__)
        return kept.get(
            language(), {"name": _("企业诉求热线"), "motto": "", "phone": "", "phone_href": "", "hours": ""}
        )
    kept[language()] = _told(current, language())
    return kept[language()]


@functools.lru_cache(maxsize=8)
def _told(current: Province, spoken: str) -> dict[str, str]:
    line = current.directory.hotlines[current.sheet["central_line"]]
    number = phonenumbers.parse(line.number)
    name = current.sheet["name_en" if spoken == "en" else "name_zh"]
    return {
        "name": _("%(province)s企业诉求", province=name),
        "motto": _("企业有呼，政府必应"),
        "phone": shown_phone(number),
        "phone_href": f"tel:{line.number}",
        "hours": _("24 小时有人接听") if line.hours == "24h" else _("工作日 8:30–17:00"),
    }


@functools.lru_cache(maxsize=512)
def shown_number(e164: str) -> str:
    """Return a number of the directory as people here write it."""
    return shown_phone(phonenumbers.parse(e164))


def shown_phone(number: phonenumbers.PhoneNumber) -> str:
    """Return a number as people here write it: 0451-87001234."""
    area, _space, rest = phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.NATIONAL
    ).partition(" ")
    return f"{area}-{rest.replace(' ', '')}" if rest else area
