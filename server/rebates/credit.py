"""Rebate credit pays what is owed: never more than there is of it, nor than is owed. (S2.3)"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from server.channel.service import find_org
from server.core import audit, clock, db, live, outbox, paging
from server.core.actor import Actor
from server.core.errors import BusinessError, InvalidInput, NotFound
from server.core.money import yuan
from server.core.types import MAX_ID, OrgRef
from server.rebates import progress_queries
from server.rebates.schemas import CreditEntry, CreditOut, CreditQuery, UseCredit
from server.settlement import queries as settlement_queries
from server.settlement import service as settlement

KIND = "rebate_use"
"""What the journal calls a use of credit."""

_EVER = (datetime(9000, 1, 1, tzinfo=UTC), MAX_ID)


class CreditShort(BusinessError):
    """More than there is of credit, or than is owed."""

    status, code, title = 409, "credit_short", "返利余额不够抵扣"


async def _pair(actor: Actor, buyer_id: int | None) -> db.Row:
    """The own org and its supplier, or an org inside the scope and its supplier."""
    if buyer_id is None or buyer_id == actor.org_id:
        if actor.supplier_id is None:
            raise NotFound("品牌没有上级供应商，请选择一个客户")
        found = await settlement_queries.balance(actor.org_id)
    else:
        found = await settlement_queries.balance((await find_org(actor, buyer_id)).id)
    if found is None:
        raise NotFound("这个组织没有往来账")
    return found


async def use(actor: Actor, wanted: UseCredit) -> int:
    """Pay with credit what is owed: a buyer by himself, or his seller's finance for him. The id of the use.

    Raises `CreditShort`; the pair's money is locked before it is looked at, so nothing is used twice.
    """
    actor.require("rebate.use")
    async with db.transaction():
        pair = await _pair(actor, wanted.buyer_id)
        seller_id, buyer_id = pair["seller_id"], pair["buyer_id"]
        if actor.org_id not in (seller_id, buyer_id):
            raise NotFound("没有找到这个客户，或者它不是您的客户")
        owed, credit = await progress_queries.account(actor.root_id, seller_id, buyer_id, lock=True)
        if wanted.amount_fen > min(owed, credit):
            raise CreditShort(
                f"返利余额 {yuan(credit)}，应付 {yuan(max(0, owed))}，最多可抵扣 {yuan(max(0, min(owed, credit)))}",
                usable_fen=max(0, min(owed, credit)),
            )
        about = (wanted.amount_fen, wanted.note.strip(), actor.account_id, clock.today(), clock.now())
        made = await progress_queries.write_use(actor.root_id, seller_id, buyer_id, *about)
        await settlement.use_rebate(actor, seller_id, buyer_id, made["id"], wanted.amount_fen)
        changes = {"number": made["number"], "buyer_id": buyer_id, "amount_fen": wanted.amount_fen}
        await audit.record(actor, "use", KIND, made["id"], changes)
        told = {
            "seller_id": seller_id, "buyer_id": buyer_id, "buyer": pair["buyer_name"], "fen": wanted.amount_fen,
            "by": actor.org_id,
        }  # fmt: skip
        await outbox.announce(actor.root_id, "rebate.used", made["id"], told)
        await live.tell([seller_id, buyer_id], "", "rebate", {"id": made["id"]})
    return int(made["id"])


async def read(actor: Actor, query: CreditQuery) -> CreditOut:
    """The credit of a pair, and what changed it."""
    pair = await _pair(actor, query.buyer_id)
    owed, credit = await progress_queries.account(actor.root_id, pair["seller_id"], pair["buyer_id"])
    before = _before(query.cursor)
    about = (actor.root_id, pair["buyer_id"], pair["seller_id"], before, query.limit + 1)
    found = list(await progress_queries.credit_entries(*about))
    shown = found[: query.limit]
    more = len(found) > query.limit
    cursor = paging.encode_cursor(shown[-1]["at"].isoformat(), shown[-1]["id"]) if more else None
    return CreditOut(
        OrgRef(pair["seller_id"], pair["seller_name"]), OrgRef(pair["buyer_id"], pair["buyer_name"]),
        credit, owed, max(0, min(owed, credit)), [CreditEntry(**item) for item in shown], cursor,
    )  # fmt: skip


def _before(cursor: str | None) -> tuple[datetime, int]:
    key: list[Any] | None = paging.decode_cursor(cursor, 2)
    if key is None:
        return _EVER
    try:
        return datetime.fromisoformat(key[0]), int(key[1])
    except (TypeError, ValueError):
        raise InvalidInput("翻页标记无效，请重新打开列表") from None
