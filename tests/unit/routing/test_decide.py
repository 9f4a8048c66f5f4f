"""Who answers: places read, lines weighed, doubt told, danger never missed."""

import pytest

from routing import hints, regions
from routing.decision import Decision, Ground, Kind, Reason, Request, decide
from routing.directory import Directory
from routing.document import RuleError
from routing.rules import RuleBook
from routing.text import normalise


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("我们在齐市龙沙区的项目", "230202"),
        ("鹤城的一家企业", "230200"),
        ("冰城道里开店", "230102"),
        ("群力新区的仓库", "230102"),
        ("让区有一处厂房", "230604"),
        ("哈尔滨市南岗区", "230103"),
        ("注册地在大庆，项目位于齐齐哈尔", "230200"),
        ("从哈尔滨发货到牡丹江的仓库", "231000"),
        ("佳木斯向阳区的门店", "230803"),
        ("我们公司买了五常大米", None),
        ("哈尔滨银行的贷款", None),
        ("国庆期间的事", None),
        ("西安的供应商", None),
        ("西安牡丹江的私立医院想加一间门诊", "231005"),
        ("木兰这边一到晚上没电", "230127"),
        ("种了三亩木兰花", None),
        ("平房漏雨没人修", None),
        ("平房一厂房工地", "230108"),
        ("宝山区的焦化厂", "230506"),
        ("肇东街上的饭店", "231282"),
        ("道里尚志街的饭店", "230102"),
        ("桃山镇做木材生意", "230781"),
        ("有点前进区别的意思", None),
    ],
)
def test_the_place_is_read(directory: Directory, rules: RuleBook, text: str, region: str | None) -> None:
    assert regions.read(normalise(text), directory, rules).region_code == region


def test_a_name_of_two_districts_is_asked_about(directory: Directory, rules: RuleBook) -> None:
    assert set(regions.read("向阳区的门店", directory, rules).ambiguous) == {"230402", "230803"}


def test_two_cities_are_both_named(directory: Directory, rules: RuleBook) -> None:
    assert regions.read(normalise("大庆和绥化交界的工地"), directory, rules).cities == ("230600", "231200")


def asked(directory: Directory, rules: RuleBook, body: str, **more: str) -> Decision:
    return decide(Request(subject="", body=body, **more), directory, rules)


@pytest.mark.parametrize(
    ("body", "more", "bureau", "kind"),
    [
        ("餐饮复工备案材料不全", {"topic_code": "T1503", "region_code": "230103"}, "HRB-SWJ", Kind.AUTO),
        ("评标专家人数不够", {"topic_code": "T0202", "region_code": "230200"}, "QQHR-FGW", Kind.AUTO),
        ("货物通关放行太慢", {"topic_code": "T2701"}, "HLJ-HAIGUAN", Kind.AUTO),
        ("龙沙区企业变更登记被退件，营业执照变更登记", {}, "QQHR-SCJG", Kind.AUTO),
        ("大庆和绥化交界处的供热报装", {"topic_code": "T1105"}, "HLJ-ZJT", Kind.PROPOSE),
    ],
)
def test_line_times_place_is_the_bureau(
    directory: Directory, rules: RuleBook, body: str, more: dict[str, str], bureau: str, kind: Kind
) -> None:
    decision = asked(directory, rules, body, **more)
    assert (decision.bureau_code, decision.kind) == (bureau, kind)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("最近生意很难，希望领导关心", "no_evidence"),
        ("餐饮复工备案材料不全，餐饮店复工", "region_unknown"),
        ("向阳区的餐饮店复工备案", "region_ambiguous"),
    ],
)
def test_doubt_is_told_and_names_nobody(
    directory: Directory, rules: RuleBook, body: str, reason: str
) -> None:
    decision = asked(directory, rules, body)
    assert (decision.kind, decision.bureau_code) == (Kind.ABSTAIN, None)
    assert reason in {one.kind for one in decision.reasons}


def test_a_bureau_is_never_the_only_judge_of_itself(directory: Directory, rules: RuleBook) -> None:
    body = "投诉哈尔滨市商务局工作人员推诿，餐饮复工备案三次退回"
    decision = asked(directory, rules, body, topic_code="T1503", region_code="230103")
    assert decision.kind is Kind.PROPOSE
    assert "HRB-YSJ" in {one.bureau_code for one in decision.candidates}


def test_the_same_request_is_decided_the_same(directory: Directory, rules: RuleBook) -> None:
    one, two = (asked(directory, rules, "龙沙区的变更登记") for _ in range(2))
    assert one == two
    assert one.versions == {"rules": str(rules.version)}


def test_reasons_quote_the_text_and_name_codes(directory: Directory, rules: RuleBook) -> None:
    decision = asked(directory, rules, "评标委员会专家抽取", region_code="230200")
    by_kind = {one.kind: one for one in decision.reasons}
    assert "评标委员会" in by_kind[Ground.KEYWORD].words
    assert by_kind[Ground.REGION_EXPLICIT].stored() == {"kind": "region_explicit", "regions": ["230200"]}


def test_a_stored_reason_says_what_it_has_and_nothing_else() -> None:
    reason = Reason(Ground.KEYWORD, words=("瓦斯", "停电"), topic="T0101")
    assert reason.stored() == {"kind": "keyword", "words": ["瓦斯", "停电"], "topic": "T0101"}


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("明天开标，专家还没有到", "critical"),
        ("后厨有瓦斯味", "critical"),
        ("我们买了火灾保险", None),
        ("厂区停水两天，生产停了", "pressing"),
        ("想了解开标的流程", None),
        ("明天来电咨询，项目以后再开", None),
    ],
)
def test_danger_is_never_missed_for_a_cheap_reason(rules: RuleBook, text: str, urgency: str | None) -> None:
    read = hints.read(text, rules)
    assert (read.urgency.says if read.urgency else None) == urgency


def test_full_width_and_blanks_hide_nothing(directory: Directory, rules: RuleBook) -> None:
    assert hints.read("瓦 斯　味", rules).urgency is not None


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"weights": {}}, ("weights", "topic_chosen")),
        ({"thresholds": {"auto": 0.3, "propose": 0.5, "margin": 0.1}}, ("thresholds", "propose")),
        ({"surprise": 1}, ("surprise",)),
        ({"version": "one"}, ("version",)),
    ],
)
def test_rules_with_a_mistake_are_refused_with_its_place(
    pack: object, change: dict[str, object], path: tuple[str, ...]
) -> None:
    document = next(one.body for one in pack.documents if one.kind == "routing")  # type: ignore[attr-defined]
    with pytest.raises(RuleError) as told:
        RuleBook.from_document(document | change)
    assert told.value.path == path


@pytest.mark.parametrize(
    ("text", "critical"),
    [
        ("后儿个就开标了，评委还差两个", True),
        ("楼道里一股煤气味儿", True),
        ("仓库里有人昏倒了", True),
        ("高压线断了落在院里", True),
        ("孵化器停电两个钟头，备用机打不着", True),
        ("去年着火烧了仓库，保险拒赔", False),
        ("燃气漏了那回已经修好了，问赔偿", False),
        ("想了解开标的流程", False),
        ("燃气公司开票慢", False),
        ("我车都打着火了，问办税厅中午歇不歇", False),
    ],
)
def test_danger_is_heard_in_speech_and_not_in_the_past(rules: RuleBook, text: str, *, critical: bool) -> None:
    read = hints.read(text, rules)
    assert (read.urgency is not None and read.urgency.says == "critical") is critical


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("牡市爱民的早市", "231004"),
        ("岭东（双鸭山）的门市房", "230503"),
        ("逊克到哈尔滨的快件", "231123"),
        ("报团去哈尔滨看冰灯没去成", None),
        ("我们去大庆投资建厂房", "230600"),
        ("楼道里全是煤气味，鸡西的", "230300"),
        ("望奎这边往呼兰河里倒", "231221"),
        ("省直某单位欠款", "230000"),
        ("黑龙江一个厂子做的", None),
    ],
)
def test_ways_and_rivers_are_no_places(
    directory: Directory, rules: RuleBook, text: str, region: str | None
) -> None:
    assert regions.read(normalise(text), directory, rules).region_code == region
