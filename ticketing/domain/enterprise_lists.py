"""Lists of enterprises that a province names, such as those that secure supplies: a versioned document.

A policy may give an enterprise on a list limits of its own; which lists hold it is asked once, when it speaks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sla.documents import Node
from ticketing.domain.errors import Invalid
from ticketing.domain.register_code import parse_register_code


@dataclass(frozen=True, slots=True)
class EnterpriseList:
    """One list: what it is called, who keeps it, whom it holds."""

    code: str
    name_zh: str
    name_en: str
    source: str
    register_codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class EnterpriseLists:
    """All lists of a version, in the order of the document."""

    lists: tuple[EnterpriseList, ...] = ()

    @property
    def codes(self) -> frozenset[str]:
        """Return the names by which a policy may speak of the lists."""
        return frozenset(one.code for one in self.lists)

    def holding(self, register_code: str) -> frozenset[str]:
        """Return the codes of the lists that hold an enterprise; none where it did not name itself."""
        return frozenset(one.code for one in self.lists if register_code in one.register_codes)

    def by_code(self, code: str) -> EnterpriseList | None:
        """Return a list; None where it is not kept any more."""
        return next((one for one in self.lists if one.code == code), None)

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "EnterpriseLists":
        """Check a parsed document and return it.

        Raises:
            DocumentError: with the path of what is wrong.
        """
        part = Node(document).fields(required={"version", "author", "published_on", "lists"})
        part["version"].text()
        part["author"].text()
        part["published_on"].day()
        found: list[EnterpriseList] = []
        for item in part["lists"].items():
            one = _list(item)
            if any(other.code == one.code for other in found):
                raise item.at("code").fail(f"{one.code} stands twice")
            found.append(one)
        return cls(tuple(found))


def _list(node: Node) -> EnterpriseList:
    part = node.fields(required={"code", "name_zh", "name_en", "source", "register_codes"})
    if not part["code"].text().isidentifier():
        raise part["code"].fail("letters, digits and underscores are expected")
    return EnterpriseList(
        code=part["code"].text(),
        name_zh=part["name_zh"].text(),
        name_en=part["name_en"].text(),
        source=part["source"].text(),
        register_codes=_register_codes(part["register_codes"]),
    )


def _register_codes(node: Node) -> frozenset[str]:
    found: set[str] = set()
    for item in node.items():
        try:
            code = parse_register_code(item.text())
        except Invalid:
            raise item.fail(
                f"{item.value} is no register code: 18 characters, the last checks them"
            ) from None
        if code in found:
            raise item.fail(f"{code} stands twice")
        found.add(code)
    return frozenset(found)
