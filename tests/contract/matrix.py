"""Who may call what, from the product's description of each role; and a good request for every operation.

Written by hand from the capabilities, not from the program's own table of permissions: a route that loses its
permission, or a role that gets one too many, must make the test fail.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from server.core import clock
from server.core.http import Route
from server.identity.roles import ROLES
from tests.contract.stage import UNKNOWN, Place, Stage, tomorrow
from tests.world import gtin13, number, phone

BRAND = {"brand_admin", "brand_manager", "brand_rep", "brand_finance", "brand_warehouse"}
DEALER = {"dealer_owner", "dealer_clerk", "dealer_warehouse", "dealer_driver", "dealer_finance"}
STORE = {"store_owner", "store_clerk"}
ALL = BRAND | DEALER | STORE
KEEPS_ACCOUNTS = {"brand_admin", "dealer_owner", "store_owner"}
KEEPS_CHANNEL = {"brand_admin", "brand_manager", "dealer_owner"}
KEEPS_CATALOGUE = {"brand_admin", "brand_manager"}
BUYS = {"dealer_owner", "dealer_clerk", "store_owner", "store_clerk"}
DECIDES = {"brand_admin", "brand_manager", "brand_rep", "dealer_owner", "dealer_clerk"}
ISSUES = {"brand_admin", "brand_warehouse", "dealer_owner", "dealer_clerk", "dealer_warehouse"}
SIGNS = {"dealer_owner", "dealer_clerk", "dealer_warehouse", "store_owner", "store_clerk"}
READS_MONEY = {"brand_admin", "brand_manager", "brand_rep", "brand_finance", "dealer_owner", "dealer_clerk",
               "dealer_finance", "store_owner"}  # fmt: skip
TAKES_MONEY = {"brand_admin", "brand_finance", "dealer_owner", "dealer_finance"}
SCANS = {"brand_admin", "brand_warehouse", "dealer_owner", "dealer_clerk", "dealer_warehouse"} | STORE
PROPOSES = {"brand_admin", "brand_manager", "brand_rep", "brand_warehouse", "dealer_owner", "dealer_clerk",
            "dealer_warehouse"}  # fmt: skip
DECIDES_COUNTS = {"brand_admin", "brand_manager", "brand_warehouse", "dealer_owner", "dealer_clerk", "store_owner"}
GIVES_BACK = {"dealer_owner", "dealer_clerk", "dealer_warehouse"} | STORE
IMPORTS = KEEPS_CHANNEL | {"brand_warehouse", "store_owner"}
EXPORTS = BRAND | {"dealer_owner", "dealer_clerk", "dealer_finance", "store_owner"}

ALLOWED: dict[str, set[str]] = {
    # identity
    **dict.fromkeys(("logout", "me", "change_password", "list_sessions", "end_session", "bind_wecom",
                     "unbind_wecom"), ALL),
    **dict.fromkeys(("list_accounts", "create_account", "edit_account", "freeze_account", "unfreeze_account",
                     "set_account_password", "get_account", "list_account_sessions", "end_account_sessions",
                     "end_account_session", "list_sign_ins", "get_permissions", "list_roles", "list_invitations",
                     "invite", "show_invitation", "withdraw_invitation"), KEEPS_ACCOUNTS),
    **dict.fromkeys(("create_role", "edit_role", "retire_role"), {"brand_admin", "dealer_owner"}),
    **dict.fromkeys(("list_substitutes", "add_substitute", "remove_substitute"), DECIDES),
    # channel
    **dict.fromkeys(("list_orgs", "get_org"), BRAND | DEALER),
    **dict.fromkeys(("create_org", "edit_org", "freeze_org", "unfreeze_org"), KEEPS_CHANNEL),
    **dict.fromkeys(("org_history", "list_contacts", "map_orgs", "list_children", "list_above", "list_reps"),
                    BRAND | DEALER),
    **dict.fromkeys(("add_contact", "edit_contact", "remove_contact", "upload_document", "add_qualification",
                     "edit_qualification", "remove_qualification", "edit_orgs", "freeze_orgs"), KEEPS_CHANNEL),
    **dict.fromkeys(("list_qualifications", "read_document"), ALL),
    **dict.fromkeys(("preview_move", "move_org", "assign_reps"), {"brand_admin", "brand_manager"}),
    # customers
    **dict.fromkeys(("list_customers", "get_customer", "suggest_tags", "list_segments"), BRAND | DEALER),
    **dict.fromkeys(("set_tags", "tag_customers", "add_segment", "edit_segment", "remove_segment"),
                    KEEPS_CHANNEL | {"dealer_clerk"}),
    "list_addresses": ALL,
    **dict.fromkeys(("add_address", "change_address", "remove_address"), BUYS),
    # catalogue
    **dict.fromkeys(("list_categories", "browse_catalog", "scan_code", "list_frequent", "get_picture"), ALL),
    **dict.fromkeys(("create_category", "list_products", "get_product", "create_product", "edit_product"),
                    KEEPS_CATALOGUE),
    **dict.fromkeys(("list_category_tree", "edit_category", "arrange_categories", "remove_category", "add_packaging",
                     "set_freshness_rule", "edit_packaging", "remove_packaging"), KEEPS_CATALOGUE),
    # prices
    **dict.fromkeys(("list_prices", "set_prices", "end_prices", "price_history", "price_matrix", "list_price_lists",
                     "get_price_authority", "set_price_authority", "preview_prices", "copy_prices", "preview_copy",
                     "list_planned_prices"), KEEPS_CHANNEL),
    **dict.fromkeys(("list_guide_prices", "list_guide_scopes", "set_guide_prices", "preview_guide_prices",
                     "end_guide_prices"), KEEPS_CATALOGUE),
    **dict.fromkeys(("ask_price_exception", "withdraw_price_exception"), KEEPS_CHANNEL),
    **dict.fromkeys(("list_price_exceptions", "get_price_exception"), DECIDES),
    **dict.fromkeys(("get_exception_flow", "set_exception_flow", "simulate_exception"), KEEPS_CATALOGUE),
    # orders
    **dict.fromkeys(("quote_order", "submit_order"), BUYS),
    **dict.fromkeys(("list_orders", "count_orders", "get_order", "list_goods_issues", "get_goods_issue",
                     "print_goods_issue", "print_goods_issues", "find_goods_issue"), ALL),
    **dict.fromkeys(("approve_order", "reject_order", "close_order", "approve_orders", "reject_orders",
                     "list_approvals", "decide_approval"), DECIDES),
    **dict.fromkeys(("hold_order", "resume_order"), DECIDES),
    "cancel_order": DECIDES | BUYS,
    "issue_goods": ISSUES,
    "receive_goods": SIGNS,
    **dict.fromkeys(("get_approval_flow", "set_approval_flow", "simulate_approval"), KEEPS_CHANNEL),
    **dict.fromkeys(("get_document_flow", "set_document_flow", "simulate_document"), KEEPS_CHANNEL),
    # rules
    **dict.fromkeys(("get_order_rules", "set_order_rules", "set_calendar_days", "propose_holidays", "try_order"),
                    KEEPS_CHANNEL),
    # stock and money
    **dict.fromkeys(("list_stock", "list_balances"), ALL - {"dealer_driver"}),
    "supply": {"brand_admin", "brand_warehouse", "dealer_owner"},
    **dict.fromkeys(("open_scan_session", "take_scans", "resolve_code", "drop_code", "say_lot",
                     "finish_scan_session", "cancel_scan_session"), SCANS),
    **dict.fromkeys(("add_warehouse", "rename_warehouse", "make_default", "close_warehouse", "set_stock_settings"),
                    {"brand_admin", "brand_warehouse", "dealer_owner", "store_owner"}),
    **dict.fromkeys(("list_moves", "list_reasons", "list_past", "list_sales", "list_turnover", "summarize_stock",
                     "list_freshness_rules", "summarize_sales", "list_expiring", "rank_turnover"),
                    ALL - {"dealer_driver"}),
    **dict.fromkeys(("show_warehouses", "get_stock_settings"), ALL - {"dealer_driver"}),
    **dict.fromkeys(("list_scan_sessions", "get_scan_session", "list_scans"), ALL - {"dealer_driver"}),
    **dict.fromkeys(("get_balance", "list_entries"), READS_MONEY),
    "register_payment": TAKES_MONEY,
    "set_credit_limit": TAKES_MONEY | {"brand_manager"},
    # trace
    **dict.fromkeys(("make_trace_codes", "list_trace_ranges", "print_trace_codes", "pack_pallet", "get_trace_range",
                     "print_trace_sheet"),
                    {"brand_admin", "brand_warehouse"}),
    "get_issue_codes": ALL,
    **dict.fromkeys(("bind_trace_codes", "unbind_trace_codes"), ISSUES),
    **dict.fromkeys(("get_way", "scan_trace_code"), ALL - {"brand_finance", "dealer_finance"}),
    **dict.fromkeys(("list_diversions", "get_diversion", "get_diversion_photo"), DECIDES),
    **dict.fromkeys(("take_diversion", "ask_diverter", "decide_diversion"),
                    {"brand_admin", "brand_manager", "brand_rep"}),
    "state_diversion": {"dealer_owner", "dealer_clerk"},
    **dict.fromkeys(("start_recall", "tell_late_holders", "end_recall", "list_recall_lots", "preview_recall"),
                    KEEPS_CATALOGUE),
    **dict.fromkeys(("list_recalls", "get_recall", "read_recall"), ALL - {"dealer_driver"}),
    "list_recall_holders": BRAND | DEALER,
    "answer_recall": SCANS,
    # transfers
    **dict.fromkeys(("list_transfers", "get_transfer", "print_transfer"), ALL - {"dealer_driver"}),
    **dict.fromkeys(("propose_transfer", "cancel_transfer", "close_transfer", "suggest_transfers"), PROPOSES),
    **dict.fromkeys(("issue_transfer", "receive_transfer"), PROPOSES - {"brand_manager", "brand_rep"}),
    # stocktakes
    **dict.fromkeys(("list_stocktakes", "get_stocktake", "list_stocktake_lines", "tally_stocktake",
                     "list_stocktake_plans"), ALL - {"dealer_driver"}),
    **dict.fromkeys(("start_stocktake", "close_stocktake"), SCANS | {"brand_manager"}),
    **dict.fromkeys(("scan_for_stocktake", "type_figures"), SCANS),
    **dict.fromkeys(("plan_stocktake", "settle_lines", "recount_lines", "submit_stocktake", "cancel_stocktake",
                     "count_again", "print_stocktake", "list_counters", "get_stocktake_settings", "add_stocktake_plan",
                     "end_stocktake_plan"), DECIDES_COUNTS),
    "set_stocktake_settings": KEEPS_CHANNEL,
    # returns
    **dict.fromkeys(("list_returns", "get_return", "print_return"), ALL - {"dealer_driver"}),
    **dict.fromkeys(("list_returnable", "ask_return", "cancel_return", "close_return"), GIVES_BACK),
    "approve_return": DECIDES,
    **dict.fromkeys(("issue_return", "receive_return"), GIVES_BACK | {"brand_admin", "brand_warehouse"}),
    "settle_quarantine": {"brand_admin", "brand_warehouse", "dealer_owner", "dealer_warehouse"},
    # alerts
    **dict.fromkeys(("list_alerts", "count_alerts", "get_alert", "get_alert_rules"), ALL - {"dealer_driver"}),
    **dict.fromkeys(("list_alert_colleagues", "snooze_alerts", "hand_over_alerts", "remind_of_alerts"),
                    (PROPOSES | STORE)),
    **dict.fromkeys(("order_alerts", "suggest_restock"), BUYS),
    "set_alert_rules": {"brand_admin", "brand_manager", "dealer_owner", "store_owner"},
    # rebates
    **dict.fromkeys(("list_rebates", "list_rebate_progress", "get_rebate_credit", "get_rebate", "get_rebate_statement",
                     "print_rebate_statement"), READS_MONEY),
    **dict.fromkeys(("preview_rebate", "make_rebate", "edit_rebate", "submit_rebate", "withdraw_rebate", "end_rebate"),
                    KEEPS_CHANNEL),
    "confirm_rebate_period": TAKES_MONEY,
    "use_rebate_credit": TAKES_MONEY | {"store_owner"},
    # regions and territories
    **dict.fromkeys(("list_regions", "list_region_children", "search_regions"), ALL),
    **dict.fromkeys(("list_authorities", "outside_territory"), DECIDES),
    **dict.fromkeys(("grant_authority", "check_authority", "change_authority", "revoke_authorities", "get_coverage",
                     "list_white_spots"), KEEPS_CATALOGUE),
    # notices
    **dict.fromkeys(("list_notices", "read_notices", "list_templates", "count_subscription", "upload_file",
                     "get_file", "live_events", "take_ticket"), ALL),
    "list_outbox": {"brand_admin", "brand_manager"},
    "retry_message": {"brand_admin"},
    "list_audit": KEEPS_CHANNEL,
    # files in and out
    **dict.fromkeys(("list_exchange_kinds", "list_exchange_jobs", "get_exchange_job", "cancel_exchange_job",
                     "get_export_file", "get_marked_file"), ALL),
    **dict.fromkeys(("get_template", "start_import", "confirm_import"), IMPORTS),
    "start_export": EXPORTS,
}  # fmt: skip

# A question that is well asked, where what stands beside it is read after it.
ASKED: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("simulate_exception", "simulate_document"), {"buyer_id": UNKNOWN, "amount_fen": 100}),
    **dict.fromkeys(("get_rebate_statement", "print_rebate_statement"), {"buyer_id": UNKNOWN, "period_no": 1}),
}

# Path parameter → the kind of row that it names.
KINDS = {
    "order_id": "order", "issue_id": "issue", "number": "issue_number",
    "approval_id": "approval", "org_id": "org", "account_id": "account",
    "address_id": "address", "file_id": "file", "session_id": "session", "product_id": "product",
    "message_id": "message", "code": "code", "substitute_id": "substitute", "authority_id": "authority",
    "job_id": "job", "kind": "import_kind", "document": "document", "role_id": "role", "invitation_id": "invitation",
    "contact_id": "contact", "qualification_id": "qualification", "segment_id": "segment",
    "category_id": "category", "packaging_id": "packaging", "exception_id": "exception",
    "scan_session_id": "scan_session", "warehouse_id": "warehouse",
    "range_id": "range", "diversion_id": "diversion", "recall_id": "recall",
    "transfer_id": "transfer", "stocktake_id": "stocktake", "plan_id": "stocktake_plan", "return_id": "return",
    "alert_id": "alert", "rebate_id": "rebate",
}  # fmt: skip

_ADDRESS = {"contact_name": "李店", "contact_phone": "13800000000", "detail": "人民路 1 号"}
_REASON = {"reason": "试一试"}
_RETURNED = {"code": "x", "state": "x" * 40, "verifier": "x" * 40}


def _account(stage: Stage, org_id: int, role: str = "store_clerk", **more: Any) -> dict[str, Any]:
    return {"org_id": org_id, "name": "新同事", "phone": phone(), "password": "passw0rd-9", "role": role, **more}


def _role(stage: Stage, place: Place, **more: Any) -> dict[str, Any]:
    base = {"brand": "brand_manager", "dealer": "dealer_clerk", "store": "store_clerk"}[place.org.kind]
    return {"base": base, "name": f"角色{number()}", "permissions": ["order.read"], **more}


def _product(stage: Stage, category_id: int) -> dict[str, Any]:
    price = {"guide_price_fen": 300, "floor_price_fen": 200, "ceiling_price_fen": 400}
    packed = [{"name": "瓶", "unit_qty": 1, "gtin": gtin13()}]
    return {
        "category_id": category_id, "code": f"N{number()}", "name": "新品", "base_unit": "瓶", "shelf_life_days": 90,
        **price, "packagings": packed,
    }  # fmt: skip


def _away(stage: Stage, account_id: int, substitute_id: int) -> dict[str, Any]:
    days = {"from_on": tomorrow(), "until_on": tomorrow()}
    return {"account_id": account_id, "substitute_id": substitute_id, **days}


def _line(stage: Stage, **more: Any) -> dict[str, Any]:
    line = {"product_id": stage.goods.id, "packaging_id": stage.goods.piece, "packaging_qty": 1, **more}
    return {"lines": [line]}


def _order(stage: Stage, **more: Any) -> dict[str, Any]:
    return {"delivery_method": "deliver", "wished_on": tomorrow(), **_line(stage, price_fen=300), **more}


def _price(stage: Stage) -> list[dict[str, Any]]:
    return [{"product_id": stage.goods.id, "price_fen": 290}]


def _exception(stage: Stage, **more: Any) -> dict[str, Any]:
    price = {"product_id": stage.goods.id, "price_fen": 100, "until_on": tomorrow(), "reason": "试一试"}
    return {"buyer_id": stage.places["store"].rows["org"], **price, **more}


def _grant(stage: Stage, org_id: int, **more: Any) -> dict[str, Any]:
    return {"org_id": org_id, "region_codes": ["420106"], "from_on": tomorrow(), **more}


def _guide(stage: Stage, product_id: int) -> dict[str, Any]:
    line = {"product_id": product_id, "floor_fen": 100, "guide_fen": 300, "ceiling_fen": 900}
    return {"grade": "特级", "prices": [line]}


def _rules(stage: Stage, audience: dict[str, Any] | None = None, **goods: Any) -> dict[str, Any]:
    rule = {"audience": audience or {"kind": "all"}, "multiple": 1, **goods}
    return {"version": 0, "minimums": [], "goods": [rule], "calendars": []}


def _tried(stage: Stage, buyer_id: int, **line: Any) -> dict[str, Any]:
    lines = [{"product_id": stage.goods.id, "qty": 1, **line}]
    return {"buyer_id": buyer_id, "total_fen": 300, "lines": lines}


def _supply(stage: Stage, product_id: int) -> dict[str, Any]:
    return {"lines": [{"product_id": product_id, "lot_code": "L9", "expires_on": "2030-01-01", "qty": 5}]}


def _scans(stage: Stage, **chosen: Any) -> dict[str, Any]:
    return {"scans": [{"id": str(uuid4()), "code": "没有条码", "at": clock.now().isoformat(), **chosen}]}


def _rebate(stage: Stage, **more: Any) -> dict[str, Any]:
    """1 % of what all buyers buy in a month."""
    term = {"name": "", "indicator": "amount", "reward": "percent", "steps": [{"reach": 0, "value": 100}]}
    days = {"from_on": tomorrow(), "until_on": tomorrow()}
    return {"name": "返利", "audience": {"kind": "all"}, "every": "month", **days, "rule": {"terms": [term]}, **more}


def _codes(stage: Stage, **more: Any) -> dict[str, Any]:
    own = {"product_id": stage.goods.id, "packaging_id": stage.goods.case}
    return {"scheme": "url", "count": 10, "lot_code": "L1", **own, **more}


def _transfer(stage: Stage, product_id: int, **more: Any) -> dict[str, Any]:
    """Back to the own supplier, or from the brand to a dealer of his."""
    return {"lines": [{"product_id": product_id, "qty": 1}], **_REASON, **more}


def _stocktake(**more: Any) -> dict[str, Any]:
    """One that is planned, so that any number of them can be."""
    return {"scope": "all", "blind": True, "planned_on": tomorrow(), **more}


def _plan(**more: Any) -> dict[str, Any]:
    return {"name": "月盘", "scope": "all", "blind": True, "every": "month", "next_on": tomorrow(), **more}


def _return(stage: Stage, product_id: int, **more: Any) -> dict[str, Any]:
    return {"lines": [{"product_id": product_id, "qty": 1, "reason": "damaged"}], **more}


def _return_line(stage: Stage, **more: Any) -> dict[str, Any]:
    return {"lines": [{"product_id": stage.goods.id, "qty": 1, "reason": "damaged", **more}]}


def _quarantine(product_id: int, lot_id: int) -> dict[str, Any]:
    return {"verdict": "write_off", "lines": [{"product_id": product_id, "lot_id": lot_id, "qty": 1}], **_REASON}


def _alert_order(stage: Stage, **line: Any) -> dict[str, Any]:
    own = {"ids": [stage.places["store"].rows["alert"]]}
    return {**own, "delivery_method": "deliver", **_line(stage, price_fen=300, **line)}


def _alert_rule(stage: Stage, **target: Any) -> dict[str, Any]:
    return {"version": 0, "rules": [{"audience": "own", "kind": "low", "qty": 5, **target}]}


def _recall(stage: Stage, product_id: int) -> dict[str, Any]:
    return {"product_id": product_id, "lot_code": f"R{number()}", "instruction": "下架", **_REASON}


# Operation → a request that is good in itself, made for a place whose rows the caller may use.
BODIES: dict[str, Callable[[Stage, Place], dict[str, Any]]] = {
    **dict.fromkeys(("make_rebate", "preview_rebate"), lambda s, p: _rebate(s)),
    "edit_rebate": lambda s, p: _rebate(s, version=1),
    "end_rebate": lambda s, p: {"last_on": tomorrow(), **_REASON},
    "confirm_rebate_period": lambda s, p: {"period_no": 1},
    "use_rebate_credit": lambda s, p: {"amount_fen": 1},
    "change_password": lambda s, p: {"old_password": "wrong-old-1", "new_password": "passw0rd-9"},
    "create_account": lambda s, p: _account(s, p.rows["org"]),
    "edit_account": lambda s, p: {"version": 1, "name": "改名"},
    "freeze_account": lambda s, p: _REASON,
    "set_account_password": lambda s, p: {"password": "passw0rd-9"},
    "add_substitute": lambda s, p: _away(s, p.boss.account_id, p.rows["account"]),
    "invite": lambda s, p: {"org_id": p.rows["org"], "role": "store_clerk"},
    "look_at_invitation": lambda s, p: {"token": "x" * 22},
    "join": lambda s, p: {"token": "x" * 22, "name": "李店", "phone": phone(), "password": "passw0rd-9"},
    "create_role": lambda s, p: _role(s, p),
    "edit_role": lambda s, p: {"version": 1, "name": f"改名{number()}"},
    "retire_role": lambda s, p: {"version": 1},
    "create_org": lambda s, p: {"parent_id": p.rows["org"], "kind": "store", "name": "新店"},
    "edit_org": lambda s, p: {"version": 1, "name": "改名"},
    "freeze_org": lambda s, p: _REASON,
    "add_contact": lambda s, p: {"name": "王会计"},
    "edit_contact": lambda s, p: {"title": "会计"},
    "add_qualification": lambda s, p: {"kind": "food_licence"},
    "edit_qualification": lambda s, p: {"version": 1, "note": "已换证"},
    "edit_orgs": lambda s, p: {"items": [{"id": p.rows["org"], "version": 1}], "grade": "A"},
    "freeze_orgs": lambda s, p: {"items": [{"id": p.rows["org"], "version": 1}], **_REASON},
    "assign_reps": lambda s, p: {"ids": [s.places["sibling"].org.id], "account_ids": []},
    "preview_move": lambda s, p: {"parent_id": s.places["sibling"].org.id},
    "move_org": lambda s, p: {"parent_id": s.places["sibling"].org.id, "version": 1, **_REASON},
    "set_tags": lambda s, p: {"tags": ["重点"]},
    "tag_customers": lambda s, p: {"ids": [p.rows["org"]], "add": ["重点"]},
    "add_segment": lambda s, p: {"name": f"分群{number()}", "conditions": {}},
    "edit_segment": lambda s, p: {"version": 1, "name": f"分群{number()}", "conditions": {}},
    "add_address": lambda s, p: _ADDRESS,
    "change_address": lambda s, p: _ADDRESS,
    "create_category": lambda s, p: {"name": f"分类{number()}"},
    "create_product": lambda s, p: _product(s, s.world.category_id),
    "edit_product": lambda s, p: {"version": 1, "name": "改名"},
    "edit_category": lambda s, p: {"version": 1, "name": f"改名{number()}"},
    "arrange_categories": lambda s, p: {"ids": [s.world.category_id]},
    "add_packaging": lambda s, p: {"version": 1, "packaging": {"name": "提", "unit_qty": 6, "gtin": gtin13()}},
    "edit_packaging": lambda s, p: {"version": 1, "name": "提"},
    "remove_packaging": lambda s, p: {"version": 1},
    "set_prices": lambda s, p: {"price_group": "vip", "prices": [{"product_id": s.goods.id, "price_fen": 300}]},
    "end_prices": lambda s, p: {"ids": [p.rows.get("price", UNKNOWN)]},
    "preview_prices": lambda s, p: {"price_group": "vip", "prices": _price(s)},
    **dict.fromkeys(("copy_prices", "preview_copy"), lambda s, p: {"to_group": "vip"}),
    **dict.fromkeys(("set_guide_prices", "preview_guide_prices"), lambda s, p: _guide(s, s.goods.id)),
    "end_guide_prices": lambda s, p: {"ids": [s.places["brand"].rows["guide"]]},
    "set_price_authority": lambda s, p: {"sets_prices": True},
    "ask_price_exception": lambda s, p: _exception(s, buyer_id=p.rows["org"]),
    "set_exception_flow": lambda s, p: {"version": 0, "steps": [{"name": "审核", "who": "permission:order.approve"}]},
    "quote_order": lambda s, p: _line(s),
    "submit_order": lambda s, p: _order(s),
    "approve_order": lambda s, p: {},
    "reject_order": lambda s, p: _REASON,
    "hold_order": lambda s, p: _REASON,
    "cancel_order": lambda s, p: _REASON,
    "close_order": lambda s, p: _REASON,
    "approve_orders": lambda s, p: {"ids": [p.rows["order"]]},
    "reject_orders": lambda s, p: {"ids": [p.rows["order"]], **_REASON},
    "issue_goods": lambda s, p: {},
    "receive_goods": lambda s, p: {},
    "decide_approval": lambda s, p: {"decision": "reject", **_REASON},
    **dict.fromkeys(
        ("set_approval_flow", "set_document_flow"),
        lambda s, p: {"version": 0, "steps": [{"name": "审核", "who": "permission:order.approve"}]},
    ),
    "set_order_rules": lambda s, p: _rules(s),
    "set_calendar_days": lambda s, p: {"set": [{"day": tomorrow(), "is_open": True}]},
    "try_order": lambda s, p: _tried(s, p.rows["org"]),
    "supply": lambda s, p: _supply(s, s.goods.id),
    "add_warehouse": lambda s, p: {"name": f"仓库{number()}"},
    "rename_warehouse": lambda s, p: {"version": 1, "name": f"仓库{number()}"},
    **dict.fromkeys(("make_default", "close_warehouse"), lambda s, p: {"version": 1}),
    "set_stock_settings": lambda s, p: {"version": 0, "keeps_lots": True},
    "set_freshness_rule": lambda s, p: {"category_id": s.world.category_id, "version": 0, "soon_days": 30},
    "open_scan_session": lambda s, p: {"kind": "in", "reason": "opening"},
    "take_scans": lambda s, p: _scans(s),
    "resolve_code": lambda s, p: {"code": "没有条码", "product_id": s.goods.id, "packaging_id": s.goods.piece},
    "drop_code": lambda s, p: {"code": "没有条码"},
    "say_lot": lambda s, p: {"product_id": s.goods.id, "expires_on": "2030-01-01"},
    "propose_transfer": lambda s, p: _transfer(s, s.goods.id, supplier="takes"),
    **dict.fromkeys(("cancel_transfer", "close_transfer"), lambda s, p: _REASON),
    "plan_stocktake": lambda s, p: _stocktake(),
    "type_figures": lambda s, p: {"entries": [{"product_id": s.goods.id, "qty": 1}]},
    "close_stocktake": lambda s, p: {"finish": True},
    "settle_lines": lambda s, p: {"line_nos": [1], "choice": "leave"},
    "recount_lines": lambda s, p: {"line_nos": [1]},
    "submit_stocktake": lambda s, p: {},
    "cancel_stocktake": lambda s, p: _REASON,
    "set_stocktake_settings": lambda s, p: {"limit_fen": 100, "version": 0},
    "add_stocktake_plan": lambda s, p: _plan(),
    **dict.fromkeys(("issue_transfer", "receive_transfer"), lambda s, p: {}),
    "ask_return": lambda s, p: _return(s, s.goods.id),
    **dict.fromkeys(("cancel_return", "close_return"), lambda s, p: _REASON),
    **dict.fromkeys(("approve_return", "issue_return", "receive_return"), lambda s, p: {}),
    "settle_quarantine": lambda s, p: _quarantine(s.goods.id, 1),
    "make_trace_codes": lambda s, p: _codes(s),
    "pack_pallet": lambda s, p: {"sscc": "376104250021234569", "codes": [s.places["brand"].rows["trace_code"]]},
    **dict.fromkeys(("bind_trace_codes", "unbind_trace_codes"), lambda s, p: {"codes": ["没有这个码"]}),
    "scan_trace_code": lambda s, p: {"code": s.places["brand"].rows["trace_code"]},
    "decide_diversion": lambda s, p: {"verdict": "explained", **_REASON},
    "ask_diverter": lambda s, p: {},
    "state_diversion": lambda s, p: {"text": "门店自己转卖的"},
    "start_recall": lambda s, p: _recall(s, s.goods.id),
    "answer_recall": lambda s, p: {"set_aside": 1},
    "end_recall": lambda s, p: {"outcome": "全部收回"},
    "snooze_alerts": lambda s, p: {"ids": [p.rows["alert"]], "until": tomorrow(), **_REASON},
    "hand_over_alerts": lambda s, p: {"ids": [p.rows["alert"]], "account_id": p.boss.account_id},
    "remind_of_alerts": lambda s, p: {"ids": [p.rows["alert"]]},
    "order_alerts": lambda s, p: {**_alert_order(s), "ids": [p.rows["alert"]]},
    "set_alert_rules": lambda s, p: {"version": 0, "rules": [{"audience": "own", "kind": "low", "days": 5}]},
    "register_payment": lambda s, p: {"buyer_id": p.rows["org"], "amount_fen": 1, "method": "cash"},
    "set_credit_limit": lambda s, p: {"buyer_id": p.rows["org"], "limit_fen": 1},
    "grant_authority": lambda s, p: _grant(s, p.rows["org"]),
    "check_authority": lambda s, p: _grant(s, p.rows["org"]),
    "change_authority": lambda s, p: {"version": 1, "note": "改一下"},
    "revoke_authorities": lambda s, p: {"ids": [p.rows.get("authority", UNKNOWN)], **_REASON},
    "start_export": lambda s, p: {"kind": "orders"},
    "read_notices": lambda s, p: {"ids": [p.rows["notice"]]},
    "count_subscription": lambda s, p: {"template_id": "template-order", "accepted": True},
    "login": lambda s, p: {"phone": phone(), "password": "wrong-pass-1"},
    "login_wechat": lambda s, p: {"code": "x"},
    "begin_wecom": lambda s, p: {"challenge": "x" * 43},
    "login_wecom": lambda s, p: _RETURNED,
    "bind_wecom": lambda s, p: _RETURNED,
    "bind_wechat": lambda s, p: {"bind_ticket": "x", "phone": phone(), "password": "wrong-pass-1"},
}

# (operation, field of the body or query that names a row) → its kind, and a request that is good but for that id.
Reference = tuple[str, Callable[[Stage, Any], dict[str, Any]]]
REFERENCES: dict[tuple[str, str], Reference] = {
    ("list_accounts", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("create_account", "org_id"): ("org", lambda s, i: _account(s, i)),
    ("create_account", "dealer_ids"): ("org", lambda s, i: _account(s, s.world.brand.id, "brand_rep", dealer_ids=[i])),
    ("list_accounts", "role_id"): ("role", lambda s, i: {"role_id": i}),
    ("list_invitations", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("invite", "org_id"): ("org", lambda s, i: {"org_id": i, "role": "store_clerk"}),
    ("invite", "role_id"): ("role", lambda s, i: {"org_id": s.world.brand.id, "role_id": i}),
    ("list_roles", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("create_account", "role_id"): (
        "role", lambda s, i: {k: v for k, v in _account(s, s.world.brand.id, role_id=i).items() if k != "role"}),
    ("edit_account", "role_id"): ("role", lambda s, i: {"version": 1, "role_id": i}),
    ("retire_role", "move_to_id"): ("role", lambda s, i: {"version": 1, "move_to_id": i}),
    ("edit_account", "dealer_ids"): ("org", lambda s, i: {"version": 1, "dealer_ids": [i]}),
    ("add_substitute", "account_id"): ("account", lambda s, i: _away(s, i, s.users["dealer_clerk"].account_id)),
    ("add_substitute", "substitute_id"): ("account", lambda s, i: _away(s, s.users["dealer_owner"].account_id, i)),
    ("list_orgs", "parent_id"): ("org", lambda s, i: {"parent_id": i}),
    ("create_org", "parent_id"): ("org", lambda s, i: {"parent_id": i, "kind": "store", "name": "新店"}),
    ("list_orgs", "rep_id"): ("account", lambda s, i: {"rep_id": i}),
    ("create_org", "photo_id"): (
        "photo", lambda s, i: {"parent_id": s.places["dealer"].org.id, "kind": "store", "name": "新店", "photo_id": i}),
    ("edit_org", "photo_id"): ("photo", lambda s, i: {"version": 1, "photo_id": i}),
    ("add_qualification", "file_ids"): ("document", lambda s, i: {"kind": "contract", "file_ids": [i]}),
    ("edit_qualification", "file_ids"): ("document", lambda s, i: {"version": 1, "file_ids": [i]}),
    ("edit_orgs", "id"): ("org", lambda s, i: {"items": [{"id": i, "version": 1}], "grade": "A"}),
    ("freeze_orgs", "id"): ("org", lambda s, i: {"items": [{"id": i, "version": 1}], **_REASON}),
    ("assign_reps", "ids"): ("org", lambda s, i: {"ids": [i], "account_ids": []}),
    ("assign_reps", "account_ids"): ("account", lambda s, i: {"ids": [s.places["dealer"].org.id], "account_ids": [i]}),
    ("list_children", "parent_id"): ("org", lambda s, i: {"parent_id": i}),
    ("preview_move", "parent_id"): ("org", lambda s, i: {"parent_id": i}),
    ("move_org", "parent_id"): ("org", lambda s, i: {"parent_id": i, "version": 1, **_REASON}),
    ("list_customers", "parent_id"): ("org", lambda s, i: {"parent_id": i}),
    ("list_customers", "segment_id"): ("segment", lambda s, i: {"segment_id": i}),
    ("tag_customers", "ids"): ("org", lambda s, i: {"ids": [i], "add": ["重点"]}),
    ("create_category", "parent_id"): ("category", lambda s, i: {"name": f"分类{number()}", "parent_id": i}),
    ("edit_category", "parent_id"): ("category", lambda s, i: {"version": 1, "parent_id": i}),
    ("arrange_categories", "parent_id"): ("category", lambda s, i: {"ids": [s.world.category_id], "parent_id": i}),
    ("arrange_categories", "ids"): ("category", lambda s, i: {"ids": [i]}),
    ("list_products", "category_id"): ("category", lambda s, i: {"category_id": i}),
    ("browse_catalog", "category_id"): ("category", lambda s, i: {"category_id": i}),
    ("list_stock", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("list_stock", "warehouse_id"): ("warehouse", lambda s, i: {"warehouse_id": i}),
    ("list_stock", "category_id"): ("category", lambda s, i: {"category_id": i}),
    ("list_balances", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("list_balances", "warehouse_id"): ("warehouse", lambda s, i: {"warehouse_id": i}),
    ("list_balances", "category_id"): ("category", lambda s, i: {"category_id": i}),
    ("list_balances", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("list_audit", "account_id"): ("account", lambda s, i: {"account_id": i}),
    ("create_product", "category_id"): ("category", _product),
    ("edit_product", "category_id"): ("category", lambda s, i: {"version": 1, "category_id": i}),
    ("set_prices", "product_id"): (
        "product", lambda s, i: {"price_group": "standard", "prices": [{"product_id": i, "price_fen": 300}]}),
    ("set_prices", "buyer_id"): ("org", lambda s, i: {"buyer_id": i, "prices": _price(s)}),
    ("set_prices", "seller_id"): ("org", lambda s, i: {"seller_id": i, "price_group": "vip", "prices": _price(s)}),
    ("end_prices", "ids"): ("price", lambda s, i: {"ids": [i]}),
    ("end_prices", "seller_id"): ("org", lambda s, i: {"seller_id": i, "ids": [s.places["dealer"].rows["price"]]}),
    ("preview_prices", "product_id"): (
        "product", lambda s, i: {"price_group": "vip", "prices": [{"product_id": i, "price_fen": 300}]}),
    ("preview_prices", "buyer_id"): ("org", lambda s, i: {"buyer_id": i, "prices": _price(s)}),
    ("preview_prices", "seller_id"): ("org", lambda s, i: {"seller_id": i, "price_group": "vip", "prices": _price(s)}),
    **{(verb, field): (kind, (lambda name: lambda s, i: {"to_group": "vip", name: i})(field))
       for verb in ("copy_prices", "preview_copy")
       for field, kind in (("seller_id", "org"), ("from_buyer_id", "org"), ("category_id", "category"))},
    **{(verb, "to_buyer_id"): ("org", lambda s, i: {"to_buyer_id": i}) for verb in ("copy_prices", "preview_copy")},
    ("set_guide_prices", "product_id"): ("product", lambda s, i: _guide(s, i)),
    ("preview_guide_prices", "product_id"): ("product", lambda s, i: _guide(s, i)),
    ("end_guide_prices", "ids"): ("guide", lambda s, i: {"ids": [i]}),
    ("list_guide_prices", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("ask_price_exception", "product_id"): ("product", lambda s, i: _exception(s, product_id=i)),
    ("ask_price_exception", "buyer_id"): ("org", lambda s, i: _exception(s, buyer_id=i)),
    ("ask_price_exception", "seller_id"): ("org", lambda s, i: _exception(s, seller_id=i)),
    ("list_price_exceptions", "buyer_id"): ("org", lambda s, i: {"buyer_id": i}),
    ("list_price_exceptions", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("price_history", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("price_history", "buyer_id"): ("org", lambda s, i: {"product_id": s.goods.id, "buyer_id": i}),
    ("price_history", "seller_id"): ("org", lambda s, i: {"product_id": s.goods.id, "seller_id": i}),
    ("list_planned_prices", "seller_id"): ("org", lambda s, i: {"seller_id": i}),
    ("list_prices", "category_id"): ("category", lambda s, i: {"category_id": i}),
    ("list_prices", "buyer_id"): ("org", lambda s, i: {"buyer_id": i}),
    ("list_prices", "seller_id"): ("org", lambda s, i: {"seller_id": i}),
    ("list_price_lists", "seller_id"): ("org", lambda s, i: {"seller_id": i}),
    ("price_matrix", "seller_id"): ("org", lambda s, i: {"seller_id": i}),
    ("price_matrix", "category_id"): ("category", lambda s, i: {"category_id": i}),
    ("price_matrix", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("quote_order", "product_id"): ("product", lambda s, i: _line(s, product_id=i, packaging_id=s.other_goods.piece)),
    ("quote_order", "packaging_id"): ("packaging", lambda s, i: _line(s, packaging_id=i)),
    ("submit_order", "product_id"): (
        "product", lambda s, i: _order(s, **_line(s, product_id=i, packaging_id=s.other_goods.piece, price_fen=300))),
    ("submit_order", "packaging_id"): ("packaging", lambda s, i: _order(s, **_line(s, packaging_id=i, price_fen=300))),
    ("submit_order", "address_id"): ("address", lambda s, i: _order(s, address_id=i)),
    ("submit_order", "buyer_id"): ("org", lambda s, i: _order(s, buyer_id=i)),
    ("quote_order", "buyer_id"): ("org", lambda s, i: {**_line(s), "buyer_id": i}),
    **{(name, "buyer_id"): ("org", lambda s, i: {"buyer_id": i})
       for name in ("browse_catalog", "scan_code", "list_frequent")},
    ("list_orders", "buyer_id"): ("org", lambda s, i: {"buyer_id": i, "side": "all"}),
    ("approve_orders", "ids"): ("order", lambda s, i: {"ids": [i]}),
    ("reject_orders", "ids"): ("order", lambda s, i: {"ids": [i], **_REASON}),
    ("receive_goods", "photo_ids"): ("photo", lambda s, i: {"photo_ids": [i]}),
    ("quote_order", "address_id"): ("address", lambda s, i: {**_line(s), "address_id": i}),
    ("set_order_rules", "buyer_id"): ("org", lambda s, i: _rules(s, {"kind": "buyer", "buyer_id": i})),
    ("set_order_rules", "product_id"): ("product", lambda s, i: _rules(s, product_id=i)),
    ("set_order_rules", "category_id"): ("category", lambda s, i: _rules(s, category_id=i)),
    **dict.fromkeys(
        (("simulate_approval", "buyer_id"), ("simulate_exception", "buyer_id"), ("simulate_document", "buyer_id")),
        ("org", lambda s, i: {"buyer_id": i, "amount_fen": 100}),
    ),
    ("try_order", "buyer_id"): ("org", _tried),
    ("try_order", "product_id"): ("product", lambda s, i: _tried(s, s.places["store"].org.id, product_id=i)),
    ("get_balance", "buyer_id"): ("org", lambda s, i: {"buyer_id": i}),
    ("list_entries", "buyer_id"): ("org", lambda s, i: {"buyer_id": i}),
    ("register_payment", "buyer_id"): ("org", lambda s, i: {"buyer_id": i, "amount_fen": 1, "method": "cash"}),
    ("set_credit_limit", "buyer_id"): ("org", lambda s, i: {"buyer_id": i, "limit_fen": 1}),
    ("supply", "product_id"): ("product", _supply),
    **{("list_moves", field): (kind, (lambda name: lambda s, i: {name: i})(field))
       for field, kind in (("org_id", "org"), ("warehouse_id", "warehouse"), ("product_id", "product"))},
    ("list_moves", "lot_id"): ("lot", lambda s, i: {"lot_id": i}),
    **{("list_past", field): (kind, (lambda name: lambda s, i: {"day": clock.today().isoformat(), name: i})(field))
       for field, kind in (("org_id", "org"), ("warehouse_id", "warehouse"), ("product_id", "product"))},
    ("list_sales", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("list_sales", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("summarize_sales", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("summarize_sales", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("list_scan_sessions", "org_id"): ("org", lambda s, i: {"org_id": i}),
    **{(verb, field): (kind, (lambda name: lambda s, i: {name: i})(field))
       for verb in ("list_turnover", "list_expiring", "rank_turnover")
       for field, kind in (("org_id", "org"), ("warehouse_id", "warehouse"), ("category_id", "category"))},
    **{("summarize_stock", field): (kind, (lambda name: lambda s, i: {name: i})(field))
       for field, kind in (("org_id", "org"), ("warehouse_id", "warehouse"))},
    ("list_turnover", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("set_freshness_rule", "category_id"): (
        "category", lambda s, i: {"category_id": i, "version": 0, "soon_days": 30}),
    ("show_warehouses", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("open_scan_session", "warehouse_id"): (
        "warehouse", lambda s, i: {"kind": "in", "reason": "opening", "warehouse_id": i}),
    ("take_scans", "product_id"): ("product", lambda s, i: _scans(s, product_id=i, packaging_id=s.other_goods.piece)),
    ("take_scans", "packaging_id"): ("packaging", lambda s, i: _scans(s, product_id=s.goods.id, packaging_id=i)),
    ("resolve_code", "product_id"): ("product", lambda s, i: {"code": "x", "product_id": i, "packaging_id": 1}),
    ("resolve_code", "packaging_id"): (
        "packaging", lambda s, i: {"code": "x", "product_id": s.goods.id, "packaging_id": i}),
    ("say_lot", "product_id"): ("product", lambda s, i: {"product_id": i, "expires_on": "2030-01-01"}),
    ("propose_transfer", "product_id"): (
        "product", lambda s, i: _transfer(s, i, supplier="takes")),
    ("propose_transfer", "from_org_id"): ("org", lambda s, i: _transfer(s, s.goods.id, from_org_id=i)),
    ("propose_transfer", "to_org_id"): ("org", lambda s, i: _transfer(s, s.goods.id, to_org_id=i)),
    ("propose_transfer", "from_warehouse_id"): (
        "warehouse", lambda s, i: _transfer(s, s.goods.id, from_warehouse_id=i)),
    ("propose_transfer", "to_warehouse_id"): ("warehouse", lambda s, i: _transfer(s, s.goods.id, to_warehouse_id=i)),
    ("plan_stocktake", "warehouse_id"): ("warehouse", lambda s, i: _stocktake(warehouse_id=i)),
    ("plan_stocktake", "category_id"): ("category", lambda s, i: _stocktake(scope="category", category_id=i)),
    ("plan_stocktake", "product_ids"): ("product", lambda s, i: _stocktake(scope="list", product_ids=[i])),
    ("plan_stocktake", "counter_ids"): ("account", lambda s, i: _stocktake(counter_ids=[i])),
    ("add_stocktake_plan", "warehouse_id"): ("warehouse", lambda s, i: _plan(warehouse_id=i)),
    ("add_stocktake_plan", "category_id"): ("category", lambda s, i: _plan(scope="category", category_id=i)),
    ("add_stocktake_plan", "product_ids"): ("product", lambda s, i: _plan(scope="list", product_ids=[i])),
    ("add_stocktake_plan", "counter_ids"): ("account", lambda s, i: _plan(counter_ids=[i])),
    ("type_figures", "product_id"): ("product", lambda s, i: {"entries": [{"product_id": i, "qty": 1}]}),
    ("type_figures", "lot_id"): (
        "lot", lambda s, i: {"entries": [{"product_id": s.goods.id, "qty": 1, "lot_id": i}]}),
    ("list_stocktakes", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("ask_return", "product_id"): ("product", lambda s, i: _return(s, i)),
    # The own supplier is no stranger here, so it is more than anybody bought.
    ("ask_return", "seller_id"): ("org", lambda s, i: {**_return_line(s, qty=999), "seller_id": i}),
    ("ask_return", "warehouse_id"): ("warehouse", lambda s, i: _return(s, s.goods.id, warehouse_id=i)),
    ("ask_return", "lot_id"): ("lot", lambda s, i: _return_line(s, lot_id=i)),
    ("ask_return", "photo_ids"): ("photo", lambda s, i: _return_line(s, photo_ids=[i])),
    ("list_returns", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("list_returnable", "seller_id"): ("org", lambda s, i: {"seller_id": i}),
    ("list_returnable", "warehouse_id"): ("warehouse", lambda s, i: {"warehouse_id": i}),
    ("list_returnable", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("list_returnable", "order_id"): ("order", lambda s, i: {"order_id": i}),
    ("settle_quarantine", "product_id"): ("product", lambda s, i: _quarantine(i, 1)),
    ("settle_quarantine", "lot_id"): ("lot", lambda s, i: _quarantine(s.goods.id, i)),
    ("list_transfers", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("suggest_transfers", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("list_rebate_progress", "rebate_id"): ("rebate", lambda s, i: {"rebate_id": i}),
    ("list_rebate_progress", "buyer_id"): ("org", lambda s, i: {"buyer_id": i}),
    ("get_rebate_credit", "buyer_id"): ("org", lambda s, i: {"buyer_id": i}),
    ("use_rebate_credit", "buyer_id"): ("org", lambda s, i: {"buyer_id": i, "amount_fen": 1}),
    **{(name, "buyer_id"): ("org", lambda s, i: {"buyer_id": i, "period_no": 1})
       for name in ("get_rebate_statement", "print_rebate_statement")},
    ("list_alerts", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("list_alerts", "warehouse_id"): ("warehouse", lambda s, i: {"warehouse_id": i}),
    ("list_alerts", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("snooze_alerts", "ids"): ("alert", lambda s, i: {"ids": [i], "until": tomorrow(), **_REASON}),
    ("hand_over_alerts", "ids"): (
        "alert", lambda s, i: {"ids": [i], "account_id": s.users["dealer_clerk"].account_id}),
    ("hand_over_alerts", "account_id"): (
        "account", lambda s, i: {"ids": [s.places["dealer"].rows["alert"]], "account_id": i}),
    ("remind_of_alerts", "ids"): ("alert", lambda s, i: {"ids": [i]}),
    ("order_alerts", "ids"): ("alert", lambda s, i: {**_alert_order(s), "ids": [i]}),
    ("order_alerts", "product_id"): ("product", lambda s, i: _alert_order(s, product_id=i)),
    ("order_alerts", "packaging_id"): ("packaging", lambda s, i: _alert_order(s, packaging_id=i)),
    ("order_alerts", "address_id"): (
        "address", lambda s, i: {**_alert_order(s), "ids": [s.places["dealer"].rows["alert"]], "address_id": i}),
    ("suggest_restock", "buyer_id"): ("org", lambda s, i: {"buyer_id": i}),
    ("set_alert_rules", "warehouse_id"): ("warehouse", lambda s, i: _alert_rule(s, warehouse_id=i)),
    ("set_alert_rules", "category_id"): ("category", lambda s, i: _alert_rule(s, category_id=i)),
    ("set_alert_rules", "product_id"): ("product", lambda s, i: _alert_rule(s, product_id=i)),
    ("make_trace_codes", "product_id"): ("product", lambda s, i: _codes(s, product_id=i)),
    ("make_trace_codes", "packaging_id"): ("packaging", lambda s, i: _codes(s, packaging_id=i)),
    ("list_trace_ranges", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("scan_trace_code", "store_id"): (
        "org", lambda s, i: {"code": s.places["brand"].rows["trace_code"], "store_id": i}),
    ("scan_trace_code", "photo_ids"): (
        "photo", lambda s, i: {"code": s.places["brand"].rows["trace_code"], "photo_ids": [i]}),
    ("list_diversions", "dealer_id"): ("org", lambda s, i: {"dealer_id": i}),
    ("list_diversions", "rep_id"): ("account", lambda s, i: {"rep_id": i}),
    ("state_diversion", "photo_ids"): ("photo", lambda s, i: {"text": "门店自己转卖的", "photo_ids": [i]}),
    ("start_recall", "product_id"): ("product", _recall),
    ("list_recall_lots", "product_id"): ("product", lambda s, i: {"product_id": i}),
    ("preview_recall", "product_id"): ("product", lambda s, i: {"product_id": i, "lot_code": "L1"}),
    ("list_authorities", "org_id"): ("org", lambda s, i: {"org_id": i}),
    ("list_authorities", "category_id"): ("category", lambda s, i: {"category_id": i}),
    ("grant_authority", "org_id"): ("org", _grant),
    ("grant_authority", "category_ids"): (
        "category", lambda s, i: _grant(s, s.places["dealer"].rows["org"], category_ids=[i])),
    ("check_authority", "org_id"): ("org", _grant),
    ("check_authority", "category_ids"): (
        "category", lambda s, i: _grant(s, s.places["dealer"].rows["org"], category_ids=[i])),
    ("revoke_authorities", "ids"): ("authority", lambda s, i: {"ids": [i], **_REASON}),
    ("get_coverage", "category_id"): ("category", lambda s, i: {"category_id": i}),
    ("list_white_spots", "category_id"): ("category", lambda s, i: {"category_id": i}),
    ("read_notices", "ids"): ("notice", lambda s, i: {"ids": [i]}),
    ("list_audit", "subject_id"): ("org", lambda s, i: {"subject_kind": "org", "subject_id": i}),
}  # fmt: skip

# Writes that answer 2xx to a foreign id, because they answer per row or only ever touch the own rows.
PER_ROW = {"approve_orders", "reject_orders", "edit_orgs", "freeze_orgs", "assign_reps", "tag_customers"}
# A scan is kept whatever it names; who names a stranger's product has scanned an unknown code (tests/stock).
LEAVES = {"take_scans": {"scan"}, **dict.fromkeys(PER_ROW, {"idempotency"})}
HARMLESS = LEAVES.keys() | {"preview_prices", "read_notices", "quote_order"}


def outside_kind(route: Route, name: str) -> str:
    """The kind of row that a path parameter names, of which no stranger's may be used."""
    return "scans_below" if route.name in ("get_scan_session", "list_scans") else KINDS[name]


def path_of(route: Route, values: dict[str, Any]) -> str:
    """The path of a request, below `/api/v1`."""
    path = route.path.removeprefix("/api/v1")
    for name, value in values.items():
        path = path.replace(f"<{name}:int>", str(value)).replace(f"<{name}:str>", str(value))
    assert "<" not in path, f"{route.path}: say in KINDS what kind of row its path parameter names"
    return path


def roles_outside(operation: str) -> set[str]:
    """The roles that must be refused."""
    return set(ROLES) - ALLOWED[operation]


__all__ = ["ALLOWED", "ASKED", "BODIES", "HARMLESS", "KINDS", "LEAVES", "REFERENCES", "UNKNOWN", "outside_kind",
           "path_of", "roles_outside"]  # fmt: skip
