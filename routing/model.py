"""What was learned from examples: a linear model over grams, calibrated, immutable, kept without pickle.

`training` makes one, `Model.to_bytes` puts it on a shelf; serving needs numpy alone. Nothing in the file can be
executed: arrays as npz with pickling off, the rest as JSON in it.
"""

import hashlib
import io
import itertools
import json
import math
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from routing import features

NOBODY = ""
"""The class of what no bureau answers: wrong numbers, quarrels of neighbours, courts, advertising."""

_FORMAT = 2


class ModelError(ValueError):
    """The bytes are not a model that this program can read."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns scores into probabilities, and from which probability a decision is trusted.

    `scale` multiplies the model's scores, `words` the points of the rules' keywords: both found on texts of
    hands that the model had not read. `auto` and `propose` are thresholds found there too.
    """

    scale: float = 3.0
    words: float = 0.5
    auto: float = 0.75
    propose: float = 0.25


@dataclass(frozen=True, eq=False)
class Alarm:
    """What texts of danger have in common: a weight for each gram and each sign, the score from which it is told."""

    weights: NDArray[np.float32]
    intercept: float
    threshold: float
    signs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Model:
    """Weights by gram and class. Compared by identity; `version` is a digest of all that is in it."""

    classes: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    intercept: NDArray[np.float32]
    calibration: Calibration = field(default_factory=Calibration)
    alarm: Alarm | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What it was trained on and how it did there: numbers for people, nothing is decided by them."""

    def scores(self, text: str) -> NDArray[np.float32]:
        """Return a score for each class, larger where the text is more like the class's examples."""
        columns, values = features.row(text, self.vocabulary, self.idf)
        scores: NDArray[np.float32] = values @ self.weights[columns] + self.intercept
        return scores

    def probabilities(
        self, text: str, words: Mapping[str, float] | None = None, told: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Return the probability of each class; they sum to one.

        `words` are the rules' points for keywords by line, `told` points for what a person said: log-odds.
        """
        logits = self.calibration.scale * self.scores(text).astype(np.float64)
        for line, points in (words or {}).items():
            if line in self._index:
                logits[self._index[line]] += self.calibration.words * points
        for line, points in (told or {}).items():
            if line in self._index:
                logits[self._index[line]] += points
        shares = np.exp(logits - logits.max())
        return dict(zip(self.classes, (shares / shares.sum()).tolist(), strict=True))

    def alarmed(self, text: str, signs: Iterable[str]) -> float:
        """Return how much the text, with the signs read in it, resembles those of danger."""
        if self.alarm is None:
            return -math.inf
        columns, values = features.row(text, self.vocabulary, self.idf)
        told = sum(self.alarm.signs.get(sign, 0.0) for sign in signs)
        return float((values * self.alarm.weights[columns]).sum()) + told + self.alarm.intercept

    def danger(self, text: str, signs: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """Return the words for which the text resembles those of danger; nothing where it does not.

        The words of signs are whole words and named first; pairs of characters where no sign speaks.
        """
        if self.alarm is None or self.alarmed(text, signs) < self.alarm.threshold:
            return ()
        weights = self.alarm.signs
        loud = sorted((sign for sign in signs if weights.get(sign, 0.0) > 0), key=lambda sign: -weights[sign])
        words = dict.fromkeys(word for sign in loud for word in signs[sign])
        if words:
            return tuple(words)[:3]
        columns, values = features.row(text, self.vocabulary, self.idf)
        return self._loudest(columns, values * self.alarm.weights[columns], 3) or (text.strip()[:6],)

    def because(self, text: str, line: str, most: int = 3) -> tuple[str, ...]:
        """Return the pairs of letters that spoke loudest for `line`: punctuation and numbers are no reason to name."""
        columns, values = features.row(text, self.vocabulary, self.idf)
        if line not in self._index or not len(columns):
            return ()
        return self._loudest(columns, values * self.weights[columns, self._index[line]], most)

    def _loudest(self, columns: NDArray[np.int32], said: NDArray[np.float32], most: int) -> tuple[str, ...]:
        loud = ((float(said[n]), self._grams[columns[n]]) for n in np.argsort(-said))
        told = (gram for share, gram in loud if share > 0 and len(gram) > 1 and gram.isalpha())
        return tuple(itertools.islice(told, most))

    @cached_property
    def version(self) -> str:
        """Name the model by what is in it."""
        return hashlib.sha256(self.to_bytes()).hexdigest()[:12]

    @cached_property
    def _index(self) -> dict[str, int]:
        return {line: index for index, line in enumerate(self.classes)}

    @cached_property
    def _grams(self) -> list[str]:
        return sorted(self.vocabulary, key=self.vocabulary.__getitem__)

    def to_bytes(self) -> bytes:
        """Return the whole model as one npz file."""
        told = {
            "format": _FORMAT,
            "classes": self.classes,
            "vocabulary": self._grams,
            "calibration": asdict(self.calibration),
            "facts": dict(self.facts),
            "alarm": None
            if self.alarm is None
            else [self.alarm.intercept, self.alarm.threshold, dict(self.alarm.signs)],
        }
        alarm = np.empty(0) if self.alarm is None else self.alarm.weights
        out = io.BytesIO()
        np.savez_compressed(
            out,
            idf=self.idf.astype(np.float32),
            weights=self.weights.astype(np.float16),
            intercept=self.intercept.astype(np.float32),
            alarm=alarm.astype(np.float16),
            told=np.frombuffer(json.dumps(told, ensure_ascii=False, sort_keys=True).encode(), np.uint8),
        )
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            ModelError: it is something else, or of a format that is not known here.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                told = json.loads(arrays["told"].tobytes())
                idf, intercept = arrays["idf"], arrays["intercept"]
                weights, alarm = arrays["weights"].astype(np.float32), arrays["alarm"].astype(np.float32)
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError("not a model") from error
        if told.get("format") != _FORMAT:
            raise ModelError(f"format {told.get('format')} is not known")
        return cls(
            classes=tuple(told["classes"]),
            vocabulary={gram: column for column, gram in enumerate(told["vocabulary"])},
            idf=idf,
            weights=weights,
            intercept=intercept,
            calibration=Calibration(**told["calibration"]),
            alarm=None if told["alarm"] is None else Alarm(alarm, *told["alarm"]),
            facts=told["facts"],
        )
