"""The look at an answer before it goes out: what it leaves open, and what must not stand in it.

Pure: what is known of the ticket, of other people and of policies is handed in. A finding has a key, so that who has
seen it and sends all the same is not asked a second time.
"""

import hashlib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto

from ticketing.domain.questions import Question, Told, fold, unanswered


class Kind(StrEnum):
    """What a finding is about, in the order in which they are shown."""

    UNANSWERED = auto()
    PLACEHOLDER = auto()
    NAME = auto()
    PHONE = auto()
    EXPIRED = auto()
    REVIEW = auto()
    COLLEAGUE = auto()


@dataclass(frozen=True)
class Finding:
    """One thing to look at: its kind and the words that it is about."""

    kind: Kind
    text: str

    @property
    def key(self) -> str:
        """A short name of this finding, by which a form says that it was seen."""
        return hashlib.blake2b(f"{self.kind}:{self.text}".encode(), digest_size=6).hexdigest()


@dataclass(frozen=True)
class Policy:
    """An article that the answer names, and how it stands."""

    code: str
    title: str
    expired: bool = False
    to_review: bool = False


@dataclass(frozen=True)
class Known:
    """What is known beside the words: own people and numbers, which may be named, and other people, who may not."""

    questions: Sequence[Question] = ()
    told: Sequence[Told] = ()
    own_names: Collection[str] = ()
    own_phones: Collection[str] = ()
    others: Collection[str] = ()
    policies: Sequence[Policy] = ()
    colleagues: Collection[str] = field(default=())


_PLACEHOLDER = re.compile(
    r"\{[^{}\n]{0,20}\}|[\[［【〔][^\]］】〕\n]{0,12}"
    r"(?:填|补充|待定|姓名|名称|日期|电话|金额|地址|单位|事项|编号|文号|XX|xx)[^\]］】〕\n]{0,12}[\]］】〕]"
    r"|[（(](?:待|请|此处)[^）)\n]{0,8}(?:补充|填写|填|确认|核实)[）)]"
    r"|(?<![A-Za-z0-9])[XxＸｘ×＊]{2,}(?![A-Za-z0-9])|_{2,}|＿{2,}|某某|TODO|TBD|待补充|待填写"
)
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
#: The family names of nine people in ten.
_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_TITLED = re.compile(rf"([{_FAMILY}][\u4e00-\u9fff]{{0,2}}?)(先生|女士|小姐|老师|同志|师傅|老板)")
_BEHIND = re.compile(
    rf"(?:举报人|投诉人|联系人|经办人|当事人|法定代表人|法人代表|负责人)[是为叫：: ]{{0,2}}"
    rf"([{_FAMILY}][\u4e00-\u9fff]{{1,2}})"
)
#: Two characters that are no given name: 先 of 先生 …
_NO_NAME = frozenset("的是在有和与及或就对请把被由向")


def check(text: str, known: Known) -> list[Finding]:
    """Return what the person who answers should look at once more, each once, in the order of the kinds."""
    found = [
        *(Finding(Kind.UNANSWERED, one.text) for one in _open(text, known)),
        *(Finding(Kind.PLACEHOLDER, one.group()) for one in _PLACEHOLDER.finditer(text)),
        *(Finding(Kind.NAME, name) for name in _names(text, known)),
        *(Finding(Kind.PHONE, number) for number in _phones(text, known)),
        *(Finding(Kind.EXPIRED, _titled(one)) for one in known.policies if one.expired),
        *(Finding(Kind.REVIEW, _titled(one)) for one in known.policies if one.to_review and not one.expired),
        *(Finding(Kind.COLLEAGUE, name) for name in known.colleagues),
    ]
    return list(dict.fromkeys(found))


def _open(text: str, known: Known) -> list[Question]:
    last = max([0, *(one.at for one in known.questions), *(one.at for one in known.told)]) + 1
    return unanswered(known.questions, [*known.told, Told(text, last)])


def _titled(one: Policy) -> str:
    return f"《{one.title}》（{one.code}）"


def _names(text: str, known: Known) -> Iterator[str]:
    folded = fold(text)
    yield from (name for name in known.others if len(name) > 1 and fold(name) in folded)
    own = {name for name in known.own_names if name}
    for found in _TITLED.finditer(text):
        if not _own(found[1], own) and not _NO_NAME.intersection(found[1][1:]):
            yield found.group()
    for found in _BEHIND.finditer(text):
        if not _own(found[1], own) and not _NO_NAME.intersection(found[1][1:]):
            yield found[1]


def _own(name: str, own: Collection[str]) -> bool:
    """Tell whether a name, or a family name with a title, is that of the enterprise's own person."""
    return any(one.startswith(name) or name.startswith(one) for one in own)


def _phones(text: str, known: Known) -> Iterator[str]:
    own = {_digits(phone)[-11:] for phone in known.own_phones if phone}
    for found in _MOBILE.finditer(text):
        if _digits(found[1]) not in own:
            yield found[1]
    yield from _IDENTITY.findall(text)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def named_articles(text: str) -> tuple[list[str], list[int]]:
    """Return the titles in 《》 and the numbers of the codes K12 that stand in a text."""
    titles = [one.strip() for one in re.findall(r"《([^《》\n]{2,120})》", text)]
    codes = [int(one) for one in re.findall(r"(?<![A-Za-z0-9])[KkＫｋ](\d{1,9})(?!\d)", text)]
    return list(dict.fromkeys(titles)), list(dict.fromkeys(codes))
