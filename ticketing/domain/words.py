"""Marks words below the web layer for the catalogs without importing any translation machinery."""


def N_(word: str) -> str:  # noqa: N802  gettext's own name for "translate later"
    """Return `word` unchanged; the extractor collects it, the web layer translates it."""
    return word
