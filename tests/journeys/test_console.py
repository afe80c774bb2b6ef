"""The console's door and hall: who comes in, what he may see, and how he finds his way."""

from __future__ import annotations

from playwright.async_api import expect

from tests.journeys.street import Street
from tests.support.browser import Studio
from tests.support.desk import Desk, a_desk
from tests.world import PASSWORD


async def test_a_sent_link_would_be_lost_at_the_door_and_a_strangers_way_in_would_be_open(
    street: Street, studio: Studio
) -> None:
    manager = await street.world.user(street.world.brand, "brand_manager", name="周敏")
    desk = Desk(studio, await studio.desk(f"{studio.api}/console/audit?subject_kind=org"))
    await desk.is_for_everybody()
    await desk.log_in_in_vain(manager.phone, "wrong-password")
    await expect(desk.see("login-refused")).to_contain_text("密码")
    # A dealer works on the phone: he is told so, and no session of his stays behind.
    await desk.log_in_in_vain(street.boss.phone, PASSWORD)
    await expect(desk.see("login-refused")).to_contain_text("杭州江南商贸")
    assert await desk.page.evaluate("Object.keys(localStorage).filter((key) => key.includes('session'))") == []
    await desk.log_in(manager.phone)
    await expect(desk.page).to_have_url(f"{studio.api}/console/audit?subject_kind=org")
    await expect(desk.page.get_by_role("heading", name="操作记录")).to_be_visible()
    await desk.is_for_everybody()


async def test_a_keyboard_would_be_no_way_through_the_console_and_rights_would_be_shown_that_are_not_held(
    street: Street, studio: Studio
) -> None:
    keeper = await street.world.user(street.world.brand, "brand_warehouse", name="韩磊")
    desk = await a_desk(studio, keeper)
    await expect(desk.page.get_by_role("link", name="操作记录")).to_have_count(0)
    await desk.press("Control+k")
    await desk.page.keyboard.type("操作记录")
    await expect(desk.words("没有找到")).to_be_visible()
    await desk.press("Escape", "?")
    await expect(desk.page.get_by_role("dialog", name="键盘快捷键")).to_be_visible()
    await desk.is_for_everybody()
    await desk.press("Escape")
    await desk.go("/audit")
    await expect(desk.see("forbidden")).to_be_visible()
    await desk.go("/no/such/page")
    await expect(desk.page.get_by_role("heading", name="没有这个页面")).to_be_visible()


async def test_a_session_that_was_ended_would_leave_a_dead_page_instead_of_the_way_back(
    street: Street, studio: Studio
) -> None:
    manager = await street.world.user(street.world.brand, "brand_manager", name="周敏")
    desk = await a_desk(studio, manager, "/audit?subject_kind=account")
    [session] = [one for one in (await manager.get("/me/sessions"))["items"] if "管理后台" in one["client"]]
    await manager.call("DELETE", f"/me/sessions/{session['id']}")
    # The open page hears of it by itself.
    await expect(desk.see("login-why")).to_contain_text("登录已失效")
    await desk.log_in(manager.phone)
    await expect(desk.page).to_have_url(f"{studio.api}/console/audit?subject_kind=account")
    # Signed out in one window, he is out in the other one too.
    other = await desk.page.context.new_page()
    await other.goto(f"{studio.api}/console/")
    await desk.see("account-menu").click()
    await desk.see("sign-out").click()
    await expect(other.get_by_test_id("login-phone")).to_be_visible()
