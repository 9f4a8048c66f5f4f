"""What the law demands of a bid-evaluation committee, and how the list drawn is compared with the list entered.

Pure: plain values in, an error or a comparison out. Nothing here keeps a name. Sources: Tendering and Bidding Law
art. 37 (an odd number of five or more, experts at least two thirds, drawn at random, people with an interest
excluded, names secret until the award is settled), Implementing Regulations art. 46, Interim Rules on Evaluation
Committees art. 8-12.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from ticketing.domain.errors import Invalid
from ticketing.domain.words import N_

LEAST_MEMBERS = 5
FIELD_WORDS = {
    "name": N_("姓名"),
    "unit": N_("工作单位"),
    "speciality": N_("专业"),
    "pool_number": N_("专家编号"),
}
DECLINE_REASONS = {
    "busy": N_("时间冲突"),
    "interest": N_("与投标人有利害关系"),
    "health": N_("健康原因"),
    "unreachable": N_("联系不上"),
    "other": N_("其他原因"),
}


def normal(text: str) -> str:
    """Return a text as lists are compared: NFKC, without blanks, case folded."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True, order=True)
class Record:
    """One expert as drawn or entered; `pool_number` is the number in the expert pool."""

    pool_number: str
    name: str
    unit: str
    speciality: str

    def normalised(self) -> "Record":
        """Return the record in the form that is compared."""
        return Record(**{field: normal(value) for field, value in asdict(self).items()})


@dataclass(frozen=True)
class CommitteePlan:
    """How the committee is to be made up; `avoid`: people and units with an interest."""

    members: int
    experts: int
    specialities: Mapping[str, int]
    avoid: tuple[str, ...]


def check_plan(plan: CommitteePlan) -> None:
    """Refuse a committee that the law does not allow.

    Raises:
        Invalid: with the field at fault.
    """
    if plan.members < LEAST_MEMBERS or plan.members % 2 == 0:
        raise Invalid(
            N_("评标委员会成员须为五人以上单数（《招标投标法》第三十七条），现在是 %(members)s 人。"),
            field="members", members=plan.members,
        )  # fmt: skip
    if plan.experts * 3 < plan.members * 2:
        raise Invalid(
            N_("技术、经济等方面的专家不得少于成员总数的三分之二：%(members)s 人中至少 %(least)s 名专家。"),
            field="experts", members=plan.members, least=-(-plan.members * 2 // 3),
        )  # fmt: skip
    if plan.experts >= plan.members:
        raise Invalid(N_("评标委员会由招标人代表和专家组成，至少要有一名招标人代表。"), field="experts")
    if not plan.specialities or any(count < 1 for count in plan.specialities.values()):
        raise Invalid(N_("请写明每个专业各抽几人。"), field="specialities")
    if sum(plan.specialities.values()) != plan.experts:
        raise Invalid(
            N_("各专业人数合计 %(sum)s 人，与专家 %(experts)s 人不符。"),
            field="specialities", sum=sum(plan.specialities.values()), experts=plan.experts,
        )  # fmt: skip


@dataclass(frozen=True)
class Drawn:
    """One line of the draw record: the record in the order drawn, whether the person accepted, else why not."""

    order: int
    record: Record
    accepted: bool
    reason: str = ""


def check_records(records: Sequence[Record]) -> None:
    """Refuse empty fields and a person who stands twice; the message names the line, never the person.

    Raises:
        Invalid: field `records`.
    """
    seen: dict[str, int] = {}
    for line, record in enumerate((one.normalised() for one in records), start=1):
        if empty := [field for field, value in asdict(record).items() if not value]:
            raise Invalid(
                N_("第 %(line)s 行缺少%(what)s。"), field="records", line=line, what=FIELD_WORDS[empty[0]]
            )
        if record.pool_number in seen:
            raise Invalid(
                N_("第 %(line)s 行与第 %(first)s 行是同一个专家编号。"),
                field="records", line=line, first=seen[record.pool_number],
            )  # fmt: skip
        seen[record.pool_number] = line


def check_draw(lines: Sequence[Drawn], plan: CommitteePlan) -> None:
    """Refuse a draw that does not fit the plan: order, reasons, specialities, people to be avoided.

    Raises:
        Invalid: field `records`.
    """
    check_records([line.record for line in lines])
    if [line.order for line in lines] != list(range(1, len(lines) + 1)):
        raise Invalid(N_("请按抽取先后从 1 起连续编号。"), field="records")
    for line in lines:
        if not line.accepted and line.reason not in DECLINE_REASONS:
            raise Invalid(N_("第 %(line)s 行没有接受邀请，请选择原因。"), field="records", line=line.order)
    accepted = [line.record for line in lines if line.accepted]
    check_specialities(accepted, plan)
    check_avoidance(accepted, plan)


def check_specialities(records: Iterable[Record], plan: CommitteePlan) -> None:
    """Refuse a list whose specialities are not those of the plan.

    Raises:
        Invalid: field `records`.
    """
    found = Counter(normal(record.speciality) for record in records)
    wanted = Counter({normal(name): count for name, count in plan.specialities.items()})
    for name, count in plan.specialities.items():
        if found[normal(name)] != count:
            raise Invalid(
                N_("专业“%(name)s”应有 %(wanted)s 人，名单中有 %(found)s 人。"),
                field="records", name=name, wanted=count, found=found[normal(name)],
            )  # fmt: skip
    if found - wanted:
        raise Invalid(N_("名单中有方案以外的专业。"), field="records")


def check_avoidance(records: Sequence[Record], plan: CommitteePlan) -> None:
    """Refuse a list with a person or a unit that the avoidance list names; lines are named, not people.

    Raises:
        Invalid: field `records`.
    """
    avoid = {normal(word) for word in plan.avoid if normal(word)}
    for line, record in enumerate((one.normalised() for one in records), start=1):
        if record.name in avoid or record.unit in avoid:
            raise Invalid(N_("第 %(line)s 名专家在回避名单上，须补抽。"), field="records", line=line)


@dataclass(frozen=True)
class Difference:
    """How two lists differ, without a name: fields that differ for the same pool number, and how many are alone."""

    fields: tuple[str, ...]
    only_first: int
    only_second: int

    @property
    def equal(self) -> bool:
        """Whether there is none."""
        return not self.fields and not self.only_first and not self.only_second


def compare(first: Iterable[Record], second: Iterable[Record]) -> Difference:
    """Compare two lists as sets of normalised records.

    A record that has a partner with the same pool number, or else the same name and unit, tells the fields that
    differ; what has no partner is counted as alone.
    """
    left = {record.normalised() for record in first}
    right = {record.normalised() for record in second}
    left, right = left - right, right - left
    fields: set[str] = set()
    for key in (("pool_number",), ("name", "unit"), ("name",)):
        for one in sorted(left):
            other = next((r for r in sorted(right) if all(_same(one, r, f) for f in key)), None)
            if other is not None:
                fields |= {field for field in FIELD_WORDS if not _same(one, other, field)}
                left, right = left - {one}, right - {other}
    return Difference(tuple(f for f in FIELD_WORDS if f in fields), len(left), len(right))


def _same(one: Record, other: Record, field: str) -> bool:
    return bool(getattr(one, field) == getattr(other, field))


def canonical(records: Iterable[Record]) -> bytes:
    """Return the one form of a list, whatever its order and spacing: what both sides put their digest on."""
    rows = [asdict(record) for record in sorted({one.normalised() for one in records})]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
