"""The router learns from people: a new topic after ten returns, nothing from returns that were refused."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from routing.decision import Request, decide
from routing.examples import Example, of_pack
from routing.model import Model
from routing.training import train
from tests.conftest import MONDAY, FrozenClock
from tests.support.people import actor
from tests.support.requests import sent, ticket
from ticketing.domain.actors import Actor, Grant
from ticketing.domain.errors import Invalid
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db
from ticketing.jobs import learn as job
from ticketing.models import RoutingLesson, RoutingMove, RoutingRun, Ticket
from ticketing.services import dispatch, handling, learning, runs, shelf
from ticketing.services import province as provinces
from ticketing.services.history import Act
from ticketing.services.lessons import Lesson
from ticketing.services.province import Province

#: A matter that no example knows: carrying goods by drone. Each in another caller's words.
DRONES = (
    "我们想在江北开一条无人机送货的航线，起降场找谁批",
    "无人机配送站要选址，空域和起降点怎么报",
    "低空物流企业想开通县里到市里的无人机航线，要办什么",
    "公司买了六架载货无人机，想给岛上送菜，飞行计划报给哪个部门",
    "无人机送药试点，医院楼顶做起降点，手续问了三家都说不管",
    "低空经济补助说要有航线批复，航线批复哪里开",
    "无人机吊运山货下山，村里让停，说没有飞行许可",
    "想做载货无人机运营，运营合格证在哪申请",
    "无人机航线经过学校上空被投诉，航线变更怎么报",
    "用无人机给工地运建材，一次三十公斤，要不要报备飞行",
)
LATER = (
    "无人机送餐要不要报备，起降点设在商场楼顶行不行",
    "低空物流航线怎么申请，无人机载货飞行谁批",
    "想开无人机送快递的航线，空域手续找谁",
    "载货无人机的飞行许可哪里办",
)
RIGHT, LINE, RETURNING = "HLJ-FGW", "development-reform", "HRB-SWJ"


@pytest.fixture
def province() -> Province:
    return provinces.current()


@pytest.fixture(scope="session")
def hands() -> dict[str, list[Example]]:
    """The pack's examples by who wrote them: one hand teaches, the other's texts nobody has read."""
    found: dict[str, list[Example]] = {}
    for one in of_pack(Path("provinces/heilongjiang")):
        found.setdefault(one.source, []).append(one)
    return found


@pytest.fixture
def dispatcher() -> Actor:
    return actor("dispatcher", Grant(Role.DISPATCHER))


def taught(hands: dict[str, list[Example]], province: Province, *lessons: Example) -> Model:
    return train([*hands["a"], *lessons], province.directory, province.rules)


def line_of(text: str, province: Province, model: Model) -> str:
    return decide(Request("", text), province.directory, province.rules, model).lines[0][0]


def sent_back(text: str, dispatcher: Actor, province: Province, to: str) -> Ticket:
    """A ticket that is sent to the wrong bureau, comes back, and is ruled upon."""
    one = ticket(subject="", body=text, dispatch=False)
    dispatch.dispatch(one, RETURNING, Act(dispatcher, MONDAY), province)
    handler = actor(f"h{one.id}", Grant(Role.HANDLER, RETURNING))
    dispatch.return_ticket(one, "not_our_duty", "第三条", None, Act(handler, MONDAY), province)
    dispatch.adjudicate(one, to, Act(dispatcher, MONDAY), province, reason="按职责。")
    return one


def test_ten_returns_teach_a_new_topic_and_move_nothing_else(
    province: Province, dispatcher: Actor, hands: dict[str, list[Example]]
) -> None:
    before = taught(hands, province)
    assert not any(line_of(text, province, before) == LINE for text in LATER)
    for text in DRONES:
        sent_back(text, dispatcher, province, RIGHT)
    after = taught(hands, province, *learning.examples(province))
    assert [line_of(text, province, after) for text in LATER] == [LINE] * len(LATER)
    others = [one.text for one in hands["c"]]
    moved = [text for text in others if line_of(text, province, before) != line_of(text, province, after)]
    assert len(moved) <= len(others) / 100


def test_a_bureau_that_returns_everything_and_is_refused_moves_nothing(
    province: Province, dispatcher: Actor
) -> None:
    handler = actor("returns everything", Grant(Role.HANDLER, RETURNING))
    for n in range(30):
        one = sent(body=f"第{n}家火锅店的餐饮复工备案提示材料不全。")
        dispatch.return_ticket(one, "not_our_duty", "都不是我们的", None, Act(handler, MONDAY), province)
        dispatch.adjudicate(one, RETURNING, Act(dispatcher, MONDAY), province, reason="按职责。")
    assert db.session.query(RoutingLesson).count() == 30
    assert learning.examples(province) == []


def lesson(one: Ticket, bureau: str, source: Lesson, who: Actor) -> None:
    db.session.add(
        RoutingLesson(
            ticket_id=one.id, bureau_code=bureau, source=source, taught_by_id=who.account_id, taught_at=MONDAY
        )
    )
    db.session.flush()


@pytest.mark.parametrize(
    ("source", "bureau", "teaches"),
    [
        (Lesson.UPHELD, RIGHT, True),
        (Lesson.CORRECTION, RIGHT, True),
        (Lesson.REFUSED, RIGHT, True),  # the router had meant another
        (Lesson.REFUSED, RETURNING, False),  # the router was right
        (Lesson.CORRECTION, "QQHR-SWJ", False),  # the line was right, the place is read and not learned
    ],
)
def test_what_the_router_had_right_teaches_nothing(
    province: Province, dispatcher: Actor, source: Lesson, bureau: str, teaches: bool
) -> None:
    one = ticket(topic_code="T1503", region_code="230103")
    assert one.bureau_code == RETURNING
    lesson(one, bureau, source, dispatcher)
    assert len(learning.examples(province)) == teaches


def test_of_several_lessons_about_a_ticket_the_newest_counts(province: Province, dispatcher: Actor) -> None:
    one = ticket(body="希望关心。")
    for code in (RIGHT, "HRB-SCJG"):
        lesson(one, code, Lesson.CORRECTION, dispatcher)
    assert [found.line for found in learning.examples(province)] == ["market-regulation"]


def test_no_person_is_learned(province: Province, dispatcher: Actor, hands: dict[str, list[Example]]) -> None:
    text = "欧阳雪莉反映：仓库停电，我叫赵铁柱，电话13904510021，邮箱zhaotiezhu@example.com，账号6222021234567890123"
    lesson(ticket(body=text, requester="欧阳雪莉", enterprise="龘龘食品"), RIGHT, Lesson.UPHELD, dispatcher)
    model = taught(hands, province, *learning.examples(province))
    assert not {"欧阳", "阳雪", "雪莉", "铁柱", "龘龘", "龘", "ti"} & set(model.vocabulary)
    assert "停电" in model.vocabulary


def test_what_is_erased_from_a_ticket_is_not_learned_again(province: Province, dispatcher: Actor) -> None:
    one, kept = ticket(body="希望关心。"), ticket(body="请帮帮忙。")
    for each in (one, kept):
        lesson(each, RIGHT, Lesson.UPHELD, dispatcher)
    one.body = ""
    db.session.flush()
    assert [found.text.splitlines()[-1] for found in learning.examples(province)] == ["请帮帮忙。"]


def ended(now: dt.datetime, n: int, **values: object) -> list[Ticket]:
    """Tickets that a bureau accepted: they have ended there."""
    handler = actor(f"worker{n}{now.timestamp()}", Grant(Role.HANDLER, RETURNING))
    made = [ticket(now, topic_code="T1503", region_code="230103", **values) for _ in range(n)]
    for one in made:
        handling.accept(one, Act(handler, now))
    return made


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, hands: dict[str, list[Example]]) -> None:
    """Train on a few examples of each line: what is tested here is the run, not the model."""
    few = [one for place, one in enumerate(hands["a"]) if place % 4 == 0]
    monkeypatch.setattr(runs, "of_pack", lambda _folder: few)


@pytest.mark.usefixtures("fresh")
class TestRuns:
    def test_a_run_trains_replays_and_waits_to_be_published(self, clock: FrozenClock) -> None:
        made = ended(MONDAY, 3)
        ticket(MONDAY, body="还没有派的。")
        run = runs.ask(clock.now)
        job.run()
        assert (run.outcome, run.total, run.figures["looked"]) == ("ready", len(made), len(made))
        assert shelf.by_id(run.model_id).state == "shelved"
        assert provinces.current().model is None

    def test_a_run_that_is_cut_short_goes_on_where_it_was(
        self, province: Province, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(runs, "BATCH", 2)
        made = ended(MONDAY, 5)
        run = runs.ask(clock.now)
        runs.train_step(run, Path(), train, province, clock.now)
        assert runs.replay_step(run, province, clock.now) == 2
        assert run.cursor == made[1].id
        db.session.expire_all()  # as another worker finds it
        job.run()
        assert (run.figures["looked"], run.outcome) == (5, "ready")

    def test_moves_say_from_where_to_where_and_where_it_ended(
        self, province: Province, clock: FrozenClock, hands: dict[str, list[Example]]
    ) -> None:
        one = ticket(subject="一件事", body=hands["a"][0].text, dispatch=False)
        dispatch.dispatch(one, RIGHT, Act(actor("d", Grant(Role.DISPATCHER)), MONDAY), province)
        handling.accept(one, Act(actor("j", Grant(Role.HANDLER, RIGHT)), MONDAY))
        run = runs.ask(clock.now)
        job.run()
        move = db.session.scalars(select(RoutingMove)).one()
        assert (move.run_id, move.ticket_id, move.ended_bureau_code) == (run.id, one.id, RIGHT)
        assert move.old_bureau_code != move.new_bureau_code

    def test_only_one_run_at_a_time(self, clock: FrozenClock) -> None:
        runs.ask(clock.now)
        with pytest.raises(Invalid):
            runs.ask(clock.now)

    def test_the_same_model_again_ends_the_run(self, clock: FrozenClock) -> None:
        runs.ask(clock.now)
        job.run()
        shelf.publish(shelf.newest(1)[0], clock.now)
        again = runs.ask(clock.now)
        job.run()
        assert again.outcome == "same"

    @pytest.mark.parametrize(
        ("rule", "state"),
        [(runs.Rule(automatic=True, least_gain=0), "published"), (runs.Rule(least_gain=0), "shelved"),
         (runs.Rule(automatic=True, least_gain=99), "shelved")],
    )  # fmt: skip
    def test_a_model_publishes_itself_by_the_rule_alone(
        self, clock: FrozenClock, rule: runs.Rule, state: str
    ) -> None:
        ended(MONDAY, 2)
        runs.set_rule(rule, "孙丽华", clock.now)
        runs.ask(clock.now)
        job.run()
        [row] = shelf.newest(9)
        assert (row.state, row.published_by_id) == (state, None)

    def test_rolling_back_is_one_step_and_is_named_in_decisions(self, clock: FrozenClock) -> None:
        runs.ask(clock.now)
        job.run()
        first = shelf.newest(1)[0]
        shelf.publish(first, clock.now)
        province, later = provinces.current(), clock.forward(hours=1)
        few = of_pack(Path("provinces/heilongjiang"))[:400]
        other = shelf.put(train(few, province.directory, province.rules), {}, later)
        shelf.publish(other, clock.now)
        assert provinces.current().model.version == other.version
        assert shelf.rollback(clock.forward(hours=1)).version == first.version
        assert other.state == "withdrawn"
        decision = ticket(clock.now)
        named = dispatch.lessons.newest_decision(decision)
        assert named.versions["model"] == first.version
        with pytest.raises(Invalid):
            shelf.rollback(clock.now)


@pytest.mark.parametrize(
    ("figures", "allowed"),
    [
        ({"looked": 1000, "to_end": 20, "from_end": 5}, True),
        ({"looked": 1000, "to_end": 14, "from_end": 5}, False),
        ({"looked": 1000, "to_end": 99, "from_end": 6}, False),
        ({}, False),
    ],
)
def test_a_rule_weighs_what_moved_to_its_end_against_what_moved_away(
    figures: dict[str, int], allowed: bool
) -> None:
    assert runs.Rule(automatic=True, least_gain=10, most_away=0.5).allows(figures) is allowed


def lessons_of(count: int, who: Actor, now: dt.datetime) -> Sequence[Ticket]:
    made = [ticket(now, body=f"第{n}件事。") for n in range(count)]
    for one in made:
        lesson(one, RIGHT, Lesson.UPHELD, who)
    return made


def test_enough_lessons_start_a_run_once_a_day(dispatcher: Actor, clock: FrozenClock) -> None:
    runs.set_rule(runs.Rule(automatic=True, least_lessons=3), "孙丽华", clock.now)
    lessons_of(2, dispatcher, clock.now)
    assert runs.ask_if_due(clock.now) is None
    lessons_of(1, dispatcher, clock.now)
    started = runs.ask_if_due(clock.now)
    assert isinstance(started, RoutingRun)
    started.finished_at = clock.now
    db.session.flush()
    assert runs.ask_if_due(clock.forward(hours=2)) is None
