"""Train a model from examples. The one module that needs scikit-learn: import it where models are made.

The web and whoever decides import `model` alone. Training is deterministic: the same examples in the same order
give the same bytes.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from routing import calibration, features
from routing.directory import Directory
from routing.examples import LESSONS, Example, of_directory
from routing.model import Model
from routing.rules import RuleBook

__all__ = ["Example", "train"]

_STRICTNESS = 0.3
_SEED = 2020
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
        for model in [_fit([*trial.seen, *told])]
        for one in trial.unseen
    ]
    settled, figures = calibration.calibrate(answers)
    facts = {"examples": len(examples), "digest": digest(examples), **figures}
    return replace(_fit([*examples, *told]), calibration=settled, facts=facts)


def digest(examples: Sequence[Example]) -> str:
    """Name a set of examples by its content."""
    told = [[one.text, one.line, *one.also_ok, one.weight] for one in examples]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class _Trial:
    seen: list[Example]
    unseen: list[Example]


def _trials(examples: Sequence[Example]) -> list[_Trial]:
    """Leave each hand out in turn; the hands with few texts, or a lone one, are cut into equal parts.

    A few lessons leave the calibration as it was: they are to move what they speak of and nothing else.
    """
    hands = Counter(one.source for one in examples)
    if hands[LESSONS] < _FEWEST_OF_A_HAND:
        examples = [one for one in examples if one.source != LESSONS]
    large = [hand for hand, count in hands.items() if count >= _FEWEST_OF_A_HAND]
    keys = [one.source for one in examples]
    if len(large) < 2:
        keys, large = [str(index % _FOLDS) for index in range(len(examples))], list(map(str, range(_FOLDS)))
    return [
        _Trial(
            [one for one, key in zip(examples, keys, strict=True) if key != hand],
            [one for one, key in zip(examples, keys, strict=True) if key == hand],
        )
        for hand in large
    ]


def _fit(material: Sequence[Example]) -> Model:
    counts = [features.grams(one.text) for one in material]
    vocabulary = {gram: column for column, gram in enumerate(sorted(set().union(*counts)))}
    idf = _idf(counts, vocabulary)
    matrix = _matrix([one.text for one in material], vocabulary, idf)
    fitted = LinearSVC(C=_STRICTNESS, random_state=_SEED).fit(
        matrix, [one.line for one in material], sample_weight=[one.weight for one in material]
    )
    return Model(
        classes=tuple(map(str, fitted.classes_)),
        vocabulary=vocabulary,
        idf=idf,
        weights=fitted.coef_.T.astype(np.float16).astype(np.float32),
        intercept=fitted.intercept_.astype(np.float32),
    )


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
