"""Prices: what of a dealer's own has fallen outside the limits; exceptions from them, and who asks for one. (D5.3)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.fanout.fan import Fanout
from bot.fanout.questions import Approvals, Question, asks
from bot.fanout.registry import Event, Subject, on
from server.core.money import yuan
from server.price_exceptions import queries as exceptions


@on("price.outside")
async def _outside(fan: Fanout, event: Event) -> None:
    """His prices lie outside new guide prices: nobody can order at them until they are set anew."""
    people = await fan.people(event.subject_id, "price.manage")
    count, names = int(event.payload["prices"]), "、".join(event.payload["products"])
    more = f"等 {count} 个价格" if count > len(event.payload["products"]) else ""
    body = f"{names}{more}从 {event.payload['from_on']} 起超出指导价的范围，重新定价前买家不能下单"
    fan.tell(event, people, f"有 {count} 个价格需要调整", body, "prices")


@asks(exceptions.KIND)
async def _exceptions(roots: Sequence[int], ids: Sequence[int], asked: Approvals) -> Mapping[Subject, Question]:
    """What is asked about prices outside the limits; a dealer's people hear of it by those who set its prices."""
    return {
        subject: Question(
            asked[subject],
            "特价申请",
            f"{one['seller_name']}申请{one['product_name']}给{one['buyer_name']} "
            f"{yuan(one['price_fen'])}/{one['base_unit']}",
            f"price-exception/{one['id']}",
            asked_by=one["asked_by"],
            asker_id=one["seller_id"],
            asker_permission="price.manage" if one["seller_id"] != one["root_id"] else "",
        )
        for subject, one in (await exceptions.facts_of_many(roots, ids)).items()
        if subject in asked
    }
