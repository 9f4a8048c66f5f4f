"""Find what turns scores into probabilities that come true, on answers to texts that the model had not read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from routing import hints
from routing.directory import Directory
from routing.evaluation import calibration_error
from routing.evidence import dampened, weigh
from routing.examples import Example
from routing.model import NOBODY, Calibration
from routing.request import Request
from routing.rules import CRITICAL, RuleBook
from routing.text import normalise

PRECISION = 0.955
"""What the likeliest line alone must keep on unseen texts; decisions keep 0.95 then, since what they doubt besides
(several matters, a complaint about the bureau itself) is wrong more often and is not sent."""
PROPOSE = 0.25
FALSE_ALARMS, LEAST_ALARMS = 0.065, 0.015
"""Shares of texts without danger that may be called dangerous: in all, and by the alarm alone at least."""
DANGER = 0.05
"""The share of danger in a usual day."""
_SCALES = np.geomspace(1.0, 64.0, 25)
_WORDS = np.linspace(0.0, 1.5, 16)
_NEAR = np.geomspace(0.8, 1.4, 15)
_FEWEST = 20


@dataclass(frozen=True)
class Answer:
    """A model's scores for a text it had not read, the rules' points beside them, and what would be right."""

    classes: tuple[str, ...]
    scores: NDArray[np.float64]
    points: NDArray[np.float64]
    right: NDArray[np.bool_]
    critical: bool = False
    cued: bool = False
    alarmed: float = -np.inf
    """Whether it was critical, whether the rules alone say so, and how much it resembles what was."""

    @classmethod
    def of(
        cls,
        example: Example,
        classes: tuple[str, ...],
        scores: NDArray[np.float32],
        alarmed: float,
        read_by: tuple[Directory, RuleBook],
    ) -> Self:
        """Set what the rules say beside what a model said."""
        directory, rules = read_by
        text = normalise(example.text)
        found = dampened(
            weigh(Request(subject="", body=example.text), "", text, directory, rules).words, text
        )
        accepted = {example.line, *example.also_ok}
        return cls(
            classes=classes,
            scores=scores.astype(np.float64),
            points=np.array([found.get(line, 0.0) for line in classes]),
            right=np.array([line in accepted for line in classes]),
            critical=example.urgency == CRITICAL,
            cued=(hint := hints.read(text, rules).urgency) is not None and hint.says == CRITICAL,
            alarmed=alarmed,
        )


def calibrate(answers: Sequence[Answer]) -> tuple[Calibration, dict[str, float]]:
    """Return the calibration under which the right lines are least surprising, and what it gives.

    The two numbers are looked for on a grid: two dozen by sixteen trials on a few thousand answers take less
    than a second, and no search can lose its way.
    """
    answers = _as_usual(answers)
    if len(answers) < _FEWEST:
        return Calibration(), {}
    classes, scores, points, right = _aligned(answers)
    found = min(
        (
            (_surprise(scale * scores + words * points, right), scale, words)
            for scale in _SCALES
            for words in _WORDS
        ),
    )
    # The least surprise is bought with modesty: a few wrong labels weigh much. Near it, what comes true decides.
    scale = min(found[1] * _NEAR, key=lambda near: _gap(near * scores + found[2] * points, right))
    shares = _softmax(scale * scores + found[2] * points)
    best = shares.argmax(axis=1)
    confidence, correct = shares.max(axis=1), right[np.arange(len(best)), best]
    pairs = list(zip(confidence.tolist(), correct.tolist(), strict=True))
    sendable = best != classes.index(NOBODY) if NOBODY in classes else np.ones(len(best), bool)
    auto = _threshold([pair for pair, may in zip(pairs, sendable, strict=True) if may])
    sent = (confidence >= auto) & sendable
    figures = {
        "unseen": len(pairs),
        "top1": round(float(correct.mean()), 4),
        "auto_coverage": round(float(sent.mean()), 4),
        "auto_precision": round(float(correct[sent].mean()) if sent.any() else 1.0, 4),
        "ece": calibration_error(pairs) or 0.0,
    }
    return Calibration(round(float(scale), 4), round(float(found[2]), 4), auto, PROPOSE), figures


def _as_usual(answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers with no more danger among them than a usual day has, where the hands wrote more of it.

    Danger names many bureaus at once and is the hardest to place; a day's calls are not made of it.
    """
    critical = [one for one in answers if one.critical]
    calm = [one for one in answers if not one.critical]
    keep = max(1, round(DANGER * len(calm)))
    return [*calm, *critical[:: max(1, round(len(critical) / keep))]]


def alarm_from(answers: Sequence[Answer], otherwise: float) -> float:
    """Return from where a text is called dangerous: as low as leaves the false alarms bearable.

    Of a hundred texts without danger `FALSE_ALARMS` may be called, those that the rules call counted with them;
    where one in twenty is dangerous, six of ten alarms are true then.
    """
    calm = [one for one in answers if not one.critical]
    if len(calm) < _FEWEST:
        return otherwise
    cued = sum(one.cued for one in calm)
    may = max(FALSE_ALARMS * len(calm) - cued, LEAST_ALARMS * len(calm))
    ranked = sorted((one.alarmed for one in calm if not one.cued), reverse=True)
    return round(float(ranked[min(int(may), len(ranked) - 1)]) + 1e-4, 4)


def _aligned(
    answers: Sequence[Answer],
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Put answers of several models into one table; a class that a model did not know is no answer of it."""
    classes = sorted({line for one in answers for line in one.classes})
    place = {line: column for column, line in enumerate(classes)}
    shape = (len(answers), len(classes))
    scores, points, right = np.full(shape, -10.0), np.zeros(shape), np.zeros(shape, bool)
    for row, one in enumerate(answers):
        columns = [place[line] for line in one.classes]
        scores[row, columns], points[row, columns], right[row, columns] = one.scores, one.points, one.right
    return classes, scores, points, right


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(shares, np.float64)


def _surprise(logits: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    share = (_softmax(logits) * right).sum(axis=1)
    return float(-np.log(np.maximum(share, 1e-9)).mean())


def _gap(logits: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the calibration error of the likeliest lines."""
    shares = _softmax(logits)
    correct = right[np.arange(len(shares)), shares.argmax(axis=1)]
    return calibration_error(list(zip(shares.max(axis=1).tolist(), correct.tolist(), strict=True))) or 0.0


def _threshold(pairs: Sequence[tuple[float, bool]]) -> float:
    """Return the lowest probability from which answers are right often enough, all taken together."""
    ranked = sorted(pairs, reverse=True)
    lowest, right = 1.0, 0
    for count, (confidence, correct) in enumerate(ranked, start=1):
        right += correct
        if count >= _FEWEST and right / count >= PRECISION:
            lowest = confidence
    return round(lowest, 4)
