"""Who may do what and how he comes in: a role made at a desk, a sign-in by WeCom, a store invited by a code."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Studio
from tests.support.desk import Desk, a_desk
from tests.world import number, phone


async def test_a_role_made_at_a_desk_would_wait_for_the_next_sign_in_of_those_who_have_it(
    street: Street, studio: Studio
) -> None:
    world = street.world
    clerk = await world.user(world.brand, "brand_rep", [street.dealer], name="秦悦")
    desk = await a_desk(studio, world.admin, "/roles")
    await desk.see("role-add").click()
    await desk.see("role-name").fill("区域客服")
    await desk.see("role-base").click()
    await desk.page.get_by_role("option", name="业务员").click()
    await desk.see("role-dialog-save").click()
    await desk.page.get_by_role("checkbox", name="区域客服：审核订单", exact=True).click()
    await expect(desk.see("role-changes")).to_contain_text("审核订单")
    await desk.is_for_everybody()
    await desk.picture("console-roles")
    await desk.see("role-save").click()
    await desk.told("立即生效")

    role = next(item for item in (await world.admin.get("/roles"))["items"] if item["name"] == "区域客服")
    assert "order.approve" not in role["permissions"] and "order.read" in role["permissions"]
    await world.admin.call("PATCH", f"/accounts/{clerk.account_id}", {"version": 1, "role_id": role["id"]})
    colleague = await a_desk(studio, clerk)
    await expect(colleague.see("account-menu")).to_contain_text("区域客服")
    await expect(colleague.page.get_by_role("link", name="操作记录")).to_have_count(0)
    await desk.page.reload()
    await desk.button("改权限：区域客服")
    await desk.page.get_by_role("checkbox", name="区域客服：查看操作记录").click()
    await expect(desk.see("role-changes")).to_contain_text("秦悦")
    await desk.see("role-save").click()
    await expect(colleague.page.get_by_role("link", name="操作记录")).to_be_visible()

    # Somebody leaves: what he had goes to another role, and the desk says who he is from then on.
    await desk.button("停用：区域客服")
    await desk.see("retire-target").click()
    await desk.page.get_by_role("option", name="业务员").click()
    await desk.see("retire-confirm").click()
    await expect(colleague.see("account-menu")).to_contain_text("业务员")


async def _scanned(desk: Page, userid: str) -> None:
    """The member scans the code on WeCom's page and confirms on the phone."""
    await expect(desk.get_by_alt_text("登录二维码")).to_be_visible()
    async with desk.context.expect_page() as opened:
        await desk.get_by_role("link", name="假装用手机扫码").click()
    hand = await opened.value
    await hand.get_by_label("成员").fill(userid)
    await hand.get_by_role("button", name="确认登录").click()
    await expect(hand.get_by_text("请回到电脑")).to_be_visible()
    await hand.close()


async def test_a_manager_who_has_bound_his_wecom_would_still_need_a_password_at_the_door(
    street: Street, studio: Studio
) -> None:
    manager = await street.world.user(street.world.brand, "brand_manager", name="周敏")
    userid = f"member{number()}"
    members = {"members": [{"userid": userid, "name": "周敏"}]}
    assert (await street.world.http.post(f"{studio.sandbox}/sandbox/members", json=members)).is_success
    desk = await a_desk(studio, manager, "/account")
    await desk.see("wecom-bind").click()
    await _scanned(desk.page, userid)
    await expect(desk.see("wecom-bound")).to_have_text(userid)
    await desk.is_for_everybody()
    await desk.picture("console-account")

    other = Desk(studio, await studio.desk(f"{studio.api}/console/account"))
    await other.see("login-by-wecom").click()
    await other.see("wecom-go").click()
    await _scanned(other.page, userid)
    await expect(other.see("account-menu")).to_contain_text("周敏")
    await expect(other.page).to_have_url(f"{studio.api}/console/account")
    await expect(other.see("session")).to_have_count(2)
    await expect(other.see("session").filter(has_text="企业微信扫码")).to_have_count(1)

    # Whoever is frozen hears why at the door, and does not come in.
    await street.world.admin.post(f"/accounts/{manager.account_id}/freeze", {"reason": "离职交接"})
    late = Desk(studio, await studio.desk(f"{studio.api}/console/login?by=wecom"))
    await late.see("wecom-go").click()
    await _scanned(late.page, userid)
    await expect(late.see("wecom-refused")).to_contain_text("离职交接")


async def test_a_stores_owner_who_scanned_the_dealers_code_would_not_be_able_to_order(
    street: Street, studio: Studio
) -> None:
    store = await street.world.store(street.dealer, name="河坊街杂货")
    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.tap("tab-mine")
    await boss.tap("mine-invitations")
    await boss.tap("invite-store")
    await boss.write("store-search", "河坊街")
    await boss.tap(f"store-{store.id}")
    await expect(boss.see("invite-code")).to_be_visible()
    await boss.picture("invitation")

    [invitation] = (await street.boss.get("/invitations"))["items"]
    link = (await street.boss.get(f"/invitations/{invitation['id']}"))["link"]
    fresh = await studio.phone(at=link)
    await expect(fresh.see("join-org")).to_have_text("河坊街杂货")
    await fresh.write("join-name", "李秀兰")
    await fresh.write("join-phone", phone())
    await fresh.write("join-password", "passw0rd-8")
    await fresh.picture("join")
    await fresh.tap("join-submit")
    await expect(fresh.words("由 杭州江南商贸 供货")).to_be_visible()
    await fresh.tap(f"add-case-{street.soda.code}")
    await fresh.tap("cart-bar")
    await fresh.tap("delivery-pickup")
    await fresh.tap("cart-submit")
    await expect(fresh.see("submit-result")).to_have_attribute("data-state", "sent")
    [order] = (await street.boss.get("/orders", params={"side": "sales"}))["items"]
    assert order["buyer"]["name"] == "河坊街杂货"
    # The second who scans it is told so, and shown the way to the login.
    second = await studio.phone(at=link)
    await expect(second.see("join-failed")).to_contain_text("已经用过")
    await second.tap("join-login")
    await expect(second.see("login-submit")).to_be_visible()


async def test_a_dealer_would_have_to_call_the_brand_when_a_clerk_comes_loses_his_phone_or_goes(
    street: Street, studio: Studio
) -> None:
    boss, number_ = await (await studio.phone()).log_in(street.boss.phone, PASSWORD), phone()
    await boss.tap("tab-mine")
    await boss.tap("mine-staff")
    await boss.tap("staff-add")
    await boss.write("staff-name", "小赵")
    await boss.write("staff-phone", number_)
    await boss.write("staff-password", "passw0rd-8")
    await boss.tap("role-dealer_clerk")
    await boss.picture("staff-add")
    await boss.tap("staff-save")
    clerk = await (await studio.phone()).log_in(number_, "passw0rd-8")
    await boss.tap(f"staff-{number_}")
    await boss.tap("staff-end-all")
    await boss.agree("所有设备下线")
    await expect(clerk.see("login-submit")).to_be_visible()
    await clerk.log_in(number_, "passw0rd-8")
    await boss.tap("staff-freeze")
    await boss.tap("reason-0")
    await boss.tap("reason-confirm")
    await expect(boss.see("staff-frozen")).to_be_visible()
    await expect(clerk.words("已离职")).to_be_visible()
