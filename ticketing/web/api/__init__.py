"""The JSON door of the mini-program: the same verbs as the pages, bearer tokens instead of cookies."""

from ticketing.web.api.door import init_app

__all__ = ["init_app"]
