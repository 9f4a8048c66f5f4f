"""`flask catalog`: the English of everything that people read; Chinese is the language of the sources.

The file is sorted by the Chinese words and names no lines, so that a change in it is a change of words.
"""

import io
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask.cli import AppGroup

ROOT = Path(__file__).resolve().parent.parent.parent
TRANSLATIONS = ROOT / "ticketing" / "translations"
ENGLISH = TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None, "_l": None, "lazy_gettext": None}
#: Lines of the head that change without any word changing.
RESTLESS = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By")
PLACES = re.compile(r"%\((\w+)\)[sd]|\{\w+\}|%%|%")
#: Characters that an English page must not show: ideographs, and punctuation of their width.
HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
#: What stays Chinese in English: the name of the other language.
CHINESE_IN_ENGLISH = frozenset({"中文"})
#: Words of the sources, plurals as pairs, each with its context.
Said = list[tuple[Any, str | None]]

catalog = AppGroup("catalog", help="The English of the pages: collect, list, merge, check, compile.")


@catalog.command("extract")
def extract() -> None:
    """Bring messages.po up to date with the sources: new words come in empty, words no longer said go."""
    words = updated(kept(), collected())
    ENGLISH.write_bytes(written(words))
    click.echo(f"{len(words)} entries, {len(missing(words))} without English")


@catalog.command("missing")
def list_missing() -> None:
    """Print the words without English as JSON, ready to be filled in and merged; plurals are lists of two."""
    click.echo(json.dumps(missing(updated(kept(), collected())), ensure_ascii=False, indent=1))


@catalog.command("merge")
@click.argument("table", type=click.File(encoding="utf-8"))
def merge(table: TextIO) -> None:
    """Take translations over from a JSON file, `{"中文": "English"}`, or - for standard input."""
    words = updated(kept(), collected())
    unknown = merged(words, json.load(table))
    if unknown:
        raise click.ClickException("not in the sources: " + ", ".join(unknown))
    ENGLISH.write_bytes(written(words))
    compiled()
    click.echo(f"{len(words)} entries, {len(missing(words))} without English")


@catalog.command("check")
def check() -> None:
    """Tell what is missing, stale or filled in wrong; fails when anything is."""
    found = list(problems(collected()))
    for problem in found:
        click.echo(problem, err=True)
    sys.exit(1 if found else 0)


@catalog.command("compile")
def compile_() -> None:
    """Write messages.mo, which the pages read."""
    click.echo(compiled())


def collected() -> Said:
    """Return the words of the sources, each with its context; this reads every file of them."""
    methods, options = parse_mapping_cfg(io.StringIO((TRANSLATIONS / "babel.cfg").read_text()))
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return [(word, context) for _file, _line, word, _comments, context in found]


def kept(path: Path = ENGLISH) -> Catalog:
    """Return the words of the file; none where there is no file yet."""
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as stream:
        return read_po(stream, locale="en")


def updated(words: Catalog, said: Said) -> Catalog:
    """Return the words of the sources with the English that is known; nothing is guessed."""
    fresh = Catalog(locale="en", project="enterprise-appeals", fuzzy=False)
    for word, context in said:
        fresh.add(word, context=context)
    for message in fresh:
        known = words.get(message.id) if message.id else None
        if known is not None and isinstance(known.id, str) == isinstance(message.id, str):
            message.string = known.string
    return fresh


def written(words: Catalog) -> bytes:
    """Return the file: sorted, without line numbers, without anything that changes by itself."""
    stream = io.BytesIO()
    words.header_comment = "# English for the Chinese words of the sources; see `flask catalog --help`."
    write_po(stream, words, no_location=True, sort_output=True, width=110)
    lines = stream.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(tuple(f'"{r}' for r in RESTLESS))).encode()


def missing(words: Catalog) -> dict[str, str | list[str]]:
    """Return the Chinese words without English, with an empty place for it."""
    return {
        _word(message): "" if isinstance(message.id, str) else ["", ""]
        for message in _messages(words)
        if HAN.search(_word(message)) and not all(_strings(message))
    }


def merged(words: Catalog, table: dict[str, str | list[str]]) -> list[str]:
    """Fill in translations; return the words of the table that the sources do not know."""
    by_word = {_word(message): message for message in _messages(words)}
    for word in set(table) & set(by_word):
        said = table[word]
        message = by_word[word]
        plural = not isinstance(message.id, str)
        message.string = (said, said) if plural and isinstance(said, str) else tuple(said) if plural else said
    return sorted(set(table) - set(by_word))


def problems(said: Said, path: Path = ENGLISH) -> Iterator[str]:
    """Say everything that is wrong with the file, one sentence each."""
    known = kept(path)
    words = updated(known, said)
    for word in missing(words):
        yield f"has no English: {word}"
    fresh = {_word(message) for message in _messages(words)}
    for message in _messages(known):
        if _word(message) not in fresh:
            yield f"is said nowhere any more: {_word(message)}"
    for message in _messages(words):
        yield from _misfits(message)


def _misfits(message: Message) -> Iterator[str]:
    word = _word(message)
    for said in filter(None, _strings(message)):
        if _places(said) != _places(word):
            yield f"has other places than its English: {word} / {said}"
        if HAN.search(said) and said not in CHINESE_IN_ENGLISH:
            yield f"is still Chinese in English: {said}"


def _places(text: str) -> set[str]:
    """Return the places that code or scripts fill; a bare % would break the page that fills it."""
    return {found.group(0) for found in PLACES.finditer(text)} - {"%%"}


def compiled(path: Path = ENGLISH) -> Path:
    """Write the binary file beside the readable one and return it."""
    target = path.with_suffix(".mo")
    with target.open("wb") as stream:
        write_mo(stream, kept(path))
    return target


def _messages(words: Catalog) -> Iterable[Message]:
    return (message for message in words if message.id)


def _word(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _strings(message: Message) -> tuple[Any, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)
