"""Ordering for a buyer of the own org (代客下单): for a customer who rings up, or who has no account at all. (D3.2)

It is the one engine: the order is the buyer's, with its prices, its credit and its approval; only who typed it is a
member of the seller.

The seller's order rules warn him first; they are his own, so he may go on knowingly, and the order says that he did.
"""

from __future__ import annotations

import msgspec

from server.channel import addresses
from server.channel.service import find_org
from server.core.actor import Actor
from server.core.errors import FieldError, Forbidden, InvalidInput, OrgFrozen
from server.identity.accounts import anyone_at
from server.orders.schemas import NewOrder


async def for_buyer(actor: Actor, buyer_id: int | None) -> Actor:
    """The actor in the place of a direct buyer of its org; the actor itself where none is named.

    Raises `NotFound` for a stranger's, `Forbidden` for one that buys from somebody else, `OrgFrozen`.
    """
    if buyer_id is None or buyer_id == actor.org_id:
        return actor
    buyer = await find_org(actor, buyer_id)
    actor.require("order.create_for")
    if buyer.parent_id != actor.org_id:
        raise Forbidden(f"{buyer.name}不是您的直属客户，只能由它的供应商代下单")
    if buyer.status != "active":
        raise OrgFrozen(f"{buyer.name}已被冻结：{buyer.frozen_reason}")
    return msgspec.structs.replace(
        actor,
        org_id=buyer.id,
        org_kind=buyer.kind,
        org_name=buyer.name,
        path=buyer.path,
        supplier_id=actor.org_id,
        price_group=buyer.price_group,
        assigned=None,
    )


def own(order: NewOrder) -> NewOrder:
    """An order for the own org, which keeps to the supplier's rules."""
    if order.override_rules:
        raise InvalidInput(
            "只有代客下单可以不按下单规则提交", [FieldError("/override_rules", "只有代客下单可以不按下单规则提交")]
        )
    return msgspec.structs.replace(order, buyer_id=None)


async def addressed(actor: Actor, order: NewOrder) -> NewOrder:
    """An order for a buyer, with the buyer's usual address where none is named and the goods are brought."""
    if order.address_id is not None or order.delivery_method == "pickup":
        return order
    return msgspec.structs.replace(order, address_id=await addresses.usual(actor))


async def may_sign(actor: Actor, seller_id: int, buyer_id: int) -> None:
    """Who signs for goods: the buyer; for a customer without an account the seller's people, who hold his signature.

    Raises `Forbidden` for everybody else.
    """
    by_seller = actor.org_id == seller_id and not await anyone_at(buyer_id)
    if actor.org_id != buyer_id and not by_seller:
        raise Forbidden("只有订货方可以操作这张订单")
