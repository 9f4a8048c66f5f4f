"""The law of evaluation committees, and lists compared as sets of normalised records."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain.committee import (
    CommitteePlan,
    Drawn,
    Record,
    canonical,
    check_draw,
    check_plan,
    check_records,
    compare,
)
from ticketing.domain.errors import Invalid

PLAN = CommitteePlan(5, 4, {"桥梁": 3, "造价": 1}, ("黑水建工", "王有利"))
RECORDS = [
    Record("0001", "欧阳静", "设计院", "桥梁"),
    Record("0002", "司徒明", "规划院", "桥梁"),
    Record("0003", "诸葛白", "咨询公司", "桥梁"),
    Record("0004", "上官兰", "事务所", "造价"),
]


def lines(records: list[Record]) -> list[Drawn]:
    return [Drawn(order, one, accepted=True) for order, one in enumerate(records, start=1)]


@pytest.mark.parametrize(
    ("members", "experts", "lawful"),
    [
        (5, 4, True), (7, 5, True), (9, 6, True),
        (5, 3, False), (7, 4, False), (3, 2, False), (6, 4, False), (5, 5, False),
    ],
)  # fmt: skip
def test_odd_five_or_more_two_thirds_experts(members: int, experts: int, lawful: bool) -> None:
    plan = CommitteePlan(members, experts, {"桥梁": experts}, ())
    if lawful:
        check_plan(plan)
    else:
        with pytest.raises(Invalid):
            check_plan(plan)


def test_a_draw_that_fits_is_taken() -> None:
    declined = Drawn(1, Record("0009", "令狐山", "高校", "造价"), accepted=False, reason="busy")
    rest = [dataclasses.replace(one, order=one.order + 1) for one in lines(RECORDS)]
    check_draw([declined, *rest], PLAN)


@pytest.mark.parametrize(
    "wrong",
    [
        lines(RECORDS[:3]),
        lines([*RECORDS[:3], Record("0005", "上官兰", "事务所", "桥梁")]),
        lines([dataclasses.replace(RECORDS[0], unit="黑水 建工"), *RECORDS[1:]]),
        lines([dataclasses.replace(RECORDS[0], name="王有利"), *RECORDS[1:]]),
        lines([RECORDS[0], RECORDS[0], *RECORDS[2:]]),
        lines([dataclasses.replace(RECORDS[0], name=" "), *RECORDS[1:]]),
        [Drawn(1, RECORDS[0], accepted=False), *lines(RECORDS)[1:]],
        list(reversed(lines(RECORDS))),
    ],
)
def test_a_draw_that_does_not_fit_is_refused_without_a_name(wrong: list[Drawn]) -> None:
    with pytest.raises(Invalid) as refused:
        check_draw(wrong, PLAN)
    assert not any(one.name.strip() in str(refused.value) for one in RECORDS if one.name.strip())


@pytest.mark.parametrize("field", ["name", "unit", "speciality", "pool_number"])
def test_a_difference_names_the_field(field: str) -> None:
    other = [dataclasses.replace(RECORDS[0], **{field: "别的"}), *RECORDS[1:]]
    found = compare(RECORDS, other)
    assert (found.fields, found.only_first, found.only_second) == ((field,), 0, 0)


def test_people_without_a_partner_are_counted() -> None:
    other = [Record("0007", "慕容河", "学院", "桥梁"), Record("0008", "夏侯青", "学院", "桥梁"), *RECORDS[1:]]
    found = compare(RECORDS, other)
    assert (found.equal, found.only_first, found.only_second) == (False, 1, 2)


def test_a_list_without_anybody_is_a_list() -> None:
    check_records([])
    assert compare([], []).equal


records = st.builds(Record, *[st.text("甲乙丙Ａａ１ 　", min_size=1, max_size=3)] * 4)


@given(st.lists(records, max_size=5), st.randoms())
def test_order_and_spacing_do_not_matter(found: list[Record], random: object) -> None:
    other = [Record(*(f" {value}　" for value in dataclasses.astuple(one))) for one in found]
    random.shuffle(other)
    assert compare(found, other).equal
    assert canonical(found) == canonical(other)


@given(st.lists(records, max_size=4), st.lists(records, max_size=4))
def test_equal_means_one_canonical_form_and_comparing_is_symmetric(
    left: list[Record], right: list[Record]
) -> None:
    there, back = compare(left, right), compare(right, left)
    assert there.equal == back.equal == (canonical(left) == canonical(right))
