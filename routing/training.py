"""Train a model from examples. The one module that needs scikit-learn: import it where models are made.

The web and whoever decides import `model` alone. Training is deterministic: the same examples in the same order
give the same bytes.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from routing import calibration, features, signs
from routing.directory import Directory
from routing.examples import LESSONS, Example, of_directory
from routing.model import Alarm, Model
from routing.rules import CRITICAL, RuleBook

__all__ = ["Example", "train"]

_SQUARES, _MARGIN, _COUNTING = 0.6, 1.0, 0.15
_SEED = 2020
_FEWEST_ALARMS = 10
_ALARM_WEIGHT, _ALARM_FROM = 4.0, -0.3
"""A missed danger costs more than a question too many. From where it is told is found on unseen hands; else here."""
_ALARM_STRICTNESS, _SIGN = 0.3, 0.25
_FEWEST_OF_A_HAND = 100
_FOLDS = 3


def train(examples: Sequence[Example], directory: Directory, rules: RuleBook) -> Model:
    """Return a model of `examples` and of what the directory says about its lines.

    It is calibrated on answers to texts of hands that it had not read: hand by hand, trained on the others.
    """
    told = list(of_directory(directory))
    trials = [trial for trial in _trials(examples) if trial.unseen]
    answers = [
        calibration.Answer.of(one, model, directory, rules)
        for trial in trials
        for model in [_fit([*trial.seen, *told], rules)]
        for one in trial.unseen
    ]
    settled, figures = calibration.calibrate(answers)
    facts = {"examples": len(examples), "digest": digest(examples), **figures}
    model = _fit([*examples, *told], rules)
    alarm = model.alarm and replace(model.alarm, threshold=calibration.alarm_from(answers, _ALARM_FROM))
    return replace(model, calibration=settled, alarm=alarm, facts=facts)


def digest(examples: Sequence[Example]) -> str:
    """Name a set of examples by its content."""
    told = [[one.text, one.line, *one.also_ok, one.weight] for one in examples]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class _Trial:
    seen: list[Example]
    unseen: list[Example]


def _trials(examples: Sequence[Example]) -> list[_Trial]:
    """Leave each hand out in turn; a lone one is cut into equal parts. Fragments are read, never judged by.

    A few lessons leave the calibration as it was: they are to move what they speak of and nothing else.
    """
    hands = Counter(one.source for one in examples if one.urgency)
    if hands[LESSONS] < _FEWEST_OF_A_HAND:
        examples = [one for one in examples if one.source != LESSONS]
    large = [hand for hand, count in hands.items() if count >= _FEWEST_OF_A_HAND]
    keys = [one.source if one.urgency else "" for one in examples]
    if len(large) < 2:
        keys = [str(index % _FOLDS) if one.urgency else "" for index, one in enumerate(examples)]
        large = list(map(str, range(_FOLDS)))
    return [
        _Trial(
            [one for one, key in zip(examples, keys, strict=True) if key != hand and hand not in one.after],
            [one for one, key in zip(examples, keys, strict=True) if key == hand],
        )
        for hand in large
    ]


def _fit(material: Sequence[Example], rules: RuleBook) -> Model:
    counts = [features.grams(one.text) for one in material]
    vocabulary = {gram: column for column, gram in enumerate(sorted(set().union(*counts)))}
    idf = _idf(counts, vocabulary)
    matrix = _matrix([one.text for one in material], vocabulary, idf)
    classes = sorted({one.line for one in material})
    weights, intercept = _agreed(matrix, material, classes)
    return Model(
        classes=tuple(classes),
        vocabulary=vocabulary,
        idf=idf,
        weights=_rounded(weights),
        intercept=np.asarray(intercept, np.float32),
        alarm=_alarm(matrix, material, rules),
    )


def _agreed(
    matrix: csr_matrix, material: Sequence[Example], classes: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mix three learners that err differently; all are linear, so the mixture is one table of weights.

    Least squares knows what would also do, the margin minds the close calls, counting complements is steady
    where a line has few examples.
    """
    lines, shares = [one.line for one in material], [one.weight for one in material]
    squares = Ridge(alpha=_SQUARES, solver="sparse_cg", tol=1e-3).fit(
        matrix, _targets(material, classes), sample_weight=shares
    )
    margin = LinearSVC(C=_MARGIN, random_state=_SEED).fit(matrix, lines, sample_weight=shares)
    counting = ComplementNB(alpha=0.1).fit(matrix, lines, sample_weight=shares).feature_log_prob_.T
    counting -= counting.mean(axis=1, keepdims=True)
    weights = (squares.coef_.T + margin.coef_.T) / 2 + _COUNTING * counting
    return np.asarray(weights), np.asarray(squares.intercept_ + margin.intercept_) / 2


def _targets(material: Sequence[Example], classes: Sequence[str]) -> NDArray[np.float32]:
    """Pull each text towards its line and away from the others, but neither way for what would also do."""
    column = {line: index for index, line in enumerate(classes)}
    targets = np.full((len(material), len(classes)), -1.0, np.float32)
    for row, one in enumerate(material):
        targets[row, [column[line] for line in one.also_ok if line in column]] = 0.0
        targets[row, column[one.line]] = 1.0
    return targets


def _alarm(matrix: csr_matrix, material: Sequence[Example], rules: RuleBook) -> Alarm | None:
    """Learn what critical texts have in common, grams and signs; nothing where hardly any was judged critical."""
    judged = [row for row, one in enumerate(material) if one.urgency]
    critical = np.array([material[row].urgency == CRITICAL for row in judged], bool)
    if critical.sum() < _FEWEST_ALARMS:
        return None
    read = [signs.read(material[row].text, rules) for row in judged]
    names = sorted(set().union(*read))
    weight = {True: _ALARM_WEIGHT, False: 1.0}
    fitted = LinearSVC(C=_ALARM_STRICTNESS, class_weight=weight, random_state=_SEED).fit(
        hstack([matrix[judged], _SIGN * _present(read, names)]).tocsr(), critical
    )
    weights, of_signs = np.split(fitted.coef_[0], [matrix.shape[1]])
    told = {name: round(_SIGN * float(share), 5) for name, share in zip(names, of_signs, strict=True)}
    return Alarm(_rounded(weights), float(fitted.intercept_[0]), _ALARM_FROM, told)


def _present(read: Sequence[Iterable[str]], names: Sequence[str]) -> csr_matrix:
    """Return a row for each text with a one for each name that was read in it."""
    column = {name: number for number, name in enumerate(names)}
    columns = [sorted(column[name] for name in found) for found in read]
    ends = np.cumsum([0, *map(len, columns)])
    return csr_matrix(
        (np.ones(ends[-1]), np.concatenate([*map(np.array, columns), []]).astype(int), ends),
        shape=(len(read), len(names)),
    )


def _rounded(weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Round to what is stored, so that a model is the same before and after the shelf."""
    return np.asarray(weights.astype(np.float16), np.float32)


def _idf(counts: Sequence[dict[str, int]], vocabulary: dict[str, int]) -> NDArray[np.float32]:
    seen = np.zeros(len(vocabulary))
    for found in counts:
        seen[[vocabulary[gram] for gram in found]] += 1
    return (np.log((1 + len(counts)) / (1 + seen)) + 1).astype(np.float32)


def _matrix(texts: Sequence[str], vocabulary: dict[str, int], idf: NDArray[np.float32]) -> csr_matrix:
    rows = [features.row(text, vocabulary, idf) for text in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns = np.concatenate([columns for columns, _ in rows])
    values = np.concatenate([values for _, values in rows])
    return csr_matrix((values, columns, ends), shape=(len(rows), len(vocabulary)))
