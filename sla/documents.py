"""Reads plain data (parsed YAML or JSON) with the path of every value, so that an error can name its line."""

from dataclasses import dataclass
from datetime import date, datetime

Path = tuple[str | int, ...]


class DocumentError(ValueError):
    """A document that cannot be used; `path` leads to the offending value, for a loader that knows lines."""

    def __init__(self, path: Path, message: str) -> None:
        """Keep `path` and `message` apart; the text of the error joins them."""
        super().__init__(f"{'.'.join(map(str, path)) or 'document'}: {message}")
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document, where it stands, and the error class its owner wants."""

    value: object
    path: Path = ()
    error: type[DocumentError] = DocumentError

    def fail(self, message: str) -> DocumentError:
        """Return (not raise) the error for this value."""
        return self.error(self.path, message)

    def fields(
        self, *, required: set[str], optional: frozenset[str] | set[str] = frozenset()
    ) -> dict[str, "Node"]:
        """Return the named members; a missing or an unknown one is an error: a typo must not be silent."""
        if not isinstance(self.value, dict):
            raise self.fail("a mapping is expected")
        for key in self.value:  # first: a key that is misspelt is missing too, and its line says more
            if key not in required and key not in optional:
                raise self.at(key).fail("unknown key")
        if missing := sorted(required - self.value.keys()):
            raise self.fail(f"missing: {', '.join(missing)}")
        return {key: self.at(key) for key in self.value}

    def at(self, key: str | int) -> "Node":
        """Return the member `key`, one step further down the path."""
        inner = self.value[key]  # type: ignore[index]  # callers have checked the container
        return Node(inner, (*self.path, key), self.error)

    def items(self) -> list["Node"]:
        """Return the members of a list."""
        if not isinstance(self.value, list | tuple):
            raise self.fail("a list is expected")
        return [self.at(index) for index in range(len(self.value))]

    def text(self) -> str:
        """Return a non-empty text."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.fail("a text is expected")
        return self.value.strip()

    def texts(self) -> tuple[str, ...]:
        """Return a list of texts; a single text stands for a list of one."""
        if isinstance(self.value, str):
            return (self.text(),)
        return tuple(node.text() for node in self.items())

    def whole(self) -> int:
        """Return a whole number of at least 1."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 1:
            raise self.fail("a whole number of at least 1 is expected")
        return self.value

    def day(self) -> date:
        """Return a date, given as such or in ISO form."""
        if isinstance(self.value, date) and not isinstance(self.value, datetime):
            return self.value
        try:
            return date.fromisoformat(self.text())
        except ValueError:
            raise self.fail("a date like 2026-01-31 is expected") from None
