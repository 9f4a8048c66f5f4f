"""Reads the files of a province pack so that every mistake can be told with its file and line."""

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Problem:
    """One mistake in a pack."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PackInvalid(Exception):
    """A pack that cannot be loaded, with all its mistakes."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems, key=lambda one: (one.file, one.line))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Row:
    """A row of a table with the line on which it ends."""

    line: int
    values: dict[str, Any]


@dataclass
class Report:
    """Collects mistakes while everything is read."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, message: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(file, line, message))


Reader = Callable[[str], Any]


def text(cell: str) -> str:
    """Read a cell that must not be empty."""
    if not cell.strip():
        raise ValueError("must not be empty")
    return cell.strip()


def optional(cell: str) -> str | None:
    """Read a cell that may be empty."""
    return cell.strip() or None


def words(cell: str) -> list[str]:
    """Read words separated by `|`."""
    return [word.strip() for word in cell.split("|") if word.strip()]


def yes_no(cell: str) -> bool:
    """Read yes or no."""
    if cell not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return cell == "yes"


def one_of(*allowed: str) -> Reader:
    """Return the reader of a closed list."""

    def read(cell: str) -> str:
        if cell not in allowed:
            raise ValueError(f"{cell or 'nothing'} is not one of {', '.join(allowed)}")
        return cell

    return read


def whole(low: int, high: int) -> Reader:
    """Return the reader of a whole number."""

    def read(cell: str) -> int:
        if not cell.isdigit() or not low <= int(cell) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(cell)

    return read


def read_table(path: Path, columns: dict[str, Reader], key: str, report: Report) -> list[Row]:
    """Read a CSV table; rows with a mistake are left out and told."""
    try:
        stream = path.open(encoding="utf-8", newline="")
    except FileNotFoundError:
        report.add(path.name, 1, "the file is missing")
        return []
    with stream:
        reader = csv.DictReader(stream)
        names = reader.fieldnames or []
        if set(names) != set(columns):
            missing, unknown = sorted(set(columns) - set(names)), sorted(set(names) - set(columns))
            report.add(path.name, 1, f"columns missing: {missing or 'none'}, unknown: {unknown or 'none'}")
            return []
        return list(_rows(path.name, reader, columns, key, report))


def _rows(
    file: str, reader: "csv.DictReader[str]", columns: dict[str, Reader], key: str, report: Report
) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for cells in reader:
        line, values, before = reader.line_num, {}, len(report.problems)
        for name, read in columns.items():
            try:
                values[name] = read(cells[name] or "")
            except ValueError as error:
                report.add(file, line, f"{name}: {error}")
        identity = values.get(key)
        if identity in seen:
            report.add(file, line, f"{key} {identity} stands on line {seen[identity]} already")
        if len(report.problems) == before:
            seen[values[key]] = line
            yield Row(line, values)


#: libyaml's reader, where PyYAML was built with it.
_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 40


class _Loader(yaml.SafeLoader):
    """YAML in which a key that stands twice is a mistake."""


def _mapping(loader: _Loader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)  # type: ignore[no-untyped-call]
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"{key} stands twice", key_node.start_mark)
        seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


_Loader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, lambda loader, node: _mapping(loader, node, deep=True)
)


@dataclass
class YamlFile:
    """A parsed document that can say on which line a path leads."""

    file: str
    body: dict[str, Any]
    _tree: yaml.Node

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line of the deepest part of `path` that is there."""
        node = self._tree
        for step in path:
            inner = _child(node, step)
            if inner is None:
                break
            node = inner
        return node.start_mark.line + 1


def _child(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    return None


def read_yaml(path: Path, folder: Path, report: Report) -> YamlFile | None:
    """Read a YAML document; None, and told, where it cannot be."""
    file = str(path.relative_to(folder))
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        report.add(file, 1, "the file is missing")
        return None
    return parse_yaml(content, file, report)


def parse_yaml(content: str, file: str, report: Report) -> YamlFile | None:
    """Return the document of a text; None, and told with its line, where it is none."""
    try:
        tree = _tree(content)
        body = _Loader("").construct_document(tree) if tree is not None else None  # type: ignore[no-untyped-call]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        report.add(file, mark.line + 1 if mark else 1, str(getattr(error, "problem", error)))
        return None
    except (ValueError, RecursionError) as error:  # a date such as 2026-02-30
        report.add(file, 1, f"{error}")
        return None
    if not isinstance(body, dict):
        report.add(file, 1, "a mapping is expected")
        return None
    return YamlFile(file, body, tree)


def _tree(content: str) -> yaml.Node | None:
    """Return the nodes of a text, each with its place, read by libyaml: twenty times as fast as by Python.

    What is wrong is said by Python's reader, whose words the pages know in both languages.
    """
    try:
        _refuse_depths(content)
        return yaml.compose(content, Loader=_FAST)  # type: ignore[no-any-return]
    except yaml.composer.ComposerError:
        raise
    except yaml.YAMLError:
        return yaml.compose(content, Loader=yaml.SafeLoader)  # type: ignore[no-any-return]


def _refuse_depths(content: str) -> None:
    """Refuse what grows beyond any memory or stack: an alias, and lists in lists without end."""
    depth = 0
    for event in yaml.parse(content, Loader=_FAST):  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "an alias is not read here", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.composer.ComposerError(None, None, "nested too deeply", event.start_mark)


def plain(value: Any) -> Any:
    """Return a document ready for JSON: dates as ISO text, keys as text."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value
