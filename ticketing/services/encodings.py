"""How a list is written: UTF-8 or the national standard GB 18030, told by how much of it each of them reads.

GB 18030 finds a character for almost any bytes, so that it decodes without complaint is no proof: one bad byte
in a list of UTF-8 must not turn all the rest into other words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ASCII = re.compile(r"[\x00-\x7f]+")
_CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_UNREAD = "\ufffd"


class Unreadable(ValueError):
    """Neither encoding reads the file; `line` is the first that proves it."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class _Scan:
    """What both encodings make of the lines with more than ASCII; line numbers are 0 where there is none."""

    utf8_chinese: int = 0
    utf8_bad: int = 0
    utf8_bad_line: int = 0
    utf8_good_line: int = 0
    gb_common: int = 0
    gb_other: int = 0
    gb_bad_line: int = 0

    def add(self, number: int, line: bytes) -> None:
        """Read a line both ways."""
        text = line.decode("utf-8", "replace")
        chinese, bad = len(_CHINESE.findall(text)), 0 if _is(line, "utf-8") else text.count(_UNREAD)
        self.utf8_chinese, self.utf8_bad = self.utf8_chinese + chinese, self.utf8_bad + bad
        if bad:
            self.utf8_bad_line = self.utf8_bad_line or number
        elif chinese > 1:
            self.utf8_good_line = self.utf8_good_line or number
        foreign = _ASCII.sub("", line.decode("gb18030", "replace"))
        common = len(foreign.encode("gb2312", "ignore")) // 2
        self.gb_common, self.gb_other = self.gb_common + common, self.gb_other + len(foreign) - common
        if not _is(line, "gb18030"):
            self.gb_bad_line = self.gb_bad_line or number


def of(lines: Iterable[bytes]) -> tuple[str, str]:
    """Return the encoding and how to treat what it cannot read: `strict`, or `surrogateescape` for single bytes.

    Raises:
        Unreadable: neither encoding, or both in one file.
    """
    scan = _Scan()
    for number, line in enumerate(lines, start=1):
        if not line.isascii():
            scan.add(number, line)
    if not scan.utf8_bad:
        return "utf-8-sig", "strict"
    if scan.utf8_chinese > scan.utf8_bad:
        return "utf-8-sig", "surrogateescape"
    if scan.gb_common <= scan.gb_other:
        raise Unreadable(scan.utf8_bad_line, "neither UTF-8 nor GB 18030")
    if scan.gb_bad_line or scan.utf8_good_line:
        raise Unreadable(scan.gb_bad_line or scan.utf8_good_line, "not GB 18030 as the rest of the file is")
    return "gb18030", "strict"


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
