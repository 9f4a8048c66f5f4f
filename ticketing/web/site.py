"""What the frame of every page needs; it must render on error pages too, with no database behind it."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request
from flask_login import current_user
from markupsafe import Markup, escape

from ticketing.domain.actors import Actor, ActorKind, Grant
from ticketing.domain.permissions import Permission, may
from ticketing.domain.vocabulary import Door
from ticketing.domain.words import N_
from ticketing.services.trace import request_id
from ticketing.web import i18n, identity
from ticketing.web.addresses import address
from ticketing.web.context import now, province, staff
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language, named, words
from ticketing.web.moments import dated
from ticketing.web.sessions import form_token

LOOKS = {
    "lang": ("zh", "en"),
    "theme": ("auto", "light", "dark"),
    "density": ("comfortable", "compact"),
    "size": ("normal", "large"),
    "keys": ("on", "off"),
}
#: Where a frame that serves every page leaves room for the page's own address and form token.
PAGE, TOKEN = "{page}", "{token}"
#: Frames kept by a process.
KEPT = 2_000


@dataclass(frozen=True)
class Room:
    """One entry of the staff's rail: where, called what, for whom; `blueprint` lights it up."""

    words: str
    endpoint: str
    permission: Permission
    group: str = ""


#: The rooms in the order of the rail.
ROOMS = (
    Room(N_("来电"), "calls.board", Permission.ANSWER_CALLS, N_("话务")),
    Room(N_("登记诉求"), "desk.register", Permission.REGISTER, N_("话务")),
    Room(N_("回拨"), "calls.duties", Permission.ANSWER_CALLS),
    Room(N_("来电记录"), "calls.log", Permission.ANSWER_CALLS),
    Room(N_("诉求记录"), "desk.tickets", Permission.SEE_DESK),
    Room(N_("回访"), "desk.follow_ups", Permission.FOLLOW_UP),
    Room(N_("企业核实"), "proofs.waiting", Permission.CHECK_ENTERPRISES),
    Room(N_("我的班次"), "duty.mine", Permission.SEE_SHIFTS),
    Room(N_("离线登记"), "offline.form", Permission.ANSWER_CALLS),
    Room(N_("待派单"), "dispatch.queue", Permission.SEE_DISPATCH, N_("派单")),
    Room(N_("本单位工单"), "bureau.queue", Permission.SEE_BUREAU, N_("承办")),
    Room(N_("我的工单"), "bureau.mine", Permission.SEE_BUREAU),
    Room(N_("待审核"), "bureau.approvals", Permission.SEE_BUREAU),
    Room(N_("协调事项"), "cases.board", Permission.SEE_CASES, N_("协调")),
    Room(N_("督办大屏"), "watch.wallboard", Permission.SEE_WATCH, N_("督办")),
    Room(N_("超时工单"), "watch.overdue", Permission.SEE_WATCH),
    Room(N_("退回的工单"), "watch.returns", Permission.SEE_WATCH),
    Room(N_("待审核"), "watch.approvals", Permission.SEE_WATCH),
    Room(N_("通报"), "listings.show", Permission.SEE_WATCH),
    Room(N_("办理指标"), "performance.show", Permission.SEE_WATCH),
    Room(N_("月报"), "reports.listed", Permission.SEE_WATCH),
    Room(N_("热线大屏"), "watch.lines", Permission.SEE_WATCH, N_("电话")),
    Room(N_("电话数字"), "watch.telephone", Permission.SEE_WATCH),
    Room(N_("回拨"), "calls.duties", Permission.KEEP_BLOCKS),
    Room(N_("来电记录"), "calls.log", Permission.KEEP_BLOCKS),
    Room(N_("骚扰来电"), "watch.blocks", Permission.KEEP_BLOCKS),
    Room(N_("值班表"), "duty.overview", Permission.KEEP_ROSTER, N_("值班")),
    Room(N_("路由表现"), "routing.figures", Permission.SEE_ROUTING, N_("路由")),
    Room(N_("学习与模型"), "routing.models", Permission.SEE_ROUTING),
    Room(N_("账号管理"), "admin.accounts", Permission.SEE_ADMIN, N_("管理")),
    Room(N_("通知发送"), "admin.deliveries", Permission.SEE_ADMIN),
    Room(N_("后台任务"), "jobs.show", Permission.SEE_ADMIN),
    Room(N_("热线、单位与主题"), "directory.index", Permission.SEE_POLICIES),
    Room(N_("日历、时限与模板"), "policies.versions", Permission.SEE_POLICIES),
    Room(N_("导入名单"), "imports.listed", Permission.IMPORT_LISTS),
    Room(N_("导出记录"), "exports.listed", Permission.SEE_EXPORTS),
    Room(N_("审计记录"), "audits.show", Permission.SEE_AUDIT, N_("审计")),
    Room(N_("查找"), "views.find", Permission.SEARCH, N_("查阅")),
    Room(N_("视图"), "views.index", Permission.SEARCH),
    Room(N_("知识库"), "knowledge.index", Permission.SEE_KNOWLEDGE),
    Room(N_("常用语"), "snippets.index", Permission.WRITE_SNIPPETS),
)
#: Where a day begins: the first of these that a person may enter, whatever stands above it in the rail.
HOMES = ("calls.board", "dispatch.queue", "watch.wallboard", "bureau.queue", "admin.accounts", "audits.show")
#: Keys that work in every room, and those that go to one.
ROOM_WIDE = (
    ("?", N_("快捷键帮助"), "do", "help"),
    ("/", N_("搜索"), "focus", "#q"),
    ("j", N_("下一行"), "do", "next"),
    ("k", N_("上一行"), "do", "prev"),
    ("Enter", N_("打开"), "do", "open"),
    ("x", N_("选中"), "do", "select"),
)
Go = tuple[str, str, Permission, str]
PageKey = tuple[tuple[str, str], ...]
GOES: tuple[Go, ...] = (
    ("q", "bureau.queue", Permission.SEE_BUREAU, N_("去工单")),
    ("d", "dispatch.queue", Permission.SEE_DISPATCH, N_("去派单")),
    ("c", "cases.board", Permission.SEE_CASES, N_("去协调")),
    ("w", "watch.wallboard", Permission.SEE_WATCH, N_("去大屏")),
    ("k", "knowledge.index", Permission.SEE_KNOWLEDGE, N_("去知识库")),
    ("t", "calls.board", Permission.ANSWER_CALLS, N_("去来电")),
    ("b", "calls.duties", Permission.SEE_CALLS, N_("去回拨")),
    ("r", "desk.register", Permission.REGISTER, N_("去登记")),
    ("v", "views.index", Permission.SEARCH, N_("去视图")),
)


def init_app(app: Flask) -> None:
    """Hand the frame to every template."""
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """Return the frame's values; the staff's part only inside the staff rooms."""
    values: dict[str, Any] = {"site": _site()}
    if i18n.in_staff_room():
        values |= _staff_frame(values["site"])
    return values


def _site() -> dict[str, Any]:
    return {
        **identity.told(),
        "lang": "en" if language() == "en" else "zh-CN",
        "theme": _look("theme", "").replace("auto", ""),
        "density": _look("density", ""),
        "size": _look("size", "normal").replace("normal", ""),
        "here": request.full_path.rstrip("?"),
        "request_id": request_id() or "",
        "printed_by": _printed_by(),
        "links": {
            "home": address("public.home"),
            "submit": address("submit.begin"),
            "status": address("status.login"),
            "account": address("my.requests"),
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


def _staff_frame(site: dict[str, Any]) -> dict[str, Any]:
    actor = staff()
    if actor is None:
        return {}
    rooms, goes = _open_to(actor.grants)
    person = _Person(
        name=current_user.account.name,
        bureau=_bureaus(actor),
        rooms=rooms,
        unread=0 if request.endpoint == "notices.mine" else current_user.account.unread,
    )
    look = _Look(language(), site["name"], site["theme"], site["density"], _look("keys", "on") == "on")
    page_keys = tuple(tuple(key.items()) for key in g.get("page_keys", ()))
    put_in = {PAGE: escape(site["here"]), TOKEN: escape(form_token())}
    return {
        "lookers_url": address("views.lookers"),
        "rail": _put_in(_rail(look, person, request.endpoint or "", request.root_path), put_in),
        "keys_help": _put_in(_keys_help(look, goes, page_keys, request.root_path), put_in),
    }


@functools.lru_cache(maxsize=KEPT)
def _open_to(grants: frozenset[Grant]) -> tuple[tuple[Room, ...], tuple[Go, ...]]:
    """Return the rooms and the keys to them that whoever holds these grants may use."""
    actor = Actor(ActorKind.STAFF, "", Door.WEB, grants=grants)
    rooms = tuple(room for room in ROOMS if may(actor, room.permission))
    return rooms, tuple(go for go in GOES if may(actor, go[2]))


@dataclass(frozen=True)
class _Person:
    """What the rail tells of who looks; equal persons see the same rail."""

    name: str
    bureau: str
    rooms: tuple[Room, ...]
    unread: int


@dataclass(frozen=True)
class _Look:
    """How the frame looks."""

    language: str
    name: str
    theme: str
    density: str
    keys_on: bool

    def site(self) -> dict[str, Any]:
        """Return what the frame's templates read of `site`, with a place for the page's own address."""
        return {
            "lang": "en" if self.language == "en" else "zh-CN",
            "name": self.name,
            "theme": self.theme,
            "density": self.density,
            "here": PAGE,
            "links": {"home": address("public.home"), "preferences": address("preferences.save")},
        }


def _put_in(drawn: str, values: dict[str, str]) -> Markup:
    for place, value in values.items():
        drawn = drawn.replace(place, value)
    return Markup(drawn)  # noqa: S704  the templates escape, and so was each value


@functools.lru_cache(maxsize=KEPT)
def _rail(look: _Look, person: _Person, endpoint: str, _mounted_at: str) -> str:
    """Draw the rail once for everybody who sees the same."""
    me = {"name": person.name, "bureau": person.bureau, "logout": address("auth.logout")}
    template = current_app.jinja_env.get_template("layouts/rail.html")
    nav, home = _nav(person, endpoint), address(home_of(person.rooms))
    return template.render(site=look.site(), nav_items=nav, home=home, me=me, token=TOKEN)


def home_of(rooms: Sequence[Room]) -> str:
    """Return the endpoint at which the day of somebody with these rooms begins."""
    entered = [room.endpoint for room in rooms]
    return next((one for one in HOMES if one in entered), (entered or ["notices.mine"])[0])


@functools.lru_cache(maxsize=KEPT)
def _keys_help(look: _Look, goes: tuple[Go, ...], page_keys: tuple[PageKey, ...], _mounted_at: str) -> str:
    """Draw the help of a page's keys, the room-wide ones first; the help table is what works."""
    room_wide = [{"key": key, "words": words(said), kind: target} for key, said, kind, target in ROOM_WIDE]
    wide = [
        {"key": f"g {key}", "words": words(said), "href": address(endpoint)}
        for key, endpoint, _permission, said in goes
    ]
    own = [dict(key) for key in page_keys]
    template = current_app.jinja_env.get_template("layouts/keys.html")
    return template.render(site=look.site(), keys=[*room_wide, *wide, *own], keys_on=look.keys_on)


def _nav(person: _Person, endpoint: str) -> list[dict[str, Any]]:
    items, group = [], ""
    groups = {room: (group := room.group or group) for room in ROOMS}
    said = ""
    for room in person.rooms:
        group = groups[room]
        items.append(
            {
                "words": words(room.words),
                "url": address(room.endpoint),
                "here": endpoint == room.endpoint,
                "count": "",
                "hot": False,
                "group": words(group) if group != said else "",
            }
        )
        said = group
    items.append(
        {"words": _("消息"), "url": address("notices.mine"), "here": endpoint == "notices.mine",
         "count": person.unread or "", "hot": bool(person.unread), "group": _("我")}
    )  # fmt: skip
    return items


def _bureaus(actor: Actor) -> str:
    bureaus = province().directory.bureaus
    return _("、").join(named(bureaus[code]) for code in sorted(actor.bureau_codes) if code in bureaus)
