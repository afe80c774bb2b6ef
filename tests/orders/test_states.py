"""Every verb in every state: what the table does not know is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from server.orders.states import STATE_NAMES, TRANSITIONS, VERB_NAMES
from tests.orders.test_life import a_shop, cart
from tests.world import Product, User, World, everything

# From the domain's page: draft → submitted → approved → issued → received → closed; rejected, cancelled before issue,
# on hold. A verb that is not named here is illegal in that state.
LEGAL = {
    "submitted": {"approve", "reject", "hold", "cancel"},
    "on_hold": {"resume", "reject", "cancel"},
    "approved": {"issue", "cancel"},
    "issued": {"issue", "receive", "close"},
    "received": {"close"},
    "closed": set(),
    "rejected": set(),
    "cancelled": set(),
}
BODIES: dict[str, Any] = {"approve": {}, "issue": {}, "resume": None}
WHY = {"reason": "测试"}


class Story:
    """An order that is led into a state."""

    def __init__(self, seller: User, buyer: User, goods: list[Product]) -> None:
        self.seller, self.buyer, self.goods = seller, buyer, goods
        self.id, self.issue = 0, 0

    async def lead(self, state: str) -> None:
        """Into the state, by the shortest way."""
        placed = await self.buyer.post("/orders", cart(self.goods, (0, False, 4), (1, False, 2)), 201)
        self.id = placed["id"]
        way = {
            "submitted": [], "on_hold": ["hold"], "approved": ["approve"], "issued": ["approve", "issue"],
            "received": ["approve", "issue", "receive"], "closed": ["approve", "issue", "receive", "close"],
            "rejected": ["reject"], "cancelled": ["cancel"],
        }[state]  # fmt: skip
        for verb in way:
            answer = await self.press(verb, 200)
            if verb == "issue":
                self.issue = answer["issue"]["id"]

    async def press(self, verb: str, status: int, who: User | None = None) -> Any:
        """One verb, by the party whose it is."""
        by = who or (self.buyer if verb in ("receive", "cancel") else self.seller)
        path = f"/goods-issues/{self.issue}/receive" if verb == "receive" else f"/orders/{self.id}/{verb}"
        body = {} if verb == "receive" else BODIES.get(verb, WHY)
        return await by.post(path, body, status)


def test_the_table_is_the_one_of_the_domain() -> None:
    table: dict[str, set[str]] = {state: set() for state in STATE_NAMES}
    for state, verb in TRANSITIONS:
        table[state].add(verb)
    # A step that others follow is an approval that leaves the order where it is.
    table["submitted"].remove("pass_on")
    assert table == LEGAL
    assert {verb for _, verb in TRANSITIONS} <= VERB_NAMES.keys()
    assert set(TRANSITIONS.values()) == set(STATE_NAMES)


@pytest.mark.parametrize("state", LEGAL)
async def test_what_cannot_be_done_in_a_state_is_refused_and_changes_nothing(world: World, state: str) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    story = Story(seller, buyer, goods)
    await story.lead(state)
    assert (await buyer.get(f"/orders/{story.id}"))["state"] == state
    before = await everything(world.brand.id)
    for verb in set().union(*LEGAL.values()) - LEGAL[state] - (set() if story.issue else {"receive"}):
        refused = await story.press(verb, 409)
        assert (refused["code"], refused["state"]) == ("order_state", state), verb
        assert STATE_NAMES[state] in refused["detail"] or verb == "receive"
    if state != "approved":
        assert (await story.press("cancel", 409, seller))["code"] == "order_state"
    assert await everything(world.brand.id) == before


@pytest.mark.parametrize("state", LEGAL)
async def test_the_page_offers_exactly_what_can_be_done(world: World, state: str) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    story = Story(seller, buyer, goods)
    await story.lead(state)
    sellers = LEGAL[state] - {"receive"} - ({"cancel"} if state != "approved" else set())
    if state == "issued":  # all of it is on the way: nothing is left to issue, nothing can be closed
        sellers -= {"issue", "close"}
    assert set((await seller.get(f"/orders/{story.id}"))["actions"]) == sellers
    assert set((await buyer.get(f"/orders/{story.id}"))["actions"]) == LEGAL[state] & {"cancel", "receive"} | {
        "reorder"
    }
    driver = await world.user(dealer, "dealer_driver")
    assert (await driver.get(f"/orders/{story.id}"))["actions"] == []
    for verb in (await seller.get(f"/orders/{story.id}"))["actions"]:
        await story.press(verb, 403, driver)


async def test_the_parties_do_not_take_each_others_decisions(world: World) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    story = Story(seller, buyer, goods)
    await story.lead("issued")
    before = await everything(world.brand.id)
    for verb in ("approve", "reject", "hold", "issue", "close"):
        await story.press(verb, 403, buyer)
    assert (await story.press("receive", 403, seller))["code"] == "forbidden"
    # The brand sees the dealer's sale, and has no say in it.
    for verb in ("issue", "close", "cancel"):
        await story.press(verb, 403, world.admin)
    assert await everything(world.brand.id) == before


async def test_an_order_put_aside_comes_back_and_the_buyer_reads_why(world: World) -> None:
    _, _, seller, buyer, goods = await a_shop(world)
    story = Story(seller, buyer, goods)
    await story.lead("submitted")
    await seller.post(f"/orders/{story.id}/hold", {"reason": "货款未清"})
    assert (await buyer.get(f"/orders/{story.id}"))["reason"] == "货款未清"
    refused = await story.press("approve", 409)
    assert "已挂起" in refused["detail"] and seller.actor.name in refused["detail"]
    await story.press("resume", 200)
    assert (await story.press("approve", 200))["state"] == "approved"


async def test_goods_stay_at_home_while_the_buyer_is_frozen_and_go_when_it_is_not(world: World) -> None:
    dealer, store, seller, buyer, goods = await a_shop(world)
    waiting, approved = Story(seller, buyer, goods), Story(seller, buyer, goods)
    await waiting.lead("submitted")
    await approved.lead("approved")
    await world.admin.post(f"/orgs/{store.id}/freeze", {"reason": "欠款"})
    for story, verb in ((waiting, "approve"), (approved, "issue")):
        refused = await story.press(verb, 403)
        assert refused["code"] == "org_frozen" and "own" not in refused and store.name in refused["detail"]
    await world.admin.post(f"/orgs/{store.id}/unfreeze")
    await waiting.press("approve", 200)
    await approved.press("issue", 200)


async def test_the_stock_held_for_a_frozen_buyer_can_be_freed(world: World) -> None:
    _, store, seller, buyer, goods = await a_shop(world)
    story = Story(seller, buyer, goods)
    await story.lead("approved")
    await world.admin.post(f"/orgs/{store.id}/freeze", {"reason": "欠款"})
    assert (await story.press("cancel", 200, seller))["state"] == "cancelled"
