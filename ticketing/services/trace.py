"""The id that ties a request, its log lines, the facts that it recorded and the jobs that follow."""

from contextvars import ContextVar

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_id() -> str | None:
    """Return the id of the request or job that runs now."""
    return _request_id.get()


def begin(identifier: str | None) -> None:
    """Name the request or job that begins; a job takes the id of the request that caused it."""
    _request_id.set(identifier)
