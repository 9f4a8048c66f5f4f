"""Personal data is pointed at by line; numbers that fail their check digit are only numbers."""

import pytest

from routing.personal import (
    BANK_CARD,
    CHILD,
    ID_CARD,
    ILLNESS,
    NAME,
    PHONE,
    Found,
    find,
    is_bank_card,
    is_id_card,
)


def test_each_kind_is_told_by_its_line() -> None:
    text = "厂里欠我工资\n身份证 230102199003071237，电话13845671234\n卡号 6222 0212 3456 7890 128"
    assert find(text) == (Found(ID_CARD, 2), Found(PHONE, 2), Found(BANK_CARD, 3))


@pytest.mark.parametrize("number", ["230102199003071234", "110105194912310021", "11010519491231002Y"])
def test_an_identity_number_with_a_wrong_check_is_none(number: str) -> None:
    assert not is_id_card(number)
    assert find(f"合同编号{number}") == ()


def test_an_identity_number_may_end_in_x() -> None:
    assert is_id_card("11010519491231002X")
    assert is_id_card("11010519491231002x")


def test_a_card_needs_luhn() -> None:
    assert is_bank_card("4111111111111111")
    assert not is_bank_card("4111111111111112")
    assert not is_bank_card("0000000000000000")


@pytest.mark.parametrize(
    "number", ["91230100MA1B2C3D4E", "200607-000123-8", "2020年6月7日 共13800元", "0.13845671234"]
)
def test_other_numbers_are_not_personal(number: str) -> None:
    assert [one.kind for one in find(number)] == []


def test_an_illness_is_personal_with_its_person_alone() -> None:
    assert find("医院确诊病例多，门诊停了") == ()
    assert find("我叫李明，确诊乙肝被辞退") == (Found(NAME, 1), Found(ILLNESS, 1))


def test_a_child_with_a_telephone_is_told() -> None:
    assert Found(CHILD, 1) in find("女儿叫小雪，8岁，联系13845671234")
