"""知识库: what answers rest on: policies, notices, guides and standard answers, each in numbered versions."""

import datetime as dt
import re
from enum import StrEnum

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_


class ArticleKind(StrEnum):
    """What an article is; the first three are for everybody, a standard answer is for colleagues."""

    POLICY = "policy"
    NOTICE = "notice"
    GUIDE = "guide"
    ANSWER = "answer"


ARTICLE_KIND_WORDS = {
    ArticleKind.POLICY: N_("惠企政策"),
    ArticleKind.NOTICE: N_("营商动态"),
    ArticleKind.GUIDE: N_("办事指南"),
    ArticleKind.ANSWER: N_("标准答复"),
}
#: What the public may read.
OPEN_KINDS = frozenset({ArticleKind.POLICY, ArticleKind.NOTICE, ArticleKind.GUIDE})

_CODE = re.compile(r"[KkＫｋ]\s*(\d{1,9})")
_BETWEEN = re.compile(r"[\s,，、;；]*")


def shown(number: int) -> str:
    """Return an article's number as people write it: K12."""
    return f"K{number}"


def parse(code: str) -> int | None:
    """Return the number of an article's code, or nothing where it is none."""
    found = _CODE.fullmatch(code.strip())
    return int(found.group(1)) if found else None


def cited(text: str, *, strict: bool) -> list[int]:
    """Return the numbers of the articles that a line names, `K12、K30`, each once, in order.

    Raises:
        Invalid: field `cited`; `strict`, and something in it is no code.
    """
    if strict and _BETWEEN.sub("", _CODE.sub("", text)):
        raise Invalid(N_("请写知识库的编号，例如 K12；多个用顿号分开。"), field="cited")
    return list(dict.fromkeys(int(number) for number in _CODE.findall(text)))


def expired(valid_until: dt.date | None, today: dt.date) -> bool:
    """Tell whether an article held until a day that is over."""
    return valid_until is not None and valid_until < today
