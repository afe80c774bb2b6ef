"""HTTP of settlement."""

from __future__ import annotations

import msgspec

from server.core import db
from server.core.actor import Actor
from server.core.errors import NotFound
from server.core.http import Routes
from server.core.types import OrgRef
from server.settlement import service
from server.settlement.schemas import Balance, BalanceQuery, CreditLimit, Entry, EntryFilter, EntryList, Payment

routes = Routes("settlement")


def _balance(found: db.Row) -> Balance:
    used = found["receivable_fen"] + found["committed_fen"] - found["prepaid_fen"]
    return Balance(
        seller=OrgRef(found["seller_id"], found["seller_name"]),
        buyer=OrgRef(found["buyer_id"], found["buyer_name"]),
        receivable_fen=found["receivable_fen"],
        committed_fen=found["committed_fen"],
        prepaid_fen=found["prepaid_fen"],
        limit_fen=found["limit_fen"],
        left_fen=None if found["limit_fen"] is None else found["limit_fen"] - used,
    )


def _entry(found: db.Row) -> Entry:
    change = {found["debit"]: found["amount_fen"], found["credit"]: -found["amount_fen"]}.get("receivable", 0)
    return msgspec.convert(
        {
            **found,
            "seller": OrgRef(found["seller_id"], found["seller_name"]),
            "buyer": OrgRef(found["buyer_id"], found["buyer_name"]),
            "receivable_change_fen": change,
        },
        Entry,
    )


@routes.get("/settlement/balance", permission="settlement.read", errors=[NotFound])
async def get_balance(actor: Actor, query: BalanceQuery) -> Balance:
    """Where the own org stands with its supplier, or a buyer with its own."""
    return _balance(await service.balance(actor, query.buyer_id))


@routes.get("/settlement/entries", permission="settlement.read", errors=[NotFound])
async def list_entries(actor: Actor, query: EntryFilter) -> EntryList:
    """The entries behind a balance."""
    found, cursor = await service.entries(actor, query)
    return EntryList([_entry(item) for item in found], cursor)


@routes.post("/payments", permission="payment.register", status=201, errors=[NotFound])
async def register_payment(actor: Actor, body: Payment) -> Balance:
    """Register money received from a buyer."""
    await service.register_payment(actor, body)
    return _balance(await service.balance_here(actor, body.buyer_id))


@routes.post("/credit-limits", permission="credit.manage", errors=[NotFound])
async def set_credit_limit(actor: Actor, body: CreditLimit) -> Balance:
    """Set the credit limit of a buyer."""
    await service.set_credit_limit(actor, body)
    return _balance(await service.balance(actor, body.buyer_id))
