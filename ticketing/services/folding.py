"""One form for what may be written in several: width, case, traditional and simplified characters."""

import functools
import unicodedata

from opencc import OpenCC


@functools.cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def fold(text: str) -> str:
    """Return text as searching compares it."""
    return _simplifier().convert(unicodedata.normalize("NFKC", text).casefold())
