"""What makes a request one for a kind of coordination case: signs that are named in the kind's template."""

from dataclasses import dataclass

from sla.documents import Node

#: One sign alone, a topic guessed or a word used in passing, puts no three parties to work.
CONDITIONS_TO_OPEN = 2


@dataclass(frozen=True, slots=True)
class Trigger:
    """What makes a request one for this template: a topic, words, so many lines that it needs.

    `opens`: where all that is named holds, a case is opened without anybody's word; otherwise the kind is offered.
    """

    topics: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    lines: int = 1
    opens: bool = False

    def met(self, topic: str | None, text: str, lines: int) -> list[bool]:
        """Return for each condition that is named whether it holds."""
        named = [topic in self.topics] if self.topics else []
        named += [any(word in text for word in self.words)] if self.words else []
        return named + ([lines >= self.lines] if self.lines > 1 else [])


def read_trigger(node: Node) -> Trigger:
    """Read the trigger of a template.

    Raises:
        DocumentError: of the document's own kind, where the template is wrong.
    """
    part = node.fields(required=set(), optional={"topics", "words", "lines", "opens"})
    found = Trigger(
        frozenset(part["topics"].texts() if "topics" in part else ()),
        part["words"].texts() if "words" in part else (),
        part["lines"].whole() if "lines" in part else 1,
        "opens" in part and part["opens"].value is True,
    )
    if found.opens and len(found.met(None, "", 0)) < CONDITIONS_TO_OPEN:
        raise part["opens"].fail(
            "a case opens by itself only where two conditions are named: topics, words, lines"
        )
    return found
