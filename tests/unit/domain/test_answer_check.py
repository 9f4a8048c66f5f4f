"""The look at an answer before it goes out, on texts as enterprises and clerks write them."""

import pytest

from ticketing.domain.answer_check import Finding, Kind, Known, Policy, check, named_articles
from ticketing.domain.questions import Question, Told, asked, unanswered

HOTPOT = (
    "您好，我们是道里区一家火锅店，疫情以后一直没有开业。想复工需要向哪个部门备案？要交哪些材料？"
    "多久能批下来？另外员工健康证过期了，体检去哪里做。希望尽快给个答复，谢谢！"
)


def texts(text: str) -> list[str]:
    return [one.text for one in asked(text)]


def open_of(text: str, answer: str) -> list[str]:
    return [one.text for one in unanswered(asked(text), [Told(answer, 1)])]


def test_every_question_of_a_request_is_named_in_its_order() -> None:
    assert texts(HOTPOT) == [
        "想复工需要向哪个部门备案？", "要交哪些材料？", "多久能批下来？", "另外员工健康证过期了，体检去哪里做",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请问稳岗补贴是否还能申请。", 1),
        ("施工队的工程款为什么还没有结。", 1),
        ("货车通行证怎样办理", 1),
        ("希望督促开发区管委会兑现奖励资金。", 1),
        ("我公司已于三月提交材料。\n至今没有收到批复。", 0),
        ("无论如何感谢你们。", 0),
        ("谢谢！", 0),
        ("能开吗？能开吗？", 1),
        ("1、电费怎么算？\n2、水费怎么算？", 2),
        ("", 0),
    ],
)
def test_questions_and_pleas_are_told_from_tales(text: str, found: int) -> None:
    assert len(asked(text)) == found


def test_a_plea_is_known_as_one() -> None:
    assert [one.plea for one in asked("请问能开业吗？恳请协调供暖。")] == [False, True]


def test_an_answer_that_meets_everything_leaves_nothing_open() -> None:
    answer = (
        "复工请向道里区市场监管局备案。需要的材料：营业执照复印件、复工申请表。材料齐全的，三个工作日内批下来。"
        "员工健康证体检可以到区疾控中心一楼大厅办理。"
    )
    assert open_of(HOTPOT, answer) == []


def test_what_an_answer_passes_over_is_named() -> None:
    assert open_of(HOTPOT, "复工请向道里区市场监管局备案，并提交营业执照等材料。") == [
        "多久能批下来？", "另外员工健康证过期了，体检去哪里做",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer", "left"),
    [
        ("补贴什么时候发放？", "补贴正在审核。", True),
        ("补贴什么时候发放？", "补贴将于6月30日前发放。", False),
        ("检测费用多少钱？", "检测由第三方机构完成。", True),
        ("检测费用多少钱？", "检测每次 40 元。", False),
        ("检测费用多少钱？", "检测费用免费。", False),
        ("投标保证金怎么退？", "感谢您的来电，我们会认真研究。", True),
        ("投标保证金怎么退？", "投标保证金由招标代理原路退回。", False),
        ("招标代理的电话是什么？", "请联系招标代理。", True),
        ("招标代理的电话是什么？", "招标代理电话 0451-87001234。", False),
    ],
)
def test_a_question_of_time_money_or_place_wants_such_a_thing(question: str, answer: str, left: bool) -> None:
    assert bool(open_of(question, answer)) is left


def test_two_questions_of_time_are_not_met_by_one_time() -> None:
    left = open_of("备案多久能批？补贴资金什么时候到账？", "备案三个工作日内批复。我们会继续努力做好服务。")
    assert left == ["补贴资金什么时候到账？"]


def test_what_was_told_before_it_was_asked_answers_nothing() -> None:
    again = [Question("补贴资金什么时候到账？", at=4)]
    told = "补贴资金6月30日前到账。"
    assert unanswered(again, [Told(told, 3)]) == again
    assert unanswered(again, [Told(told, 5)]) == []


def kinds(text: str, **known: object) -> list[tuple[Kind, str]]:
    return [(one.kind, one.text) for one in check(text, Known(**known))]


@pytest.mark.parametrize(
    "left",
    [
        "{企业}",
        "【请填写日期】",
        "[单位名称]",
        "（待补充）",
        "XX",
        "××",
        "____",
        "某某",
        "待填写",
        "［文号］",
        "{}",
    ],
)
def test_what_is_still_to_be_filled_in_is_named(left: str) -> None:
    assert kinds(f"请于{left}前办理。") == [(Kind.PLACEHOLDER, left)]


@pytest.mark.parametrize(
    "text", ["【办理结果】已退款。", "依据〔2020〕12号文件（已公开）办理。", "HXX1 设备、T恤。", "A×B"]
)
def test_brackets_and_letters_that_mean_something_are_left_alone(text: str) -> None:
    assert kinds(text) == []


def test_people_of_others_are_named_and_ones_own_are_not() -> None:
    own = {"own_names": ["张建国"], "own_phones": ["+8613904510021"]}
    text = "张先生您好：贵店与李大成先生的纠纷，请联系 139 0451 0021 或 13800001111，联系人：王小梅。"
    assert kinds(text, **own) == [
        (Kind.NAME, "李大成先生"), (Kind.NAME, "王小梅"), (Kind.PHONE, "13800001111"),
    ]  # fmt: skip


def test_who_is_linked_to_the_ticket_must_not_be_named() -> None:
    others = {"others": ["老灶火锅店", "赵四海"]}
    assert kinds("与老灶火锅店同时提出的事项已办结。", **others) == [(Kind.NAME, "老灶火锅店")]
    assert kinds("火锅店的事项已办结。", **others) == []


def test_an_identity_number_never_leaves_the_house() -> None:
    assert kinds("其身份证 230102199001011234 已核实。") == [(Kind.PHONE, "230102199001011234")]


def test_the_offices_own_number_may_be_told() -> None:
    assert kinds("请拨打 0451-84664000 或 12345。") == []


def test_policies_that_ran_out_and_those_to_be_reviewed() -> None:
    policies = [
        Policy("K3", "稳岗返还", expired=True),
        Policy("K5", "房租减免", to_review=True),
        Policy("K7", "好的"),
    ]
    assert kinds("见政策。", policies=policies) == [
        (Kind.EXPIRED, "《稳岗返还》（K3）"), (Kind.REVIEW, "《房租减免》（K5）"),
    ]  # fmt: skip


def test_policies_are_read_out_of_the_words() -> None:
    assert named_articles("按《稳岗返还办法》和 K12、Ｋ7 办理，《稳岗返还办法》有效。SK12") == (
        ["稳岗返还办法"],
        [12, 7],
    )


def test_a_finding_keeps_its_key_while_the_rest_changes() -> None:
    one = Finding(Kind.PLACEHOLDER, "XX")
    assert check("请于XX前办理。", Known())[0].key == one.key == check("XX 以后再说", Known())[0].key
    assert one.key != Finding(Kind.NAME, "XX").key


def test_an_endless_text_is_looked_at_in_no_time() -> None:
    assert len(asked("能不能开业？怎么复工！" * 5_000)) == 2
    assert check("答复。" * 6_000, Known(questions=asked(HOTPOT)))


@pytest.mark.parametrize("text", ["", " \n", "。"])
def test_an_answer_without_a_sentence_leaves_every_question_open(text: str) -> None:
    assert check(text, Known(questions=asked(HOTPOT)))
