"""Texts as one table of counts, made once: trainings on parts of it share the reading, the dearest work of all."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from routing import features

Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Table:
    """Grams by column, in their order, and for each text 1 + log of how often each stands in it."""

    grams: tuple[str, ...]
    counts: csr_matrix

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Read the texts."""
        columns: dict[str, int] = {}
        found, counts, ends = array("i"), array("f"), array("q", [0])
        for text in texts:
            read = features.grams(text)
            found.extend([columns.setdefault(gram, len(columns)) for gram in read])
            counts.extend(read.values())
            ends.append(len(found))
        order = sorted(columns, key=columns.__getitem__)
        grams = tuple(sorted(order))
        place = {gram: column for column, gram in enumerate(grams)}
        moved = np.array([place[gram] for gram in order], np.int32)
        return cls(
            grams,
            csr_matrix(
                (
                    1 + np.log(np.frombuffer(counts, np.float32)),
                    moved[np.frombuffer(found, np.int32)],
                    np.frombuffer(ends, np.int64),
                ),
                shape=(len(ends) - 1, len(grams)),
            ),
        )

    def part(self, rows: Rows) -> "Part":
        """Return what a training on these rows alone knows: grams that none of them has are no columns."""
        seen = np.bincount(self.counts[rows].indices, minlength=len(self.grams))
        columns = np.flatnonzero(seen)
        return Part(self, columns, (np.log((1 + len(rows)) / (1 + seen[columns])) + 1).astype(np.float32))


@dataclass(frozen=True, eq=False)
class Part:
    """The columns that a training knows, and how rare each is among its texts."""

    table: Table
    columns: NDArray[np.intp]
    idf: NDArray[np.float32]

    @property
    def vocabulary(self) -> dict[str, int]:
        """Return the column of each gram."""
        return {self.table.grams[at]: column for column, at in enumerate(self.columns.tolist())}

    def matrix(self, rows: Rows) -> csr_matrix:
        """Return what `features.row` returns for each of the rows, as one matrix."""
        matrix = self.table.counts[rows][:, self.columns]
        matrix.data *= self.idf[matrix.indices]
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        matrix.data /= np.repeat(np.maximum(lengths, 1e-12), np.diff(matrix.indptr)).astype(np.float32)
        return matrix


def indicators(read: Sequence[Mapping[str, object]], names: Sequence[str]) -> csr_matrix:
    """Return a row for each text with a one for each name that was read in it."""
    column = {name: number for number, name in enumerate(names)}
    columns = [sorted(column[name] for name in found if name in column) for found in read]
    ends = np.cumsum([0, *map(len, columns)])
    return csr_matrix(
        (np.ones(ends[-1]), np.concatenate([*map(np.array, columns), []]).astype(int), ends),
        shape=(len(read), len(names)),
    )
