"""The wiring of the whole: layers, routes, facts, migrations, sizes, words that must not stand anywhere."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from config import ROOT
from ticketing.domain.events import EVENTS
from ticketing.extensions import db
from ticketing.handlers import SUBSCRIBERS
from ticketing.jobs.schedule import TASKS

TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    if name
]
CODE = [path for path in TRACKED if path.suffix == ".py" and path.is_relative_to(ROOT / "ticketing")]
#: One idea each, and longer than the rest.
LONG = {"ticketing/web/submit.py", "ticketing/web/actions.py"}
VERSIONS = sorted((ROOT / "migrations" / "versions").glob("*.py"))


def test_layers_are_kept() -> None:
    command = [Path(sys.executable).parent / "lint-imports", "--config", ROOT / "pyproject.toml"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_fact_has_its_handlers() -> None:
    assert {kind.__name__ for kind in SUBSCRIBERS} == set(EVENTS)
    assert all(SUBSCRIBERS.values())


def test_every_task_can_be_asked_whether_it_is_needed(rolled_back: Flask) -> None:
    for name, task in TASKS.items():
        if task.waiting is not None:
            assert db.session.execute(db.text(task.waiting), {"now": "2020-01-01"}).first() is None, name


def test_migrations_are_numbered_and_named_as_their_files() -> None:
    revisions = [re.search(r'^revision = "(.+)"', path.read_text(), re.M).group(1) for path in VERSIONS]
    assert revisions == [path.stem for path in VERSIONS]
    assert [name[:4] for name in revisions] == [f"{n:04d}" for n in range(1, len(revisions) + 1)]
    assert max(map(len, revisions)) <= 32


def test_there_is_one_line_of_migrations() -> None:
    downs = [re.search(r'^down_revision = "?([^"\n]+)', path.read_text(), re.M).group(1) for path in VERSIONS]
    assert downs == ["None", *(path.stem for path in VERSIONS[:-1])]


def test_the_migrated_database_is_what_the_models_say(rolled_back: Flask) -> None:
    context = MigrationContext.configure(db.session.connection())
    assert compare_metadata(context, db.metadata) == []


def test_no_file_has_grown_beyond_one_idea() -> None:
    tall = {str(path.relative_to(ROOT)) for path in CODE if len(path.read_text().splitlines()) > 300}
    assert tall <= LONG


def test_nothing_is_imported_inside_a_function() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in CODE
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_packages_only_pass_on_names() -> None:
    for path in (one for one in CODE if one.name == "__init__.py"):
        kinds = {type(node) for node in ast.parse(path.read_text()).body}
        assert kinds <= {ast.Expr, ast.ImportFrom, ast.Assign}, path


def test_the_wall_clock_is_read_in_one_place() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in CODE
        if re.search(r"\.now\(dt\.|utcnow|date\.today", path.read_text())
    ]
    assert readers == ["ticketing/domain/clock.py"]


@pytest.mark.parametrize("folder", ["ticketing", "sla", "routing", "templates", "static"])
def test_nothing_of_a_province_lives_in_code(folder: str) -> None:
    names = re.compile(r"黑龙江|哈尔滨|齐齐哈尔|HLJ|HRB|QQHR|2301\d\d|0451-8700(?!1234)")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in TRACKED
        if path.is_relative_to(ROOT / folder) and path.suffix in {".py", ".html", ".js", ".css"}
        if (match := names.search(path.read_text()))
    ]
    assert found == []


def test_the_project_speaks_of_itself_alone() -> None:
    stray = re.compile("/wor" + r"k/|\.\./share" + r"d|/roo" + r"t/|index-" + r"url" + r"|/simp" + r"le/")
    texts = [
        path
        for path in TRACKED
        if path.suffix in {".py", ".md", ".html", ".toml", ".yaml", ".txt", ".json", ""}
    ]
    assert [str(path) for path in texts if path.is_file() and stray.search(path.read_text())] == []
