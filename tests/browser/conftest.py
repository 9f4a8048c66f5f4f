"""Real Chromium against the real application, on a database of the test's own and a clock that it moves."""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import FrozenClock
from tests.support.people import PASSWORD, colleague
from ticketing.domain.actors import Grant
from ticketing.domain.vocabulary import Role
from ticketing.extensions import db, store, transaction
from ticketing.jobs import deliver, relay, tick

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
#: The shell draws the same pages without the windows around them, for two thirds of the whole Chromium's time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for a worker's tests; each person in them has a context of their own."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        expect.set_options(timeout=10_000)  # beside other workers a page can take its time
        yield browser
        browser.close()


def background() -> None:
    """Do what the jobs would have done by now."""
    for job in (tick, relay, deliver):
        job.run()
    db.session.remove()


@dataclass
class House:
    """The running application with the people of a story."""

    app: Flask
    clock: FrozenClock
    url: str
    browser: Browser
    #: Where pictures are kept; None when nobody asked for them: each costs half a second.
    pictures: Path | None
    contexts: list[BrowserContext]
    problems: list[str]
    #: Words of the console that a story brings about on purpose.
    expected: tuple[str, ...] = ("status of 422", "status of 409", "status of 404")

    def visitor(self, *, phone: bool = False, script: bool = True, locale: str = "zh-CN") -> Page:
        """Return a page of somebody who was never here."""
        context = self.browser.new_context(
            base_url=self.url,
            viewport=PHONE if phone else DESKTOP,
            java_script_enabled=script,
            locale=locale,
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(one in text for one in self.expected):
            self.problems.append(text)

    def colleague(self, username: str, role: Role, bureau: str | None = None) -> Page:
        """Return the first page of a new colleague who has just logged in."""
        with transaction():
            colleague(username, Grant(role, bureau))
        page = self.visitor()
        page.goto("/login")
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        return page

    def work(self) -> None:
        """Let the background do what it would by now."""
        background()

    def picture(self, page: Page, name: str) -> None:
        """Keep a picture of a page that has come, to be looked at."""
        page.wait_for_load_state()
        if self.pictures:
            page.screenshot(path=str(self.pictures / f"{name}.png"), full_page=True)


def _leave(context: BrowserContext) -> None:
    """Close a visitor's browser when no page is on its way to another: Chromium may never close one that is."""
    for page in context.pages:
        with contextlib.suppress(Error):  # another navigation wins; then that one is waited for
            page.goto("about:blank")
        page.wait_for_load_state()
    context.close()


@pytest.fixture
def house(
    committed: Flask, clock: FrozenClock, chromium: Browser, pytestconfig: pytest.Config
) -> Iterator[House]:
    """Serve the application on loopback for one story; its console must have stayed silent."""
    store.prefix = f"{committed.config['SQLALCHEMY_DATABASE_URI'].rsplit('/', 1)[-1]}:"
    server = make_server("127.0.0.1", 0, committed, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    folder = pytestconfig.getoption("--pictures")
    url = f"http://127.0.0.1:{server.port}"
    told = House(committed, clock, url, chromium, Path(folder) if folder else None, [], [])
    yield told
    for context in told.contexts:
        _leave(context)
    server.shutdown()
    thread.join()
    assert committed.extensions["streams"].stop()
    server.server_close()
    assert told.problems == []
