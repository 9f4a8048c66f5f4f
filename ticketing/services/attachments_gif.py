"""A GIF with its pictures and their timing and nothing else; the pixels are not drawn anew, so that it still moves.

A GIF is a row of blocks. Comments, text, applications' own data (XMP among them) and whatever follows the end
are left out; how often it plays is written again in the one usual form.
"""

from collections.abc import Iterator

_HEAD = 13
_PICTURE, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_TIMING, _APPLICATION = 0xF9, 0xFF
_PLAYS_AGAIN = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def plain(content: bytes) -> bytes:
    """Return the GIF without anything that is not drawn.

    Raises:
        ValueError: its blocks cannot be told apart.
    """
    if len(content) < _HEAD:
        raise ValueError("no head")
    begin = _HEAD + _colours(content[10])
    try:
        return content[:begin] + b"".join(_drawn(content, begin)) + bytes([_END])
    except IndexError as error:
        raise ValueError("ends inside a block") from error


def _drawn(content: bytes, at: int) -> Iterator[bytes]:
    while at < len(content) and content[at] != _END:
        start, kind = at, content[at]
        if kind == _PICTURE:
            at = _past_data(content, start + 11 + _colours(content[start + 9]))
            yield content[start:at]
        elif kind == _EXTENSION:
            at = _past_data(content, start + 2)
            yield _extension(content[start:at])
        elif kind == 0:
            at += 1
        else:
            raise ValueError("an unknown block")


def _extension(block: bytes) -> bytes:
    """Return what an extension says about drawing: timing as it stands, playing again in a form of our own."""
    if block[1] == _TIMING:
        return block if len(block) == 8 else b""
    name, again = block[3:14], block[14:18]
    if block[1] == _APPLICATION and name in _PLAYS_AGAIN and again[:2] == b"\3\1":
        return block[:14] + again + b"\0"
    return b""


def _past_data(content: bytes, at: int) -> int:
    """Return where a row of counted pieces ends: behind the empty one."""
    while content[at]:
        at += content[at] + 1
    return at + 1


def _colours(flags: int) -> int:
    """Return the bytes of the table of colours that `flags` announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
