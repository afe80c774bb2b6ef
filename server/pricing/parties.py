"""Whose prices: the seller's own, or those of a dealer below who leaves them to its supplier."""

from __future__ import annotations

from server.core import db
from server.core.actor import Actor
from server.core.errors import FieldError, Forbidden, InvalidInput, NotFound
from server.pricing import queries
from server.pricing.queries import ListOf


async def seller_of(actor: Actor, seller_id: int | None, buyer_id: int | None = None) -> db.Row:
    """The seller whose prices are asked for, the own org unless another in the scope is named."""
    actor.require("price.manage")
    found = await queries.parties(actor.root_id, seller_id or actor.org_id, buyer_id)
    if found is None or found["kind"] == "store" or not actor.sees(found["path"]):
        raise NotFound("没有找到这个供货方，或者它不在您的管理范围内")
    if buyer_id is not None and found["buyer_id"] is None:
        raise NotFound("没有找到这个客户，或者它不是您的直接客户")
    return found


async def list_of(actor: Actor, seller_id: int | None, price_group: str | None, buyer_id: int | None) -> ListOf:
    """The list that is asked for; the standard group's when neither a group nor a buyer is named."""
    return list_key(actor, await seller_of(actor, seller_id, buyer_id), price_group, buyer_id)


def list_key(actor: Actor, seller: db.Row, price_group: str | None, buyer_id: int | None) -> ListOf:
    """A list of this seller."""
    if price_group is not None and buyer_id is not None:
        raise InvalidInput("价格组和客户只能选一个", [FieldError("/buyer_id", "价格组和客户只能选一个")])
    group = None if buyer_id is not None else (price_group or "standard").strip()
    return ListOf(actor.root_id, seller["id"], group, buyer_id)


def may_set(actor: Actor, seller: db.Row) -> None:
    """Refuse who must not set this seller's prices: without pricing authority the supplier does it (S1.3)."""
    own = seller["id"] == actor.org_id
    if own and not seller["sets_prices"]:
        raise Forbidden("您没有定价权，价格由上级供应商设置；需要调整请联系供应商")
    if not own and seller["sets_prices"]:
        raise Forbidden(f"{seller['name']}自己定价，您不能代为设置")
