"""Somebody's desk with the console on it: what he sees, clicks and types, and whether everybody could."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Locator, Page, Request, expect

from server.pages import CONSOLE
from tests.support.browser import PATIENCE_MS, Studio
from tests.world import PASSWORD, User

AXE = CONSOLE.parent / "node_modules" / "axe-core" / "axe.min.js"
_SERIOUS = ("serious", "critical")
_STILL = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
    .map((one) => one.finished.catch(() => null)))"""
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@dataclass
class Desk:
    """A window of 1440 × 900 with the console in it."""

    studio: Studio
    page: Page
    posts: list[Request] = field(default_factory=list)

    def see(self, testid: str) -> Locator:
        """What is on the screen under a test id."""
        return self.page.get_by_test_id(testid).filter(visible=True)

    def words(self, text: str) -> Locator:
        """What is on the screen with these words."""
        return self.page.get_by_text(text).filter(visible=True)

    def rows(self) -> Locator:
        """The rows of the list on the screen."""
        return self.page.locator("table.table tbody tr").filter(visible=True)

    def row(self, words: str) -> Locator:
        """The row of the list with these words."""
        return self.rows().filter(has_text=words)

    def field(self, label: str) -> Locator:
        """A field of the form on the screen, by its label."""
        return self.page.get_by_label(label).filter(visible=True).first

    async def button(self, name: str) -> None:
        """Press the button with this name."""
        await self.page.get_by_role("button", name=name, exact=True).filter(visible=True).first.click()

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        for key in keys:
            await self.page.keyboard.press(key)

    async def go(self, path: str) -> None:
        """Open a page of the console by its address, as a sent link does."""
        await self.page.goto(f"{self.studio.api}/console{path}")

    async def told(self, words: str) -> None:
        """Wait until a message with these words is on the screen."""
        await expect(self.page.locator(".el-message").filter(has_text=words).first).to_be_visible()

    async def log_in(self, phone: str, password: str = PASSWORD) -> None:
        """Sign in with phone and password, on the page that asks for them."""
        await self.log_in_in_vain(phone, password)
        await expect(self.see("account-menu")).to_be_visible()

    async def log_in_in_vain(self, phone: str, password: str) -> None:
        """Try to sign in."""
        await self.see("login-phone").fill(phone)
        await self.see("login-password").fill(password)
        await self.see("login-submit").click()

    def posted(self, path: str) -> list[Request]:
        """The POST requests that were made to a path."""
        return [request for request in self.posts if urlsplit(request.url).path == path]

    async def picture(self, name: str) -> None:
        """A picture for the README."""
        await self.studio.picture(self.page, name)

    async def is_for_everybody(self, within: str | None = None) -> None:
        """Fail when axe-core finds something on the screen that shuts people out, seriously or worse."""
        serious = await self.shuts_out(within)
        assert not serious, "\n".join(serious)

    async def shuts_out(self, within: str | None = None) -> list[str]:
        """What axe-core finds on the screen that shuts people out, seriously or worse."""
        await self.page.evaluate(_STILL)  # what is half faded in has no contrast yet
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(_axe())
        options = {"runOnly": {"type": "tag", "values": _RULES}, "resultTypes": ["violations"]}
        found: dict[str, Any] = await self.page.evaluate(
            "([within, options]) => axe.run(within ?? document, options)", [within, options]
        )
        return [
            f"{rule['id']}: {rule['help']}: {node['html'][:160]}"
            for rule in found["violations"]
            if rule["impact"] in _SERIOUS
            for node in rule["nodes"]
        ]


def _axe() -> str:
    assert AXE.is_file(), "axe-core 没有安装：在 server/console/ 里运行 npm ci"
    return Path(AXE).read_text("utf-8")


async def a_desk(studio: Studio, user: User, path: str = "/") -> Desk:
    """A colleague sits down at the console and signs in; the page that he wanted opens."""
    assert (CONSOLE / "index.html").is_file(), "管理后台还没有构建：在 server/console/ 里运行 npm run build"
    page = await studio.desk(f"{studio.api}/console{path}")
    desk = Desk(studio, page)
    page.on("request", lambda request: desk.posts.append(request) if request.method == "POST" else None)
    page.set_default_timeout(PATIENCE_MS)
    await desk.log_in(user.phone)
    return desk
