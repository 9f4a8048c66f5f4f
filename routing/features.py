"""What a text is made of, as the model counts it: single characters and pairs of neighbours.

Chinese is written without blanks, and callers' words are cut anyhow by speech-to-text; pairs of characters need
no dictionary and survive a wrong character beside them. Digits say little but that there is a number; punctuation
tells a form from a call and nothing of the matter.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from routing.text import normalise

Row = tuple[NDArray[np.int32], NDArray[np.float32]]

_NUMBER = re.compile(r"[0-9]+(?:[.,:][0-9]+)*")
_RUN = re.compile(r"[^\W_]+")


def grams(text: str) -> Counter[str]:
    """Return how often each character and each pair of neighbours stands in `text`; no pair goes across a stop."""
    found: Counter[str] = Counter()
    for run in _RUN.findall(_NUMBER.sub("0", normalise(text))):
        found.update(run)
        found.update(map("".join, pairwise(run)))
    return found


def row(text: str, vocabulary: Mapping[str, int], idf: NDArray[np.float32]) -> Row:
    """Return the known grams' columns with their weights: (1 + log count) × idf, of length one."""
    known = [(vocabulary[gram], count) for gram, count in grams(text).items() if gram in vocabulary]
    if not known:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    columns = np.array([column for column, _ in known], np.int32)
    weights = np.array([1.0 + math.log(count) for _, count in known], np.float32) * idf[columns]
    return columns, weights / np.float32(np.linalg.norm(weights))
