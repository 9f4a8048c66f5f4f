"""Run as a program: HTML on standard input, its PDF on standard output. See `press`."""

import sys
from typing import NoReturn

from weasyprint import HTML
from weasyprint.urls import URLFetcher


class Nothing(URLFetcher):
    """Fetches nothing: our pages carry everything with them."""

    def fetch(self, url: str, headers: object = None) -> NoReturn:  # noqa: ARG002  the library's signature
        """Refuse an address."""
        raise ValueError(f"not fetched: {url[:80]}")


def main() -> None:
    """Read, print, write."""
    page = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=Nothing())
    sys.stdout.buffer.write(page.write_pdf())


if __name__ == "__main__":
    main()
