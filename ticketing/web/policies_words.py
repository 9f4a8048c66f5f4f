"""What is wrong with a text, in the reader's language; the loaders say it in English, as `flask pack check` does."""

import re
from collections.abc import Sequence
from typing import Any

from ticketing.domain.words import N_
from ticketing.models import PolicyDraft
from ticketing.services import policy_lists
from ticketing.web.i18n import gettext as _
from ticketing.web.i18n import language
from ticketing.web.i18n import words as translated

#: What a loader says -> how people read it; `(…)` are handed over as 1, 2, …
SENTENCES = (
    (r"(.+) is named both off and working", N_("%(a)s 既写成放假又写成上班")),
    (r"only an overlay holds in some regions alone", N_("只有 overlay: true 的通知才能写 regions")),
    (r"(.+) separates the parts of a calendar's name", N_("版本名里不能有 %(a)s")),
    (r"(.+) is too far from (.+)", N_("%(a)s 离 %(b)s 年太远")),
    (r"(.+) is named twice", N_("%(a)s 写了两次")),
    (r"(.+) is no weekend day: .+", N_("%(a)s 不是周末：年度通知只能把周末写成上班日")),
    (r"true or false is expected", N_("这里要写 true 或 false")),
    (r'a time like "08:30" is expected, in quotes', N_('这里要写带引号的时间，例如 "08:30"')),
    (r"a start and an end are expected", N_("这里要写开始和结束两个时间")),
    (r"working hours must be in order and must not touch", N_("工作时段要按先后排列，不能相接或重叠")),
    (r"no such day", N_("没有这一天")),
    (r"either target, or rest_of with at_least, is expected", N_("要写 target，或者写 rest_of 和 at_least")),
    (r"true is expected, beside a target", N_("by_template 只能写 true，并且要有 target")),
    (r"at least one word is expected", N_("至少要写一个词")),
    (r"(.+) has a (.+) ladder already", N_("%(a)s 在 %(b)s 里已经有一套阶梯")),
    (r"one of (.+) is expected", N_("要从这些里写一个：%(a)s")),
    (r"(.+) is not one of (.+)", N_("%(a)s 不在这些词里：%(b)s")),
    (r"every rung needs a code of its own", N_("每一级阶梯要有自己的 code")),
    (r"rungs must climb: .+", N_("阶梯要逐级向上：先是不超过 100 的百分比，再是同一单位的到期之后")),
    (r"either percent or after_due is expected", N_("percent 和 after_due 要写一个，也只能写一个")),
    (r"past due a rung is given by after_due", N_("到期以后的阶梯用 after_due 写")),
    (r"a mapping is expected", N_("这里要写成“名称: 值”的形式")),
    (r"missing: (.+)", N_("缺少：%(a)s")),
    (r"unknown key", N_("没有这个名称，请检查拼写")),
    (r"a list is expected", N_("这里要写成列表")),
    (r"a text is expected", N_("这里要写文字，不能为空")),
    (r"a whole number of at least 1 is expected", N_("这里要写不小于 1 的整数")),
    (r"a date like 2026-01-31 is expected", N_("这里要写日期，例如 2026-01-31")),
    (r"(.+) is given twice", N_("版本 %(a)s 已经有了，请换一个版本名")),
    (r"(.+) does not come before it", N_("要修改的通知 %(a)s 还没有发布")),
    (r"(.+) is not known in this province", N_("本省数据里没有 %(a)s")),
    (r"(.+) is published already: raise it", N_("版本 %(a)s 已经发布，请换一个版本名")),
    (
        r"no row gives (.+) for (.+), (.+) everywhere",
        N_("没有哪一行给出 %(a)s 的时限（%(b)s，%(c)s），会有诉求没有时限"),
    ),
    (r"an alias is not read here", N_("这里不能用 YAML 的引用（*名称），请把内容写出来")),
    (r"nested too deeply", N_("列表套列表太深了，这里用不到这么多层")),
    # Of templates of coordination cases.
    (r"true is expected, and no limit beside it", N_("open_ended 只能写 true，并且不能再写 limit")),
    (
        r"a case needs a lead: a role `lead`, or lead_role",
        N_("要有牵头角色：写 code 为 lead 的角色，或用 lead_role 指定"),
    ),
    (r"steps must be numbered 1, 2, 3 … in order", N_("环节要按 1、2、3……的顺序编号")),
    (r"there is no step (.+)", N_("没有第 %(a)s 个环节")),
    (r"a circle: (.+)", N_("环节互相等待，成了一个圈：%(a)s")),
    (r"step (.+) does not name step (.+) in return", N_("第 %(a)s 个环节没有反过来写第 %(b)s 个环节")),
    (r"both sides have the same owner", N_("两方是同一个角色，要写不同的角色")),
    (
        r"impossible: steps up to (.+) take longer than the limit of (.+) (.+)",
        N_("做不完：到第 %(a)s 个环节为止已经超过总时限 %(b)s %(c)s"),
    ),
    (r"secrecy says nowhere who may read", N_("有保密的环节，却没有用 secrecy 写明谁可以看")),
    (
        r"secrecy ends with a step of the case that is not secret itself",
        N_("保密要在本事项的一个不保密的环节结束"),
    ),
    (r"(.+) may not read its own step", N_("%(a)s 看不到自己承办的环节，请把它写进 readers")),
    (
        r"a case opens by itself only where two conditions are named: topics, words, lines",
        N_("要自动开启，topics、words、lines 至少要写两个条件"),
    ),
    # Of routing rules.
    (r"is missing", N_("缺少这一项")),
    (r"is not known here", N_("没有这个名称，请检查拼写")),
    (r"must be a list", N_("这里要写成列表")),
    (r"must be a mapping", N_("这里要写成“名称: 值”的形式")),
    (r"must be a text", N_("这里要写文字，不能为空")),
    (r"must have at least (.+) characters", N_("至少要写 %(a)s 个字，太短的词会到处误中")),
    (r"must be a number", N_("这里要写数字")),
    (r"must lie between (.+) and (.+)", N_("要在 %(a)s 和 %(b)s 之间")),
    (r"must be a whole number", N_("这里要写整数")),
    (r"must be true or false", N_("这里要写 true 或 false")),
    (r"must be a date, e.g. 2020-06-01", N_("这里要写日期，例如 2026-01-31")),
    (r"must be one of (.+)", N_("要从这些里写一个：%(a)s")),
    (r"must not be above auto", N_("propose 不能高于 auto")),
    (r"(.+) stands twice", N_("%(a)s 写了两次")),
)
#: What cannot even be read as YAML: told without a place, in words that people who never heard of YAML can act on.
SYNTAX = (
    (
        r"mapping values are not allowed here",
        N_("这里多了一个冒号，或者上一行没有写完；文字里有冒号时要加引号"),
    ),
    (r"could not find expected ':'", N_("这一行缺少冒号，或者缩进和上面不一致")),
    (r"expected <block end>, but found .+", N_("缩进和上面的行对不齐")),
    (r"expected ',' or '[\]}]', but got .+", N_("括号里缺少逗号，或者括号没有写完")),
    (r"found unexpected end of stream", N_("引号没有写完")),
    (
        r"found character .+ that cannot start any token",
        N_("不能用制表符缩进，也不能用 @ 或 ` 开头；请用空格，文字加引号"),
    ),
    (r"(?:sequence entries|mapping keys) are not allowed here", N_("这里不能写列表或名称，请检查缩进")),
    (r"expected the node content, but found .+", N_("这里缺少内容")),
    (r".*(?:is out of range|must be in).*", N_("没有这一天，请检查日期")),
)
UNREADABLE = N_("这里读不懂，请检查冒号、引号、括号和缩进")
PATTERNS = [(re.compile(pattern), sentence) for pattern, sentence in SENTENCES]
SYNTAX_PATTERNS = [(re.compile(pattern), sentence) for pattern, sentence in SYNTAX]
#: Where it stands: `limits.3.target: …`.
PLACE = re.compile(r"((?:[\w-]+\.)*[\w-]+): (.+)", re.DOTALL)


def said(message: str) -> str:
    """Return a mistake in words; what has none in the reader's language stays as the loader says it."""
    if language() == "en":
        return message
    found = PLACE.fullmatch(message)
    if found and (told := _sentence(found.group(2), PATTERNS)):
        return f"{found.group(1)}：{told}"
    told = _sentence(message, PATTERNS)
    if told is not None or found:
        return told or message
    return _sentence(message, SYNTAX_PATTERNS) or translated(UNREADABLE)


def _sentence(message: str, patterns: Sequence[tuple[re.Pattern[str], str]]) -> str | None:
    for pattern, sentence in patterns:
        if found := pattern.fullmatch(message):
            return translated(sentence, **dict(zip("abc", found.groups(), strict=False)))
    return None


def template_figures(one: PolicyDraft) -> list[dict[str, Any]]:
    """Return what a template meets: running cases keep their own version, new ones begin with this one."""
    running, closed = policy_lists.cases_of(one.text)
    return [
        {"value": running, "words": _("件在办协调事项仍按开始时的版本"), "level": "none"},
        {"value": closed, "words": _("件已办结的用过这个模板"), "level": "none"},
        {"value": one.moved, "words": _("个时限移动"), "level": "none"},
    ]
