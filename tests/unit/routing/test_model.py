"""What is learned: kept without pickle, sure of what it knows, silent about what it does not."""

import io
import json

import numpy as np
import pytest

from routing import calibration, hints, signs
from routing.decision import Decision, Ground, Kind, Request, decide
from routing.directory import Directory
from routing.evaluation import Case, Outcome, calibration_error, figures
from routing.evidence import dampened
from routing.examples import Example
from routing.model import NOBODY, Model, ModelError
from routing.rules import RuleBook
from routing.training import train, trials


def test_bytes_give_the_same_model(model: Model) -> None:
    again = Model.from_bytes(model.to_bytes())
    assert again.version == model.version
    assert again.probabilities("锅炉检验") == model.probabilities("锅炉检验")


def test_training_twice_gives_the_same_bytes(
    taught: list[Example], directory: Directory, rules: RuleBook
) -> None:
    one, two = (train(taught[:60], directory, rules) for _ in range(2))
    assert one.version == two.version


def test_each_hand_is_judged_once_by_who_read_neither_it_nor_what_came_after() -> None:
    hands = [f"h{number}" for number in range(13)]
    taught = [
        Example(f"{hand} {n}", "tax", source=hand, urgency="normal") for hand in hands for n in range(100)
    ]
    taught += [Example("补", "tax", source="later", urgency="normal", after=("h3",))]
    made = trials(taught)
    judged = [row for trial in made for row in trial.unseen]
    assert sorted(judged) == list(range(1300))
    assert len(made) == 6
    for trial in made:
        asked, read = ({taught[row].source for row in rows} for rows in (trial.unseen, trial.seen))
        assert asked.isdisjoint(read)
        assert ("h3" in asked) == ("later" not in read)


def test_a_model_of_another_kind_is_refused(model: Model) -> None:
    out = io.BytesIO()
    np.savez(
        out, told=np.frombuffer(json.dumps({"format": 99}).encode(), np.uint8), idf=1, intercept=1, weights=1
    )
    for data in (b"", b"PK\x03\x04", out.getvalue()):
        with pytest.raises(ModelError):
            Model.from_bytes(data)


def test_pickled_arrays_are_refused() -> None:
    out = io.BytesIO()
    np.savez(out, told=np.array([{"format": 1}], dtype=object))
    with pytest.raises(ModelError):
        Model.from_bytes(out.getvalue())


def test_probabilities_sum_to_one_and_know_nobody(model: Model) -> None:
    shares = model.probabilities("打错了，找修锁的")
    assert sum(shares.values()) == pytest.approx(1.0)
    assert NOBODY in shares


def test_what_a_person_chose_moves_a_line(model: Model) -> None:
    plain = model.probabilities("材料不全怎么办")
    assert model.probabilities("材料不全怎么办", told={"tax": 6.0})["tax"] > plain["tax"]
    assert model.probabilities("材料不全怎么办", told={"no-such-line": 6.0}) == plain


def asked(body: str, directory: Directory, rules: RuleBook, model: Model) -> Decision:
    return decide(Request(subject="", body=body), directory, rules, model)


def test_words_that_no_topic_has_still_find_their_line(
    directory: Directory, rules: RuleBook, model: Model
) -> None:
    body = "松北区的，税务窗口的票开不出来，金税盘锁了"
    decision = asked(body, directory, rules, model)
    assert (decision.line, decision.place) == ("tax", "230109")
    assert decision.versions["model"] == model.version
    assert Ground.LEARNT in {reason.kind for reason in decision.reasons}


def test_nobodys_text_is_sent_to_nobody(directory: Directory, rules: RuleBook, model: Model) -> None:
    decision = asked("喂喂听得到吗，打错了打错了", directory, rules, model)
    assert (decision.kind, decision.bureau_code) == (Kind.ABSTAIN, None)
    assert Ground.NOBODY in {reason.kind for reason in decision.reasons}


def test_a_local_matter_without_a_place_goes_to_the_department_of_the_province(
    directory: Directory, rules: RuleBook, model: Model
) -> None:
    decision = asked("稳岗返还申请一个月了还没到账，失业保险的稳岗补贴", directory, rules, model)
    assert decision.line == "human-resources"
    assert decision.bureau_code in (None, "HLJ-RST")
    assert Ground.REGION_UNKNOWN in {reason.kind for reason in decision.reasons}


def outcome(
    case: Case, line: str, share: float, kind: Kind = Kind.AUTO, *, critical: bool = False
) -> Outcome:
    decision = Decision(
        kind=kind, bureau_code=None, region_code=None, topic_code=None, line=line or None, candidates=(),
        reasons=(), versions={}, lines=((line, share), ("tax", 0.1)), place=None,
    )  # fmt: skip
    return Outcome(case, decision, critical, 0.001)


def test_figures_count_what_would_also_do() -> None:
    rows = [
        {"id": 1, "text": "x", "line": "tax", "urgent": True},
        {"id": 2, "text": "x", "line": "power", "also_ok": ["housing"], "urgent": False},
        {"id": 3, "text": "x", "line": None, "also_ok": "", "region": "230100", "urgent": False},
        {"id": 4, "text": "x", "line": "water"},
    ]
    cases = [Case.from_row(row) for row in rows]
    found = figures(
        [
            outcome(cases[0], "tax", 0.9, critical=True),
            outcome(cases[1], "housing", 0.8, critical=True),
            outcome(cases[2], "", 0.7, Kind.ABSTAIN),
            outcome(cases[3], "post", 0.9),
        ]
    )
    assert (found.top1, found.top3, found.auto_coverage, found.auto_precision) == (0.75, 0.75, 0.75, 0.6667)
    assert (found.abstained, found.region_accuracy) == (0.25, 0.75)
    assert (found.urgent_recall, found.urgent_precision) == (1.0, 0.5)


def test_calibration_error_is_the_mean_gap_of_equal_bins() -> None:
    assert calibration_error([(0.5, True), (0.5, False)] * 10) == 0.0
    assert calibration_error([(1.0, False)] * 10) == 1.0
    assert calibration_error([]) is None


def test_danger_that_no_signal_names_is_heard_where_the_text_resembles_it(
    rules: RuleBook, model: Model, taught: list[Example]
) -> None:
    critical = [one.text for one in taught if one.urgency == "critical"]
    quiet = [one.text for one in taught if one.urgency == "normal"]
    assert sum(bool(model.danger(text, signs.read(text, rules))) for text in critical) > len(critical) * 0.8
    assert sum(bool(model.danger(text, signs.read(text, rules))) for text in quiet) < len(quiet) * 0.05
    silent = next(text for text in critical if hints.read(text, rules).urgency is None)
    assert hints.read(silent, rules, model).urgency is not None


def test_signs_are_read_alone_and_near_each_other_but_not_across_a_letter(rules: RuleBook) -> None:
    near = signs.read("老人叫不醒", rules)
    assert near["fragile+hurt"] == ("老人", "叫不醒")
    far = signs.read("老人" + "办证材料齐全" * 10 + "叫不醒", rules)
    assert {"fragile", "hurt"} <= set(far)
    assert "fragile+hurt" not in far


def test_danger_is_told_with_whole_words_of_the_text(rules: RuleBook, model: Model) -> None:
    text = "锅炉房里躺着俩人叫不醒，孩子在外头哭，快来人"
    told = model.danger(text, signs.read(text, rules))
    assert told
    assert all(word in text for word in told)


def test_the_alarm_stands_as_low_as_its_false_alarms_allow() -> None:
    nothing = np.zeros(1)
    calm = [
        calibration.Answer(("x",), nothing, nothing, nothing > 0, alarmed=float(score))
        for score in range(100)
    ]
    allowed = int(100 * calibration.FALSE_ALARMS)
    assert calibration.alarm_from(calm, 7.0) == pytest.approx(99.0 - allowed, abs=0.001)
    assert calibration.alarm_from(calm[:5], 7.0) == 7.0


def test_a_letter_adds_up_fewer_points_than_a_call() -> None:
    assert dampened({"tax": 4.0}, "短" * 100) == {"tax": 4.0}
    assert dampened({"tax": 4.0}, "长" * 480) == {"tax": pytest.approx(2.0)}


def test_reasons_name_letters_alone(model: Model) -> None:
    told = model.because("3号,锅炉检验。。。,12台!!锅炉", "market-regulation")
    assert told
    assert all(gram.isalpha() for gram in told)


def test_two_matters_in_one_text_are_told_and_proposed(
    directory: Directory, rules: RuleBook, model: Model
) -> None:
    body = "一是电子税务局开不了增值税专用发票，二是快递网点把我的包裹弄丢了不赔，在大庆"
    decision = asked(body, directory, rules, model)
    told = next(reason for reason in decision.reasons if reason.kind is Ground.SEVERAL)
    assert decision.kind is Kind.PROPOSE
    assert len(told.bureaus) == 2


def test_one_matter_with_such_a_word_is_one(directory: Directory, rules: RuleBook, model: Model) -> None:
    decision = asked("拖欠农民工工资三个月，另外包工头拖欠的工资也没给，农民工讨薪", directory, rules, model)
    assert Ground.SEVERAL not in {reason.kind for reason in decision.reasons}
