"""Personal data in what somebody wrote: identity numbers, telephones, bank cards, names, illness, children.

A hint for whoever registers and whoever answers, by line of the text; the text itself stays as it was said. Where a
number carries a check digit it is reckoned, so that a contract number of eighteen digits is no identity card.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from routing.masking import NAMES_SAID

ID_CARD, BANK_CARD, PHONE, NAME, ILLNESS, CHILD = "id_card", "bank_card", "phone", "name", "illness", "child"
KINDS = (ID_CARD, BANK_CARD, PHONE, NAME, ILLNESS, CHILD)
READ_LIMIT = 20_000

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_GAP = r"[ \-－—]?"
_ID = re.compile(rf"(?<!\d)(?:\d{_GAP}){{17}}[\dXxＸｘ](?![\dA-Za-z])")
_CARD = re.compile(rf"(?<!\d)(?:\d{_GAP}){{15,18}}\d(?!\d)")
_PHONE = re.compile(
    rf"(?<![\d.])(?:\+?86{_GAP})?1[3-9]\d(?:{_GAP}\d){{8}}(?!\d)|(?<!\d)0\d{{2,3}}[-－— ]\d{{7,8}}(?!\d)"
)
_ILLNESS = re.compile(
    "诊断(?:为|是|书)|确诊|病历|住院号|病案号|乙肝|艾滋|HIV|梅毒|结核|癌|肿瘤|尿毒症|精神病|精神分裂|抑郁症|癫痫|"
    "白血病|怀孕|流产|残疾证|核酸(?:检测)?阳性"
)
_CHILD = re.compile(
    r"(?:孩子|小孩|女儿|儿子|闺女|孙子|孙女|学生)(?:叫|名叫|姓名)|(?<!\d)(?:1[0-3]|[1-9])岁|未成年"
)
_GROUPS = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Found:
    """What kind of data stands in which line, counted from one."""

    kind: str
    line: int


def find(text: str) -> tuple[Found, ...]:
    """Return each kind once a line, in the order of the lines.

    An illness or a child is personal where the text also says whose: by name or by number.
    """
    found: dict[Found, None] = {}
    for number, line in enumerate(text[:READ_LIMIT].splitlines(), start=1):
        for kind in _in_line(line):
            found[Found(kind, number)] = None
    known = any(one.kind not in {ILLNESS, CHILD} for one in found)
    return tuple(one for one in found if known or one.kind not in {ILLNESS, CHILD})


def _in_line(line: str) -> Iterator[str]:
    for kind, pattern, check in _NUMBERS:
        kept: list[str] = []
        end = 0
        for match in pattern.finditer(line):
            if check(match.group()):
                kept.append(line[end : match.start()])
                end = match.end()
                yield kind
        line = "".join([*kept, line[end:]]) if kept else line  # what was told is told once
    if any(pattern.search(line) for pattern in NAMES_SAID):
        yield NAME
    if _ILLNESS.search(line):
        yield ILLNESS
    if _CHILD.search(line):
        yield CHILD


def is_id_card(number: str) -> bool:
    """Say whether the eighteenth character is the check of the seventeen before it (GB 11643)."""
    told = re.sub(r"[ \-－—]", "", number).upper().replace("Ｘ", "X")
    if len(told) != 18 or told[6:8] not in {"19", "20"} or not "01" <= told[10:12] <= "12":
        return False
    total = sum(int(digit) * weight for digit, weight in zip(told, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == told[17]


def is_bank_card(number: str) -> bool:
    """Say whether the digits pass Luhn's check and begin as cards do here (62, 3–6)."""
    digits = [int(digit) for digit in _GROUPS.sub("", number)]
    if digits[0] not in {3, 4, 5, 6}:
        return False
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


_NUMBERS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    (ID_CARD, _ID, is_id_card),
    (BANK_CARD, _CARD, is_bank_card),
    (PHONE, _PHONE, lambda _: True),
)
