"""Every page of the console, as the router has them: for everybody, on a narrow screen, and when the server fails."""

from __future__ import annotations

from typing import Any, NamedTuple

from playwright.async_api import Route, expect

from server.core import clock
from server.territory.schemas import NewAuthority
from server.territory.service import grant_authority
from tests.journeys.street import Street
from tests.support.browser import Studio
from tests.support.desk import Desk, a_desk

ROUTES = """() => document.querySelector('#app').__vue_app__.config.globalProperties.$router.getRoutes()
    .filter((one) => one.name && one.name !== 'login').map((one) => [one.name, one.path])"""
GO = "(path) => document.querySelector('#app').__vue_app__.config.globalProperties.$router.push(path)"
WAITS = ".list-bones, .el-loading-mask, [aria-busy=true]"
SMALL = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
SIDEWAYS = """() => {
    const page = document.querySelector('#content')
    const clips = (one) => getComputedStyle(one).overflowX !== 'visible'
    const cut = (one) => one && one !== page && (clips(one) || cut(one.parentElement))
    const sticksOut = (one) => one.getClientRects().length > 0 && one.getBoundingClientRect().right > innerWidth + 1
    return [...page.querySelectorAll('*')]
        .filter((one) => sticksOut(one) && !one.closest('svg') && !cut(one.parentElement))
        .map((one) => one.outerHTML.slice(0, 120))
}"""

CRAMPED = """() => [...document.querySelectorAll('#content .table td > .table-cell, #content .table th')]
    .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.closest('td, th').outerHTML.slice(0, 160))"""
HIDDEN = """() => [...document.querySelectorAll('#content .table th:not(.table-left)')]
    .filter((one) => one.clientWidth < 40).map((one) => one.innerText)"""


class Day(NamedTuple):
    """What there is to be opened."""

    order: int
    transfer: int
    diversion: int
    recall: int
    code: str


async def _paths(desk: Desk, street: Street, day: Day) -> dict[str, str]:
    """The address of every page there is; of a record that the street lacks, the page that says so."""
    filled = {
        "order": f"/orders/{day.order}",
        "transfer": f"/transfers/{day.transfer}",
        "diversion": f"/diversions/{day.diversion}",
        "recall": f"/recalls/{day.recall}",
        "trace": f"/trace?code={day.code}",
        "dealer": f"/dealers/{street.dealer.id}",
        "store": f"/stores/{street.store.id}",
        "exchange-import": "/exchange/import/stores",
        "missing": "/no/such/page",
    }
    routes: list[list[str]] = await desk.page.evaluate(ROUTES)
    paths = {name: filled.get(name, path.replace(r":id(\d+)", "999999")) for name, path in routes}
    unknown = {name: path for name, path in paths.items() if ":" in path}
    assert not unknown, f"说明用什么打开这些页面：{unknown}"
    return paths


async def _open(desk: Desk, path: str) -> None:
    await desk.page.evaluate(GO, path)
    await expect(desk.page.locator("#content").locator("h1, .blank, .pane-head h2, [role=alert]").first).to_be_visible()
    await expect(desk.page.locator("#content").locator(WAITS).filter(visible=True)).to_have_count(0)


async def _a_code(street: Street, issue: int) -> str:
    """A case that leaves with a goods issue to the dealer, who may sell in Hangzhou."""
    admin = street.world.admin
    await grant_authority(admin.actor, NewAuthority(street.dealer.id, ["330100"], clock.today()))
    new = {"scheme": "url", "product_id": street.soda.id, "packaging_id": street.soda.case, "count": 3}
    made = await admin.post("/trace/ranges", new, 201)
    await admin.post(f"/trace/issues/{issue}/bind", {"codes": [made["first"]]})
    return str(made["first"])


async def _a_day(street: Street) -> Day:
    """Something on every list: orders that wait, one that was issued, a transfer, a case that turned up elsewhere."""
    world = street.world
    await world.offer(world.brand, street.goods)
    await world.stock(world.brand, street.soda, 480)
    await world.credit(world.brand, street.dealer, 10_000_000)
    placed = await world.order(street.boss, [(street.soda, 2)], cases=True)
    done = await world.order(street.boss, [(street.soda, 1)], cases=True)
    await world.admin.post(f"/orders/{done.id}/approve", {})
    issue = (await world.admin.post(f"/orders/{done.id}/issue", {}))["issue"]["id"]
    code = await _a_code(street, issue)
    scanned = await world.admin.post("/trace/scans", {"code": code, "region_code": "330203"}, 201)
    line = {"product_id": street.soda.id, "qty": 24}
    asked = {"to_org_id": street.dealer.id, "lines": [line], "reason": "缺货"}
    moved = await world.admin.post("/transfers", asked, 201)
    lot = {"product_id": street.tea.id, "lot_code": "A2611", "reason": "瓶盖松动", "instruction": "下架"}
    recall = await world.admin.post("/recalls", lot, 201)
    return Day(placed.id, moved["id"], scanned["diversion"]["id"], recall["id"], code)


async def test_a_page_of_the_console_would_shut_somebody_out_or_stand_empty_when_the_server_fails(
    street: Street, studio: Studio
) -> None:
    day = await _a_day(street)
    desk = await a_desk(studio, street.world.admin)
    paths = await _paths(desk, street, day)
    assert len(paths) > 30
    problems: dict[str, Any] = {}
    await desk.page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    for name, path in paths.items():
        await _open(desk, path)
        if found := await desk.shuts_out("#content"):
            problems[name] = found
        if found := await desk.page.evaluate(CRAMPED) + await desk.page.evaluate(HIDDEN):
            problems[f"{name} 1280"] = found
    await desk.is_for_everybody()  # the shell around them
    await desk.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    for name, path in paths.items():
        await _open(desk, path)
        if found := await desk.page.evaluate(SIDEWAYS):
            problems[f"{name} 390"] = found
    assert problems == {}

    async def fail(route: Route) -> None:
        problem = {"title": "Internal Server Error", "status": 500, "code": "internal", "detail": "服务器出错"}
        await route.fulfill(status=500, content_type="application/problem+json", json=problem)

    await desk.page.route("**/api/v1/**", fail)
    for name in paths.keys() - {"missing"}:
        await desk.page.evaluate(GO, paths[name])
        await expect(desk.page).to_have_url(f"{studio.api}/console{paths[name]}")
        await expect(desk.page.locator("#content").get_by_text("服务器出错").first, name).to_be_visible()
