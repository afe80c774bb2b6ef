"""Removes a half-made demo world, so that it can be begun again."""

from __future__ import annotations

from server.core import db

# Children before parents. Accounts' own rows carry no root: they go by their account.
_OF_ACCOUNTS = ("session", "wechat_binding", "subscription_grant")
_TABLES = (
    "trace_scan", "diversion_issue", "diversion", "trace_code", "trace_hand", "trace_pallet", "trace_range",
    "recall_holder", "recall",
    "org_contact", "qualification", "customer_tag", "segment", "exchange_job",
    "org_search",
    "scan_solution", "scan", "scan_session", "stock_setting", "stock_snapshot", "stock_snapshot_head", "sale_day",
    "till_sale", "freshness_rule",
    "chat_card", "notice", "outbox", "ledger_entry", "trade_account", "reservation", "stock_move", "stock_balance",
    "stocktake_line", "stocktake_recount", "stocktake_entry", "stocktake_session", "stocktake", "stocktake_plan",
    "stocktake_setting",
    "promotion_use", "promotion_buyer", "promotion", "promotion_frame",
    "alert_care", "alert", "alert_digest", "alert_rule", "alert_rule_set", "alert_look",
    "transfer_lot", "transfer_line", "transfer",
    "rebate_use", "rebate_entry", "rebate_period", "rebate_progress", "rebate_party", "rebate_agreement",
    "goods_return_lot", "goods_return_line", "goods_return", "quarantine_paper",
    "payment", "lot", "location", "approval", "approval_taken", "approval_step",
    "approval_flow", "order_rule", "order_rule_set", "calendar_day", "receipt", "goods_issue_line", "goods_issue",
    "order_event", "order_line", "orders", "stored_file", "audit_entry", "idempotency", "price", "price_exception",
    "price_list", "guide_price", "authority", "packaging", "product", "assignment",
)  # fmt: skip


async def demolish(root_id: int) -> None:
    """Every row of one brand, in one transaction."""
    async with db.transaction():
        for table in _OF_ACCOUNTS:
            await db.run(
                f"DELETE FROM {table} WHERE account_id IN (SELECT id FROM account WHERE root_id = $1)",  # noqa: S608
                root_id,
            )
        for table in _TABLES:
            await db.run(f"DELETE FROM {table} WHERE root_id = $1", root_id)  # noqa: S608 - names of this file
        await db.run("DELETE FROM invitation WHERE root_id = $1", root_id)
        await db.run("DELETE FROM account WHERE root_id = $1", root_id)
        await db.run("DELETE FROM role WHERE root_id = $1", root_id)
        for table in ("org_search", "org_contact", "qualification", "customer_tag", "segment"):
            await db.run(f"DELETE FROM {table} WHERE root_id = $1", root_id)  # noqa: S608 - names of this file
        await db.run("DELETE FROM delivery_address WHERE root_id = $1", root_id)
        await db.run("DELETE FROM category WHERE root_id = $1 AND parent_id IS NOT NULL", root_id)
        await db.run("DELETE FROM category WHERE root_id = $1", root_id)
        await db.run("DELETE FROM org WHERE root_id = $1", root_id)
        await db.run("DELETE FROM region_stores WHERE root_id = $1", root_id)  # that its stores went, too
