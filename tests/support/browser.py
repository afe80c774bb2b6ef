"""A Chromium with phones and desktops in it, and a camera that sees what the test holds before it."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Locator, Page, Request, async_playwright, expect

from scripts.toolbox import chromium
from tests.support import barcodes

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
PATIENCE_MS = 15_000
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@dataclass
class Camera:
    """The camera of every phone: a film that Chromium opens each time a page asks for the camera."""

    file: Path

    def see(self, code: str | None) -> None:
        """Hold a barcode before it: a QR code, EAN-13, ITF-14, GS1-128, or the DataMatrix; None takes it away."""
        draw = {13: barcodes.ean13, 14: barcodes.itf14}
        if code is None:
            barcodes.film(self.file, None)
        elif code == barcodes.GS1_DATAMATRIX:
            barcodes.film(self.file, barcodes.datamatrix())
        elif code.startswith("http"):
            barcodes.film(self.file, barcodes.qr(code))
        else:
            barcodes.film(self.file, draw.get(len(code), barcodes.gs1_128)(code))


@dataclass
class Watch:
    """Sees all that pages ask for, and what breaks in them."""

    hosts: frozenset[str] = frozenset()
    strangers: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def on(self, context: BrowserContext) -> None:
        """Watch a context from now on."""
        context.on("request", self._asked)
        context.on("weberror", lambda error: self.failures.append(str(error.error)))

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc not in self.hosts:
            self.strangers.append(request.url)


@dataclass
class Studio:
    """The browser of a test run."""

    browser: Browser
    camera: Camera
    api: str
    sandbox: str
    pictures: Path | None
    watch: Watch

    async def phone(self, path: str = "", at: str = "") -> Phone:
        """A phone of its own, with its own storage, on a page of the app or, `at` an address, of another site here."""
        context = await self.browser.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            permissions=["camera"],
            base_url=self.api,
        )
        self.watch.on(context)
        phone = Phone(self, context)
        await phone.open(path, at)
        return phone

    async def desk(self, url: str) -> Page:
        """A window on a desk."""
        context = await self.browser.new_context(viewport=DESKTOP, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
        self.watch.on(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(url)
        return page

    async def close(self) -> None:
        """Put all phones and windows away."""
        for context in self.browser.contexts:
            await context.close()

    async def picture(self, page: Page, name: str) -> None:
        """A picture for the README, when QUTONG_SCREENSHOTS names a folder."""
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            await expect(page.locator(".pressed, uni-toast")).to_have_count(0)
            await page.screenshot(path=self.pictures / f"{name}.png", animations="disabled")


@dataclass
class Phone:
    """Somebody's phone with the app on it: everything is done by what he sees and taps."""

    studio: Studio
    context: BrowserContext
    page: Page = field(init=False)
    posts: list[Request] = field(default_factory=list)

    async def open(self, path: str = "", at: str = "") -> None:
        """Open the app at its start or at an address within it; or something else `at` its address."""
        self.page = await self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("request", self._asked)
        await self.page.goto(at or (f"/#{path}" if path else "/"))

    async def app_is_kept(self) -> None:
        """Wait until the browser has the app for when there is no network."""
        await self.page.evaluate("navigator.serviceWorker.ready")

    def _asked(self, request: Request) -> None:
        if request.method == "POST":
            self.posts.append(request)

    def see(self, testid: str) -> Locator:
        """What is on the screen under a test id; pages that lie below the one on top do not count."""
        return self.page.get_by_test_id(testid).filter(visible=True)

    def words(self, text: str | re.Pattern[str]) -> Locator:
        """What is on the screen with these words."""
        return self.page.get_by_text(text).filter(visible=True)

    async def tap(self, testid: str) -> None:
        """Tap, once it can be tapped; uni's buttons are not the browser's, so it is not the browser that knows."""
        await self.see(testid).and_(self.page.locator(":not([disabled])")).first.click()

    async def write(self, testid: str, text: str) -> None:
        """Write into a field, and leave it."""
        await self.see(testid).first.locator("input, textarea").fill(text)
        await self.see(testid).first.locator("input, textarea").blur()

    async def log_in(self, phone: str, password: str) -> Phone:
        """Log in with phone and password."""
        await self.write("login-phone", phone)
        await self.write("login-password", password)
        await self.tap("login-submit")
        await expect(self.see("tab-mine")).to_be_visible()
        return self

    async def agree(self, words: str | re.Pattern[str] | None = None) -> None:
        """Confirm the question on the screen, which says `words`."""
        dialog = self.page.locator("uni-modal").filter(visible=True)
        if words is not None:
            await expect(dialog).to_contain_text(words)
        await dialog.locator(".uni-modal__btn_primary").click()
        await expect(dialog).to_be_hidden()

    async def picture(self, name: str) -> None:
        """A picture for the README."""
        await self.studio.picture(self.page, name)

    def posted(self, path: str) -> list[Request]:
        """The POST requests that were made to a path."""
        return [request for request in self.posts if urlsplit(request.url).path == path]


def find_chromium() -> str:
    """The browser to drive; a test run without one fails, saying how to get it."""
    found = chromium.find(dict(os.environ))
    assert found is not None, (
        "浏览器流程测试需要 Chromium，这台机器上没有找到：scripts/test 会自动安装，"
        "也可以自行安装后用 QUTONG_CHROMIUM=/路径 指给它。"
    )
    return str(found)


@asynccontextmanager
async def a_studio(folder: Path, api: str, sandbox: str) -> AsyncIterator[Studio]:
    """Start the browser; it is closed at the end."""
    camera = Camera(folder / "camera.y4m")
    camera.see(None)
    expect.set_options(timeout=PATIENCE_MS)
    pictures = os.environ.get("QUTONG_SCREENSHOTS")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=[*_FLAGS, f"--use-file-for-fake-video-capture={camera.file}"]
        )
        yield Studio(browser, camera, api, sandbox, Path(pictures) if pictures else None, Watch())
        await browser.close()
