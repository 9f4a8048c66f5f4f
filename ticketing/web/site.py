"""What the frame of every page needs; it must render on error pages too, with no database behind it."""

from dataclasses import dataclass
from typing import Any

import phonenumbers
import structlog
from flask import Flask, current_app, g, request
from flask_login import current_user

from ticketing.domain.actors import Actor
from ticketing.domain.permissions import Permission, may
from ticketing.domain.words import N_
from ticketing.services import notices
from ticketing.services.trace import request_id
from ticketing.web import i18n
from ticketing.web.addresses import address
from ticketing.web.context import now, province, staff
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, named, words
from ticketing.web.moments import dated

LOOKS = {
    "lang": ("zh", "en"),
    "theme": ("auto", "light", "dark"),
    "density": ("comfortable", "compact"),
    "keys": ("on", "off"),
}
log = structlog.get_logger()


@dataclass(frozen=True)
class Room:
    """One entry of the staff's rail: where, called what, for whom; `blueprint` lights it up."""

    words: str
    endpoint: str
    permission: Permission
    group: str = ""


#: The rooms in the order of the rail.
ROOMS = (
    Room(N_("登记诉求"), "desk.register", Permission.REGISTER, N_("话务")),
    Room(N_("诉求记录"), "desk.tickets", Permission.SEE_DESK),
    Room(N_("回访"), "desk.follow_ups", Permission.FOLLOW_UP),
    Room(N_("待派单"), "dispatch.queue", Permission.SEE_DISPATCH, N_("派单")),
    Room(N_("本单位工单"), "bureau.queue", Permission.SEE_BUREAU, N_("承办")),
    Room(N_("我的工单"), "bureau.mine", Permission.SEE_BUREAU),
    Room(N_("待审核"), "bureau.approvals", Permission.SEE_BUREAU),
    Room(N_("督办大屏"), "watch.wallboard", Permission.SEE_WATCH, N_("督办")),
    Room(N_("超时工单"), "watch.overdue", Permission.SEE_WATCH),
    Room(N_("退单"), "watch.returns", Permission.SEE_WATCH),
    Room(N_("待审核"), "watch.approvals", Permission.SEE_WATCH),
    Room(N_("通报"), "listings.show", Permission.SEE_WATCH),
    Room(N_("账号"), "admin.accounts", Permission.SEE_ADMIN, N_("管理")),
    Room(N_("通知发送"), "admin.deliveries", Permission.SEE_ADMIN),
)
#: Keys that work in every room, and those that go to one.
ROOM_WIDE = (
    ("?", N_("快捷键帮助"), "do", "help"),
    ("/", N_("搜索"), "focus", "#q"),
    ("j", N_("下一行"), "do", "next"),
    ("k", N_("上一行"), "do", "prev"),
    ("Enter", N_("打开"), "do", "open"),
    ("x", N_("选中"), "do", "select"),
)
GOES = (
    ("q", "bureau.queue", Permission.SEE_BUREAU, N_("去工单")),
    ("d", "dispatch.queue", Permission.SEE_DISPATCH, N_("去派单")),
    ("w", "watch.wallboard", Permission.SEE_WATCH, N_("去大屏")),
    ("r", "desk.register", Permission.REGISTER, N_("去登记")),
)


def init_app(app: Flask) -> None:
    """Hand the frame to every template."""
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """Return the frame's values; the staff's part only inside the staff rooms."""
    values: dict[str, Any] = {"site": _site()}
    if i18n.in_staff_room():
        values |= _staff_frame()
    return values


def _site() -> dict[str, Any]:
    identity = _identity()
    return {
        **identity,
        "lang": "en" if language() == "en" else "zh-CN",
        "theme": _look("theme", "").replace("auto", ""),
        "density": _look("density", ""),
        "here": request.full_path.rstrip("?"),
        "request_id": request_id() or "",
        "printed_by": _printed_by(),
        "links": {
            "home": address("public.home"),
            "submit": address("submit.begin"),
            "status": address("status.login"),
            "privacy": address("public.privacy"),
            "login": address("auth.login"),
            "preferences": address("preferences.save"),
        },
    }


def _look(name: str, default: str) -> str:
    value = request.cookies.get(name, default)
    return value if value in LOOKS[name] else default


def _printed_by() -> str:
    who = (
        current_user.account.name if i18n.in_staff_room() and current_user.is_authenticated else _("企业自助")
    )
    return _("打印：%(who)s，%(when)s", who=who, when=dated(now()).words)


def _identity() -> dict[str, str]:
    """Return the province's name and telephone; what was last known where the database does not answer."""
    kept: dict[str, dict[str, str]] = current_app.extensions.setdefault("identity", {})
    try:
        current = province()
    except Exception as error:  # noqa: BLE001  the frame of an error page must stand on its own
        log.warning("the frame has no province", error=type(error).__name__)
        return kept.get(
            language(), {"name": _("企业诉求热线"), "motto": "", "phone": "", "phone_href": "", "hours": ""}
        )
    line = current.directory.hotlines[current.sheet["central_line"]]
    number = phonenumbers.parse(line.number)
    name = current.sheet["name_en" if language() == "en" else "name_zh"]
    kept[language()] = {
        "name": _("%(province)s企业诉求", province=name),
        "motto": _("企业有呼，政府必应"),
        "phone": shown_phone(number),
        "phone_href": f"tel:{line.number}",
        "hours": _("24 小时有人接听") if line.hours == "24h" else _("工作日 8:30–17:00"),
    }
    return kept[language()]


def shown_phone(number: phonenumbers.PhoneNumber) -> str:
    """Return a number as people here write it: 0451-87001234."""
    area, _space, rest = phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.NATIONAL
    ).partition(" ")
    return f"{area}-{rest.replace(' ', '')}" if rest else area


def _staff_frame() -> dict[str, Any]:
    actor = staff()
    if actor is None:
        return {}
    return {
        "nav_items": _nav(actor),
        "me": {
            "name": current_user.account.name,
            "bureau": _bureaus(actor),
            "logout": address("auth.logout"),
        },
        "keys": keys(),
        "keys_on": _look("keys", "on") == "on",
    }


def _nav(actor: Actor) -> list[dict[str, Any]]:
    items, group = [], ""
    for room in ROOMS:
        group = room.group or group
        if may(actor, room.permission):
            items.append(
                {
                    "words": words(room.words),
                    "url": address(room.endpoint),
                    "here": request.endpoint == room.endpoint,
                    "count": "",
                    "hot": False,
                    "group": words(group),
                }
            )
            group = ""
    unread = notices.unread(actor)
    items.append(
        {"words": _("消息"), "url": address("notices.mine"), "here": request.endpoint == "notices.mine",
         "count": unread or "", "hot": bool(unread), "group": _("我")}
    )  # fmt: skip
    return items


def _bureaus(actor: Actor) -> str:
    bureaus = province().directory.bureaus
    return _("、").join(named(bureaus[code]) for code in sorted(actor.bureau_codes) if code in bureaus)


def keys() -> list[dict[str, str]]:
    """Return the keys of the page, the room-wide ones first; the help table is what works."""
    room_wide = [{"key": key, "words": words(said), kind: target} for key, said, kind, target in ROOM_WIDE]
    actor = staff()
    wide = [
        {"key": f"g {key}", "words": words(said), "href": address(endpoint)}
        for key, endpoint, permission, said in GOES
        if actor is not None and may(actor, permission)
    ]
    return [*room_wide, *wide, *g.get("page_keys", [])]
