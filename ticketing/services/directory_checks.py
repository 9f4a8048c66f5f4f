"""What a change of a hotline, a bureau or a topic must hold: what `flask pack check` holds of the tables."""

from collections.abc import Callable, Mapping
from typing import Any

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_
from ticketing.extensions import db
from ticketing.models import Hotline
from ticketing.services import accounts
from ticketing.services.pack import TABLES
from ticketing.services.province import Province

HOTLINE, BUREAU, TOPIC = "hotline", "bureau", "topic"
TABLE_OF = {HOTLINE: "hotlines", BUREAU: "bureaus", TOPIC: "topics"}
HEADS = "heads"
TEXTS = frozenset(
    {"label_zh", "label_en", "name_zh", "short_name_zh", "name_en", "line", "duties_zh", "example_zh"}
)
#: A single character would be found in every text.
SHORTEST = 2
Check = Callable[[str, Mapping[str, Any], Province], None]


def check(kind: str, key: str, becomes: Mapping[str, Any], province: Province) -> None:
    """Refuse what the checks of a pack would refuse, at its field.

    Raises:
        Invalid: a value cannot be.
    """
    readers = TABLES[TABLE_OF[kind]][1]
    for name, value in becomes.items():
        if name in readers and isinstance(value, str) and value:
            try:
                readers[name](value)
            except ValueError:
                raise Invalid(N_("写法不对，请对照例子。"), field=name) from None
        if name in TEXTS and not value:
            raise Invalid(N_("这一项不能为空。"), field=name)
    CHECKS[kind](key, becomes, province)


def _hotline(key: str, becomes: Mapping[str, Any], province: Province) -> None:
    central = key == province.sheet["central_line"]
    if central and (becomes.get("active") is False or "number" in becomes):
        raise Invalid(N_("这是全省的总号码，只能随数据包更换。"), field="number")
    if "number" in becomes and db.session.get(Hotline, becomes["number"]) is not None:
        raise Invalid(N_("这个号码已经有了。"), field="number")


def _bureau(key: str, becomes: Mapping[str, Any], province: Province) -> None:
    if becomes.get("active") is False and key == province.centre_code:
        raise Invalid(N_("热线中心不能停用。"), field="active")
    above, seen = becomes.get("parent_code"), {key}
    while above is not None:
        if above in seen:
            raise Invalid(N_("上级单位不能是自己或自己的下级。"), field="parent_code")
        seen.add(above)
        above = province.archive.bureaus[above].parent_code
    known = accounts.ids_of(becomes.get(HEADS, []))
    missing = [name for name in becomes.get(HEADS, []) if name not in known]
    if missing:
        raise Invalid(N_("没有账号“%(name)s”。"), field=HEADS, name=missing[0])


def _topic(key: str, becomes: Mapping[str, Any], province: Province) -> None:
    lines = {bureau.line for bureau in province.directory.bureaus.values()}
    if "line" in becomes and becomes["line"] not in lines:
        raise Invalid(N_("没有单位属于这个条线。"), field="line")
    owner = {
        word: one for one in province.directory.topics.values() if one.code != key for word in one.keywords_zh
    }
    for word in becomes.get("keywords_zh", []):
        if len(word) < SHORTEST:
            raise Invalid(N_("关键词至少两个字：“%(word)s”。"), field="keywords_zh", word=word)
        if word in owner:
            message = N_("“%(word)s”已经是主题“%(topic)s”的关键词，一个词只能属于一个主题。")
            raise Invalid(message, field="keywords_zh", word=word, topic=owner[word].name_zh)


CHECKS: dict[str, Check] = {HOTLINE: _hotline, BUREAU: _bureau, TOPIC: _topic}
