"""Read a policy document with errors that name the place, so that a loader can add file and line."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

Path = tuple[str | int, ...]


class RuleError(ValueError):
    """A document of routing rules is wrong at `path`, e.g. `("weights", "keyword")`."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{'.'.join(map(str, path)) or 'document'}: {message}")
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the document together with the way that led to it."""

    value: object
    path: Path = ()

    def fail(self, message: str) -> NoReturn:
        """Refuse this value."""
        raise RuleError(self.path, message)

    def mapping(self, *keys: str, optional: tuple[str, ...] = ()) -> dict[str, "Node"]:
        """Return the named entries; a missing or unknown key is an error."""
        entries = self._entries()
        for key in keys:
            if key not in entries:
                Node(None, (*self.path, key)).fail("is missing")
        for key, node in entries.items():
            if key not in keys and key not in optional:
                node.fail("is not known here")
        return entries

    def table(self) -> dict[str, "Node"]:
        """Return all entries of a mapping whose keys are free."""
        return self._entries()

    def items(self) -> list["Node"]:
        """Return the entries of a list."""
        if not isinstance(self.value, list):
            self.fail("must be a list")
        return [Node(item, (*self.path, index)) for index, item in enumerate(self.value)]

    def text(self) -> str:
        """Return a text that is not empty."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.fail("must be a text")
        return self.value.strip()

    def words(self, *, shortest: int = 2) -> tuple[str, ...]:
        """Return a list of words; below `shortest` characters a word would match by accident."""
        words = tuple(item.text() for item in self.items())
        for index, word in enumerate(words):
            if len(word) < shortest:
                Node(word, (*self.path, index)).fail(f"must have at least {shortest} characters")
        return words

    def number(self, *, low: float = 0.0, high: float = 100.0) -> float:
        """Return a number from `low` to `high`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fail("must be a number")
        if not low <= self.value <= high:
            self.fail(f"must lie between {low:g} and {high:g}")
        return float(self.value)

    def whole(self, *, low: int = 1, high: int = 10_000) -> int:
        """Return a whole number from `low` to `high`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.fail("must be a whole number")
        if not low <= self.value <= high:
            self.fail(f"must lie between {low} and {high}")
        return self.value

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            self.fail("must be true or false")
        return self.value

    def date(self) -> dt.date:
        """Return a date, written as YAML's own or as an ISO text."""
        if isinstance(self.value, dt.date) and not isinstance(self.value, dt.datetime):
            return self.value
        try:
            return dt.date.fromisoformat(self.text())
        except ValueError:
            self.fail("must be a date, e.g. 2020-06-01")

    def one_of(self, allowed: tuple[str, ...]) -> str:
        """Return a text that is one of `allowed`."""
        word = self.text()
        if word not in allowed:
            self.fail(f"must be one of {', '.join(allowed)}")
        return word

    def _entries(self) -> dict[str, "Node"]:
        if not isinstance(self.value, Mapping):
            self.fail("must be a mapping")
        return {str(key): Node(value, (*self.path, str(key))) for key, value in self.value.items()}
