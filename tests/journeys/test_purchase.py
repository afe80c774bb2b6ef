"""A dealer buys from the brand: the sales rep decides in the chat, the warehouse sends, the dealer signs."""

from __future__ import annotations

from playwright.async_api import Locator, Page, expect

from tests.journeys.street import PASSWORD, Street, address
from tests.support.browser import Phone, Studio
from tests.world import number


async def _stocked(street: Street) -> None:
    """The brand sells soda at 2.40 and tea at 3.50 to the dealer, and has plenty."""
    brand = street.world.brand
    await street.world.offer(brand, [street.soda], price_fen=240)
    await street.world.offer(brand, [street.tea], price_fen=350)
    for item in (street.soda, street.tea):
        await street.world.stock(brand, item, 2_400, lot="B2611")
    await street.world.credit(brand, street.dealer, 10_000_000)
    await street.boss.post("/addresses", address("陈建国", "石桥路 12 号仓库"), 201)


async def test_a_rep_approves_in_the_chat_and_the_goods_and_the_debt_arrive_at_the_dealer(
    street: Street, studio: Studio
) -> None:
    await _stocked(street)
    first, second = await _rep(street, studio, "李明"), await _rep(street, studio, "赵磊")
    dealer = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    order = await _buys(dealer, street, cases=10)

    chat, other = await studio.desk(f"{studio.sandbox}/#{first}"), await studio.desk(f"{studio.sandbox}/#{second}")
    card, copy = _card(chat, order), _card(other, order)
    for shown in (card, copy):
        await expect(shown).to_contain_text("杭州江南商贸")
        # 10 cases of 24 at 2.40
        await expect(shown).to_contain_text("¥576.00")
    # Pressed on its title, the card leads to the order in the app.
    assert "/#/pages/order/detail?id=" in str(await card.locator("a.open").get_attribute("href"))
    await studio.picture(chat, "chat-card")

    # WeCom is slow for a moment, so that the second rep still sees the buttons when the first has pressed.
    await chat.locator("#seconds").fill("2")
    await chat.get_by_role("radio", name="缓慢").click()
    await expect(chat.get_by_role("radio", name="缓慢")).to_be_checked()
    await card.get_by_role("button", name="通过").click()
    await expect(dealer.see("order-state")).to_have_attribute("data-state", "approved")
    await copy.get_by_role("button", name="驳回").click()
    await chat.get_by_role("radio", name="正常").click()
    for page, shown in ((chat, card), (other, copy)):
        await expect(shown).to_contain_text("李明")
        await expect(shown).to_contain_text("已通过")
        await expect(shown.get_by_role("button", name="驳回")).to_be_hidden()
        await expect(page.locator("#banner")).to_be_hidden()
    await expect(other.locator(".message").last).to_contain_text("李明")
    await studio.picture(chat, "chat-decided")

    await _warehouse_sends(street, order)
    await expect(dealer.see("order-state")).to_have_attribute("data-state", "issued")
    await dealer.tap("receive")
    await dealer.tap("receive-submit")
    await dealer.agree()
    await expect(dealer.see("order-state")).to_have_attribute("data-state", "received")
    await _owes_and_owns(dealer, street)


async def test_a_rejection_brings_the_reason_chosen_on_the_card_to_the_dealers_phone(
    street: Street, studio: Studio
) -> None:
    await _stocked(street)
    userid = await _rep(street, studio, "李明")
    dealer = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    order = await _buys(dealer, street, cases=1)
    chat = await studio.desk(f"{studio.sandbox}/#{userid}")
    card = _card(chat, order)
    await card.get_by_label("驳回原因").select_option(label="价格或政策有误")
    await card.get_by_role("button", name="驳回").click()
    await expect(dealer.see("order-state")).to_have_attribute("data-state", "rejected")
    await expect(dealer.see("order-reason")).to_contain_text("价格或政策有误")
    await expect(card).to_contain_text("已驳回")
    await expect(card.get_by_role("button", name="通过")).to_be_hidden()


async def _rep(street: Street, studio: Studio, name: str) -> str:
    """A sales rep of the brand who looks after the dealer; answers the user id in the chat."""
    userid = f"member{number()}"
    await street.world.user(street.world.brand, "brand_rep", [street.dealer], wecom=userid, name=name)
    members = {"members": [{"userid": userid, "name": name}]}
    assert (await street.world.http.post(f"{studio.sandbox}/sandbox/members", json=members)).is_success
    return userid


def _card(chat: Page, order: str) -> Locator:
    return chat.locator("article.card").filter(has_text=order)


async def _buys(dealer: Phone, street: Street, cases: int) -> str:
    """Orders soda from the brand and opens the order; answers its number."""
    await dealer.tap("tab-shop")
    await expect(dealer.see(f"product-{street.soda.code}")).to_contain_text("¥2.40")
    await dealer.tap(f"add-case-{street.soda.code}")
    await dealer.write(f"qty-{street.soda.code}-input", str(cases))
    await dealer.tap("cart-bar")
    await expect(dealer.see("cart-address")).to_contain_text("石桥路 12 号")
    await dealer.tap("cart-submit")
    await expect(dealer.see("submit-result")).to_have_attribute("data-state", "sent")
    order = (await dealer.see("result-number").inner_text()).strip()
    await dealer.tap("result-view")
    await expect(dealer.see("order-state")).to_have_attribute("data-state", "submitted")
    return order


async def _warehouse_sends(street: Street, order: str) -> None:
    """Its screens come later; the API is there."""
    keeper = await street.world.user(street.world.brand, "brand_warehouse", name="孙师傅")
    (found,) = (await keeper.get("/orders", params={"side": "sales", "q": order}))["items"]
    await keeper.post(f"/orders/{found['id']}/issue", {})


async def _owes_and_owns(dealer: Phone, street: Street) -> None:
    await dealer.page.goto("/#/pages/home/home?tab=stock")
    # 20 cases were there, 10 have come.
    await expect(dealer.see(f"stock-{street.soda.code}").get_by_test_id("stock-available")).to_have_text("30箱")
    await dealer.tap("tab-mine")
    await dealer.tap("mine-balance")
    await expect(dealer.see("balance-receivable")).to_have_text("¥576.00")
