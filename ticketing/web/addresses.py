"""Addresses that depend on nothing but where the application is mounted."""

import functools

from flask import request, url_for


def address(endpoint: str, **values: str) -> str:
    """Return the path of a page, put together once a process: a frame names thirty, the same on every page."""
    return _address(request.root_path, endpoint, tuple(values.items()))


@functools.lru_cache(maxsize=1024)
def _address(_mounted_at: str, endpoint: str, values: tuple[tuple[str, str], ...]) -> str:
    return url_for(endpoint, **dict(values))
