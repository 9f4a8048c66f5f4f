"""Train a model from examples. The one module that needs scikit-learn: import it where models are made.

The web and whoever decides import `model` alone. Training is deterministic: the same examples in the same order
give the same bytes.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from routing import calibration, signs
from routing.directory import Directory
from routing.examples import LESSONS, Example, of_directory
from routing.model import Alarm, Model
from routing.rules import CRITICAL, RuleBook
from routing.table import Part, Rows, Table, indicators

__all__ = ["Example", "Trial", "train", "trials"]

_SQUARES, _MARGIN, _COUNTING = 0.6, 1.0, 0.15
_SEED = 2020
_FEWEST_ALARMS = 10
_ALARM_WEIGHT, _ALARM_FROM = 4.0, -0.3
"""A missed danger costs more than a question too many. From where it is told is found on unseen hands; else here."""
_ALARM_STRICTNESS, _SIGN = 0.3, 0.15
_FEWEST_OF_A_HAND = 100
_FOLDS, _MOST_TRIALS = 3, 6
_MOST_OF_MARGIN, _MOST_OF_TRIAL, _MOST_UNSEEN = 60_000, 30_000, 5_000
"""Rows that the margin, a trial and its questions read at most, evenly picked: their time grows faster than what
they learn."""


def train(examples: Sequence[Example], directory: Directory, rules: RuleBook) -> Model:
    """Return a model of `examples` and of what the directory says about its lines.

    It is calibrated on answers to texts of hands that it had not read: hand by hand, trained on the others.
    """
    material = _Material([*examples, *of_directory(directory)], rules)
    told = np.arange(len(examples), len(material.examples))
    answers = [
        answer
        for trial in trials(examples)
        if len(trial.unseen)
        for answer in _asked(
            material,
            np.concatenate([_thinned(trial.seen, _MOST_OF_TRIAL), told]),
            _thinned(trial.unseen, _MOST_UNSEEN),
            directory,
        )
    ]
    settled, figures = calibration.calibrate(answers)
    facts = {"examples": len(examples), "digest": digest(examples), **figures}
    model = _fit(material, np.arange(len(material.examples)))[0]
    alarm = model.alarm and replace(model.alarm, threshold=calibration.alarm_from(answers, _ALARM_FROM))
    return replace(model, calibration=settled, alarm=alarm, facts=facts)


def digest(examples: Sequence[Example]) -> str:
    """Name a set of examples by its content."""
    told = [[one.text, one.line, *one.also_ok, one.weight] for one in examples]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:12]


@dataclass(frozen=True, eq=False)
class _Material:
    """What all trials read, read once."""

    examples: Sequence[Example]
    rules: RuleBook

    @cached_property
    def table(self) -> Table:
        return Table.of(one.text for one in self.examples)

    @cached_property
    def signs(self) -> list[signs.Signs]:
        return [signs.read(one.text, self.rules) if one.urgency else {} for one in self.examples]

    def of(self, rows: Rows) -> list[Example]:
        return [self.examples[row] for row in rows]


@dataclass(frozen=True)
class Trial:
    """Which examples a model reads that is asked about others."""

    seen: Rows
    unseen: Rows


def trials(examples: Sequence[Example]) -> list[Trial]:
    """Leave hands out in turn; a lone one is cut into equal parts. Fragments are read, never judged by.

    A few lessons leave the calibration as it was: they are to move what they speak of and nothing else.
    """
    hands = Counter(one.source for one in examples if one.urgency)
    few = {LESSONS} if hands[LESSONS] < _FEWEST_OF_A_HAND else set()
    rows = [row for row, one in enumerate(examples) if one.source not in few]
    parts = _parts({hand: count for hand, count in hands.items() if count >= _FEWEST_OF_A_HAND})
    keys = {row: examples[row].source if examples[row].urgency else "" for row in rows}
    if len(parts) < 2:
        keys = {row: str(index % _FOLDS) if examples[row].urgency else "" for index, row in enumerate(rows)}
        parts = [{str(fold)} for fold in range(_FOLDS)]
    return [
        Trial(
            np.array(
                [row for row in rows if keys[row] not in part and part.isdisjoint(examples[row].after)], int
            ),
            np.array([row for row in rows if keys[row] in part], int),
        )
        for part in parts
    ]


def _parts(hands: Mapping[str, int]) -> list[set[str]]:
    """Put hands together that are left out at once, so that another hand makes no training longer by a trial.

    The largest first, each to the part with the fewest texts.
    """
    parts: list[set[str]] = [set() for _ in range(min(len(hands), _MOST_TRIALS))]
    for hand in sorted(hands, key=lambda hand: (-hands[hand], hand)):
        min(parts, key=lambda part: sum(hands[one] for one in part)).add(hand)
    return parts


def _thinned(rows: Rows, most: int) -> Rows:
    """Return `most` of the rows, evenly picked."""
    return rows if len(rows) <= most else rows[np.linspace(0, len(rows) - 1, most).astype(int)]


def _asked(material: _Material, seen: Rows, unseen: Rows, directory: Directory) -> list[calibration.Answer]:
    """Return what a model of the `seen` answers to the `unseen`."""
    model, part = _fit(material, seen)
    matrix = part.matrix(unseen)
    scores = matrix @ model.weights + model.intercept
    alarmed = np.full(len(unseen), -np.inf)
    if model.alarm is not None:
        names = sorted(model.alarm.signs)
        spoken = indicators([material.signs[row] for row in unseen], names)
        weights = np.array([model.alarm.signs[name] for name in names])
        alarmed = matrix @ model.alarm.weights + spoken @ weights + model.alarm.intercept
    return [
        calibration.Answer.of(one, model.classes, score, float(loud), (directory, material.rules))
        for one, score, loud in zip(material.of(unseen), scores, alarmed, strict=True)
    ]


def _fit(material: _Material, rows: Rows) -> tuple[Model, Part]:
    part = material.table.part(rows)
    matrix, examples = part.matrix(rows), material.of(rows)
    classes = sorted({one.line for one in examples})
    weights, intercept = _agreed(matrix, examples, classes)
    return Model(
        classes=tuple(classes),
        vocabulary=part.vocabulary,
        idf=part.idf,
        weights=_rounded(weights),
        intercept=np.asarray(intercept, np.float32),
        alarm=_alarm(matrix, examples, [material.signs[row] for row in rows]),
    ), part


def _agreed(
    matrix: csr_matrix, material: Sequence[Example], classes: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mix three learners that err differently; all are linear, so the mixture is one table of weights.

    Least squares knows what would also do, the margin minds the close calls, counting complements is steady
    where a line has few examples.
    """
    lines, shares = np.array([one.line for one in material]), np.array([one.weight for one in material])
    squares = Ridge(alpha=_SQUARES, solver="sparse_cg", tol=1e-3).fit(
        matrix, _targets(material, classes), sample_weight=shares
    )
    some = _for_margin(lines)
    margin = LinearSVC(C=_MARGIN, random_state=_SEED).fit(
        matrix[some], lines[some], sample_weight=shares[some]
    )
    counting = ComplementNB(alpha=0.1).fit(matrix, lines, sample_weight=shares).feature_log_prob_.T
    counting -= counting.mean(axis=1, keepdims=True)
    weights = (squares.coef_.T + margin.coef_.T) / 2 + _COUNTING * counting
    return np.asarray(weights), np.asarray(squares.intercept_ + margin.intercept_) / 2


def _for_margin(lines: NDArray[np.str_]) -> Rows:
    """Pick what the margin reads: all, or an even share and the first of each line, so that none is unknown to it."""
    firsts = np.unique(lines, return_index=True)[1]
    return np.union1d(_thinned(np.arange(len(lines)), _MOST_OF_MARGIN), firsts)


def _targets(material: Sequence[Example], classes: Sequence[str]) -> NDArray[np.float32]:
    """Pull each text towards its line and away from the others, but neither way for what would also do."""
    column = {line: index for index, line in enumerate(classes)}
    targets = np.full((len(material), len(classes)), -1.0, np.float32)
    for row, one in enumerate(material):
        targets[row, [column[line] for line in one.also_ok if line in column]] = 0.0
        targets[row, column[one.line]] = 1.0
    return targets


def _alarm(matrix: csr_matrix, material: Sequence[Example], read: Sequence[signs.Signs]) -> Alarm | None:
    """Learn what critical texts have in common, grams and signs; nothing where hardly any was judged critical."""
    judged = _thinned(
        np.array([row for row, one in enumerate(material) if one.urgency], int), _MOST_OF_MARGIN
    )
    critical = np.array([material[row].urgency == CRITICAL for row in judged], bool)
    if critical.sum() < _FEWEST_ALARMS:
        return None
    spoken = [read[row] for row in judged]
    names = sorted(set().union(*spoken))
    weight = {True: _ALARM_WEIGHT, False: 1.0}
    fitted = LinearSVC(C=_ALARM_STRICTNESS, class_weight=weight, random_state=_SEED).fit(
        hstack([matrix[judged], _SIGN * indicators(spoken, names)]).tocsr(), critical
    )
    weights, of_signs = np.split(fitted.coef_[0], [matrix.shape[1]])
    told = {name: round(_SIGN * float(share), 5) for name, share in zip(names, of_signs, strict=True)}
    return Alarm(_rounded(weights), float(fitted.intercept_[0]), _ALARM_FROM, told)


def _rounded(weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Round to what is stored, so that a model is the same before and after the shelf."""
    return np.asarray(weights.astype(np.float16), np.float32)
