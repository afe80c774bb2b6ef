"""What people do about alerts: put them off, hand them over, bring them to the dealer's mind, order what is missing.

Whether something is still too low is not for people to say: an episode ends when its condition does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from server.alerts import queries
from server.alerts.schemas import HandOver, OrderAlerts, Snooze
from server.alerts.views import OVER
from server.core import audit, clock, db, outbox
from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError, Forbidden, InvalidInput, NotFound
from server.core.idempotency import Claim
from server.orders.behalf import addressed, for_buyer
from server.orders.schemas import NewOrder, OrderPlaced
from server.orders.service import submit_order

KIND = "alert"
LONGEST_SNOOZE = timedelta(days=90)
TAKEN_FOR = timedelta(minutes=1)
"""So long whoever began to order may take; then another may."""


class AlertClosed(BusinessError):
    """The episode is over; there is nothing to be done about it any more."""

    status, code, title = 409, "alert_closed", "预警已经结束"


class AlertDone(BusinessError):
    """Somebody else has done it before: ordered, or reminded today."""

    status, code, title = 409, "alert_done", "已经有人处理"


async def _lock(actor: Actor, ids: Sequence[int]) -> Sequence[db.Row]:
    """These alerts, locked; all of them inside the scope and open."""
    wanted = sorted(set(ids))
    found = await queries.some(actor, wanted, lock=True)
    if len(found) != len(wanted):
        raise NotFound("没有找到这条预警，或者它不在您的管理范围内")
    over = [item for item in found if item["closed_at"] is not None]
    if over:
        raise AlertClosed(f"{over[0]['product_name']}的预警已经结束，不用处理了")
    return found


async def _record(actor: Actor, verb: str, found: Sequence[db.Row], changes: dict[str, Any]) -> None:
    entries = [audit.Entry(verb, item["id"], {"product": item["product_name"], **changes}) for item in found]
    await audit.record_many(actor, KIND, entries)


async def snooze(actor: Actor, wanted: Snooze) -> None:
    """Do not show these to the own people until a day; if they are not over then, they come back (B2)."""
    actor.require("alert.handle")
    today = clock.today()
    if not today < wanted.until <= today + LONGEST_SNOOZE:
        words = f"请选择明天到 {LONGEST_SNOOZE.days} 天内的日期"
        raise InvalidInput(words, [FieldError("/until", words)])
    async with db.transaction():
        found = await _lock(actor, wanted.ids)
        await queries.snooze(actor, [item["id"] for item in found], wanted.until, wanted.reason)
        await _record(actor, "snooze", found, {"until": wanted.until, "reason": wanted.reason})


async def hand_over(actor: Actor, wanted: HandOver) -> None:
    """Give these to a colleague of the own org who handles alerts and sees them; he is told (B2)."""
    actor.require("alert.handle")
    async with db.transaction():
        found = await _lock(actor, wanted.ids)
        (colleague,) = await queries.colleagues(actor.org_id, wanted.account_id) or (None,)
        if colleague is None:
            raise NotFound("没有找到这位同事，或者他不能处理预警", [FieldError("/account_id", "请重新选择")])
        if not await queries.sees_all_of(wanted.account_id, list({item["org_id"] for item in found})):
            raise Forbidden(f"{colleague['name']}不负责这些客户，请转给别的同事")
        ids = [item["id"] for item in found]
        await queries.hand(actor, ids, wanted.account_id, wanted.note, clock.now())
        payload = {"ids": ids, "account_id": wanted.account_id, "by": actor.name, "note": wanted.note}
        await outbox.announce(actor.root_id, "alert.handed", ids[0], payload)
        await _record(actor, "hand_over", found, {"to": colleague["name"], "note": wanted.note})


async def remind(actor: Actor, ids: Sequence[int]) -> None:
    """Bring alerts of those below to their people's minds, once a day; `AlertDone` says who did (B2)."""
    actor.require("alert.handle")
    async with db.transaction():
        found = await _lock(actor, ids)
        if any(item["org_id"] == actor.org_id for item in found):
            raise InvalidInput("自己的预警不用提醒，可以转交给同事")
        begin, _ = clock.between(clock.today(), None)
        for item in found:
            if item["reminded_at"] is not None and item["reminded_at"] >= begin:
                when = item["reminded_at"].astimezone(clock.zone()).strftime("%H:%M")
                raise AlertDone(f"{item['reminded_by_name'] or '系统'}今天 {when} 已经提醒过{item['org_name']}")
        await queries.remind(actor, [item["id"] for item in found], clock.now())
        by_org: dict[int, list[int]] = {}
        for item in found:
            by_org.setdefault(item["org_id"], []).append(item["id"])
        told = [(org_id, {"ids": its, "by": actor.name}) for org_id, its in by_org.items()]
        await outbox.announce_each(actor.root_id, "alert.reminded", told)
        await _record(actor, "remind", found, {"org": found[0]["org_name"]})


async def order(actor: Actor, wanted: OrderAlerts, claim: Claim) -> OrderPlaced:
    """Order what is missing from the supplier, for the own org or a direct buyer; the alerts remember the order (D2.2).

    Whoever presses second, with whatever key, gets no second order: `AlertDone` names the first one. Raises what
    `submit_order` raises, and then lets go of the alerts.
    """
    ids = sorted(set(wanted.ids))
    buyer, mine = await _take(actor, wanted, ids, claim)
    new = NewOrder(
        wanted.delivery_method, wanted.lines, wanted.address_id, wanted.wished_on, wanted.note,
        None if mine else buyer.org_id,
    )  # fmt: skip
    try:
        placed = await submit_order(buyer, new if mine else await addressed(buyer, new), claim)
    except BusinessError:
        await queries.let_go(actor.root_id, ids, claim.key)
        raise
    async with db.transaction():
        found = await queries.some(actor, ids, lock=True)
        fresh = [item for item in found if item["order_id"] != placed.id]
        await queries.ordered(actor.root_id, ids, placed.id, actor.account_id, clock.now())
        await _record(actor, "order", fresh, {"number": placed.number})
    return placed


async def _take(actor: Actor, wanted: OrderAlerts, ids: list[int], claim: Claim) -> tuple[Actor, bool]:
    """Be the only one who orders for these alerts; in whose place, and whether it is the own org's."""
    async with db.transaction():
        found = await queries.some(actor, ids, lock=True)
        if len(found) != len(ids):
            raise NotFound("没有找到这条预警，或者它不在您的管理范围内")
        mine = await _one_shop(actor, found, wanted)
        buyer = actor if mine else await for_buyer(actor, found[0]["org_id"])
        for item in found:
            await _free(item, claim)
        await queries.take(actor, ids, claim.key, clock.now())
    return buyer, mine


async def _one_shop(actor: Actor, found: Sequence[db.Row], wanted: OrderAlerts) -> bool:
    """Whether it is for the own org; `InvalidInput` where the alerts and the lines do not fit together."""
    if len({item["org_id"] for item in found}) != 1 or any(item["kind"] != "low" for item in found):
        raise InvalidInput("一次只能为一家的低库存预警下单")
    if not all(item["is_default"] for item in found):
        raise InvalidInput("采购的货送到发货仓，这个仓库请从发货仓调拨")
    if {line.product_id for line in wanted.lines} - {item["product_id"] for item in found}:
        raise InvalidInput("有商品不在所选的预警里，请从购物车下单")
    mine = bool(found[0]["org_id"] == actor.org_id)
    actor.require("order.create" if mine else "order.create_for")
    return mine


async def _free(item: db.Row, claim: Claim) -> None:
    """Raise unless nobody has ordered for an alert, or is about to; the same request again may go on."""
    if item["taken_key"] is not None and (item["taken_by"], item["taken_key"]) != (claim.account_id, claim.key):
        before = await queries.placed(item["taken_by"], item["taken_key"])
        if before is not None:  # whoever placed it was stopped before he could note it
            raise AlertDone(f"{item['product_name']}已经下过单了，请在订单里查看", order_id=before)
        if item["taken_at"] > clock.now() - TAKEN_FOR:
            raise AlertDone(f"同事正在为{item['product_name']}下单，请稍后刷新")
    if item["order_id"] is None or item["order_state"] in OVER:
        return
    if await queries.placed(claim.account_id, claim.key) == item["order_id"]:  # the same press, sent again
        return
    when = item["ordered_at"].astimezone(clock.zone()).strftime("%m-%d %H:%M")
    words = f"{item['ordered_by_name'] or '同事'} {when} 已经为{item['product_name']}下单 {item['order_number']}"
    raise AlertDone(words, order_id=item["order_id"])


async def press(actor: Actor, digest_id: int, done: str, until: date | None = None, reason: str = "") -> None:
    """What a member does on the card of a digest: remind or snooze all of it that is not over, once (B2)."""
    actor.require("alert.handle")
    async with db.transaction():
        digest = await queries.digest(actor.root_id, digest_id)
        if digest is None or not actor.sees(digest["org_path"]):
            raise NotFound("没有找到这条预警，或者它不在您的管理范围内")
        if not await queries.digest_done(actor, digest_id, done, clock.now()):
            digest = await queries.digest(actor.root_id, digest_id)
            assert digest is not None
            raise AlertDone(said(digest))
        ids = await queries.open_of_digest(actor.root_id, digest_id)
        if not ids:
            raise AlertClosed(f"{digest['org_name']}的这些预警都已经结束，不用处理了")
        if until is None:
            await remind(actor, ids)
        else:
            await snooze(actor, Snooze(ids, until, reason))
        await outbox.announce(actor.root_id, "alert.pressed", digest_id, {})


def said(digest: db.Row) -> str:
    """Who did what about a digest; '' while nobody has."""
    if digest["done"] is None:
        return ""
    when = digest["done_at"].astimezone(clock.zone()).strftime("%m-%d %H:%M")
    what = {"reminded": f"已提醒{digest['org_name']}", "snoozed": "已设为稍后提醒"}[digest["done"]]
    return f"{digest['done_by_name'] or '系统'} {when} {what}"
