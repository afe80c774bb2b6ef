"""Every write leaves who did it and what changed. The writes come from the application, so none can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx

from server.channel.history import TITLES
from server.core import clock, db, naming
from server.modules import ROUTES
from server.settings import Settings
from tests.contract.matrix import BODIES
from tests.contract.stage import Stage, build, tomorrow
from tests.core import words
from tests.world import PASSWORD, User, phone

# These change nothing, or only what is the reader's own affair.
SILENT = {
    "quote_order", "try_order", "read_notices", "count_subscription", "upload_file", "upload_document",
    "preview_move", "take_ticket", "preview_prices", "preview_copy", "preview_guide_prices", "check_authority",
    "look_at_invitation", "begin_wecom", "preview_rebate", "start_import", "cancel_exchange_job",
}  # fmt: skip
# Signing in and binding with WeChat and WeCom are tried in tests/identity, what an import and an export leave in
# tests/exchange.
# A scan is an entry of its own: who, when, from which session; none is ever changed or removed.
OWN_ENTRIES = {"take_scans", "scan_trace_code"}
ELSEWHERE = {
    "login_wechat", "bind_wechat", "login_wecom", "bind_wecom", "unbind_wecom", "confirm_import", "start_export",
}  # fmt: skip

# What a path names in brackets is the newest row of a table.
MADE = {"packaging": "packaging", "role": "role", "order": "orders", "issue": "goods_issue", "recall": "recall",
        "transfer": "transfer", "approval": "approval", "stocktake": "stocktake",
        "plan": "stocktake_plan", "return": "goods_return",
        "rebate": "rebate_agreement"}  # fmt: skip

_QUARANTINED = """
SELECT b.lot_id FROM stock_balance b JOIN location w ON w.id = b.location_id
WHERE w.org_id = $1 AND w.kind = 'quarantine' AND b.on_hand > 0
"""

HISTORY = {"org", "account", "delivery_address"}
"""What the page of an org tells of as its history."""

# A message is called by what it is about, a pallet by its number, which stands in the entry.
NAMELESS = {"outbox", "trace_pallet"}

Step = tuple[str, User, str, str, dict[str, Any] | None]


def the_day(stage: Stage) -> Iterator[Step]:
    """Every write of the API once, as (operation, who, method, path, body)."""
    admin, places = stage.world.admin, stage.places
    dealer, store = places["dealer"], places["store"]
    boss, clerk, keeper = stage.users["dealer_owner"], stage.users["dealer_clerk"], stage.users["store_owner"]
    rep, driver = stage.users["brand_rep"], stage.users["dealer_driver"]
    reason = {"reason": "试一试"}
    account = {"org_id": dealer.org.id, "name": "新人", "phone": phone(), "password": "passw0rd-9"}
    address = {"contact_name": "李店", "contact_phone": "13800000000", "detail": "人民路 1 号"}
    price = {"price_group": "vip", "prices": [{"product_id": stage.goods.id, "price_fen": 300}]}
    days = {"from_on": clock.today().isoformat(), "until_on": clock.today().isoformat()}
    away = {"account_id": boss.account_id, "substitute_id": clerk.account_id, **days}
    lot = {"product_id": stage.goods.id, "lot_code": "L7", "expires_on": "2030-01-01", "qty": 5}
    waiting, next_waiting = store.rows["order"], places["next_store"].rows["order"]
    deciders = [{"name": "审核", "who": "permission:order.approve"}]
    yield "create_account", boss, "POST", "/accounts", {**account, "role": "dealer_clerk"}
    yield "edit_account", boss, "PATCH", f"/accounts/{driver.account_id}", {"version": 1, "name": "改名"}
    yield "freeze_account", boss, "POST", f"/accounts/{driver.account_id}/freeze", reason
    yield "unfreeze_account", boss, "POST", f"/accounts/{driver.account_id}/unfreeze", None
    yield "set_account_password", boss, "POST", f"/accounts/{driver.account_id}/password", {"password": "passw0rd-9"}
    yield "add_substitute", boss, "POST", "/substitutes", away
    yield "remove_substitute", boss, "DELETE", "/substitutes/{id}", None
    theirs = f"/accounts/{store.boss.account_id}/sessions"
    yield "end_account_session", boss, "DELETE", f"{theirs}/{store.rows['session']}", None
    yield "end_account_sessions", boss, "POST", f"/accounts/{driver.account_id}/sessions/end", None
    yield "create_role", boss, "POST", "/roles", BODIES["create_role"](stage, dealer)
    yield "edit_role", boss, "PATCH", "/roles/{role}", {"version": 1, "name": "夜班内勤"}
    yield "retire_role", boss, "POST", "/roles/{role}/retire", {"version": 2}
    yield "invite", boss, "POST", "/invitations", {"org_id": dealer.org.id, "role": "dealer_clerk"}
    guest = {"name": "小周", "phone": phone(), "password": "passw0rd-9"}
    yield "join", boss, "POST", "/join", {"token": "{token}", **guest}
    yield "withdraw_invitation", boss, "DELETE", f"/invitations/{dealer.rows['invitation']}", None
    yield "create_org", boss, "POST", "/orgs", {"parent_id": dealer.org.id, "kind": "store", "name": "新店"}
    yield "edit_org", boss, "PATCH", f"/orgs/{store.org.id}", {"version": 1, "name": "改名"}
    yield "freeze_org", boss, "POST", f"/orgs/{places['next_store'].org.id}/freeze", reason
    yield "unfreeze_org", boss, "POST", f"/orgs/{places['next_store'].org.id}/unfreeze", None
    yield "add_contact", boss, "POST", f"/orgs/{store.org.id}/contacts", {"name": "王会计"}
    yield "edit_contact", boss, "PATCH", "/contacts/{id}", {"title": "会计"}
    yield "remove_contact", boss, "DELETE", f"/contacts/{store.rows['contact']}", None
    yield "add_qualification", boss, "POST", f"/orgs/{store.org.id}/qualifications", {"kind": "food_licence"}
    yield "edit_qualification", boss, "PATCH", "/qualifications/{id}", {"version": 1, "note": "已换证"}
    yield "remove_qualification", boss, "DELETE", f"/qualifications/{store.rows['qualification']}", None
    yield "set_tags", boss, "POST", f"/customers/{store.org.id}/tags", {"tags": ["重点"]}
    yield "tag_customers", boss, "POST", "/customers/batch/tags", {"ids": [store.org.id], "add": ["新店"]}
    yield "add_segment", boss, "POST", "/segments", {"name": "重点店", "conditions": {}}
    yield "edit_segment", boss, "PATCH", "/segments/{id}", {"version": 1, "name": "重点", "conditions": {}}
    yield "remove_segment", boss, "DELETE", "/segments/{id}", None
    graded = [{"id": places["sibling"].org.id, "version": 1}]
    yield "edit_orgs", admin, "POST", "/orgs/batch/edit", {"items": graded, "grade": "A"}
    frozen = [{"id": places["sibling_store"].org.id, "version": 1}]
    yield "freeze_orgs", admin, "POST", "/orgs/batch/freeze", {"items": frozen, **reason}
    yield "assign_reps", admin, "POST", "/orgs/batch/reps", {"ids": [places["sibling"].org.id], "account_ids": []}
    shop = {"parent_id": places["sibling"].org.id, "kind": "store", "name": "新店"}
    yield "create_org", admin, "POST", "/orgs", shop
    yield "move_org", admin, "POST", "/orgs/{id}/move", {"parent_id": dealer.org.id, "version": 1, **reason}
    yield "add_address", keeper, "POST", "/addresses", address
    yield "change_address", keeper, "PATCH", f"/addresses/{store.rows['address']}", address
    yield "remove_address", keeper, "DELETE", f"/addresses/{store.rows['address']}", None
    yield "create_category", admin, "POST", "/categories", {"name": "新分类"}
    yield "create_product", admin, "POST", "/products", _product(stage)
    yield "edit_product", admin, "PATCH", f"/products/{stage.goods.id}", {"version": 1, "name": "改名"}
    pack = BODIES["add_packaging"](stage, dealer)["packaging"]
    added = f"/products/{stage.goods.id}/packagings"
    yield "add_packaging", admin, "POST", added, {"version": 2, "packaging": pack}
    yield "edit_packaging", admin, "PATCH", "/packagings/{packaging}", {"version": 3, "name": "提"}
    yield "remove_packaging", admin, "POST", "/packagings/{packaging}/remove", {"version": 4}
    yield "create_category", admin, "POST", "/categories", {"name": "空分类"}
    yield "edit_category", admin, "PATCH", "/categories/{id}", {"version": 1, "name": "没有商品的分类"}
    yield "arrange_categories", admin, "POST", "/categories/arrange", {"ids": [stage.world.category_id]}
    yield "create_category", admin, "POST", "/categories", {"name": "多余的分类"}
    yield "remove_category", admin, "DELETE", "/categories/{id}", None
    yield "grant_authority", admin, "POST", "/authorities", BODIES["grant_authority"](stage, places["sibling"])
    given = dealer.rows["authority"]
    yield "change_authority", admin, "PATCH", f"/authorities/{given}", {"version": 1, "note": "改一下"}
    yield "revoke_authorities", admin, "POST", "/authorities/revoke", {"ids": [given], **reason}
    yield "set_prices", boss, "POST", "/prices", price
    authority = f"/orgs/{places['sibling'].org.id}/price-authority"
    yield "copy_prices", boss, "POST", "/prices/copy", {"to_group": "vip"}
    yield "set_guide_prices", admin, "POST", "/guide-prices", BODIES["set_guide_prices"](stage, dealer)
    yield "end_guide_prices", admin, "POST", "/guide-prices/end", {"ids": [places["brand"].rows["guide"]]}
    yield "set_price_authority", admin, "POST", authority, {"sets_prices": False}
    yield "withdraw_price_exception", boss, "POST", f"/price-exceptions/{store.rows['exception']}/withdraw", None
    yield "ask_price_exception", boss, "POST", "/price-exceptions", BODIES["ask_price_exception"](stage, store)
    yield "set_exception_flow", admin, "POST", "/approval-flows/price-exception", {"version": 0, "steps": deciders}
    yield "submit_order", keeper, "POST", "/orders", _order(stage)
    yield "order_alerts", keeper, "POST", "/alerts/order", BODIES["order_alerts"](stage, store)
    yield "hold_order", boss, "POST", f"/orders/{waiting}/hold", reason
    yield "resume_order", boss, "POST", f"/orders/{waiting}/resume", None
    yield "approve_order", boss, "POST", f"/orders/{waiting}/approve", {}
    yield "issue_goods", boss, "POST", f"/orders/{waiting}/issue", {}
    yield "receive_goods", keeper, "POST", f"/goods-issues/{store.rows['issue']}/receive", {}
    yield "close_order", boss, "POST", f"/orders/{store.rows['sent']}/close", reason
    yield "reject_order", boss, "POST", f"/orders/{next_waiting}/reject", reason
    yield "decide_approval", admin, "POST", f"/approvals/{dealer.rows['approval']}/decide", {"decision": "approve"}
    yield "cancel_order", boss, "POST", f"/orders/{dealer.rows['order']}/cancel", reason
    yield "approve_orders", admin, "POST", "/orders/batch/approve", {"ids": [places["sibling"].rows["order"]]}
    yield "submit_order", keeper, "POST", "/orders", _order(stage)
    yield "reject_orders", boss, "POST", "/orders/batch/reject", {"ids": ["{id}"], **reason}
    yield "set_approval_flow", boss, "POST", "/approval-flows/order", {"version": 0, "steps": deciders}
    goods = {"audience": {"kind": "all"}, "multiple": 2}
    rules = {"version": 0, "minimums": [], "goods": [goods], "calendars": []}
    yield "set_order_rules", boss, "POST", "/order-rules", rules
    yield "set_calendar_days", boss, "POST", "/order-rules/days", {"clear": [clock.today().isoformat()]}
    yield "set_freshness_rule", admin, "POST", "/stock/freshness-rules", BODIES["set_freshness_rule"](stage, dealer)
    yield "add_warehouse", boss, "POST", "/warehouses", {"name": "东仓"}
    yield "rename_warehouse", boss, "PATCH", "/warehouses/{id}", {"version": 1, "name": "东郊仓"}
    yield "make_default", boss, "POST", "/warehouses/{id}/default", {"version": 2}
    yield "add_warehouse", boss, "POST", "/warehouses", {"name": "西仓"}
    yield "close_warehouse", boss, "POST", "/warehouses/{id}/close", {"version": 1}
    yield "set_stock_settings", boss, "PATCH", "/stock-settings", {"version": 0, "keeps_lots": False}
    code = {"code": "没有条码"}
    yield "open_scan_session", boss, "POST", "/scan-sessions", {"kind": "in", "reason": "opening"}
    yield "cancel_scan_session", boss, "POST", "/scan-sessions/{id}/cancel", None
    scanning = f"/scan-sessions/{dealer.rows['scan_session']}"
    scans = BODIES["take_scans"](stage, dealer)["scans"]
    yield "take_scans", boss, "POST", f"{scanning}/scans", {"scans": scans}
    yield "drop_code", boss, "POST", f"{scanning}/drop", code
    yield "resolve_code", boss, "POST", f"{scanning}/resolve", BODIES["resolve_code"](stage, dealer)
    yield "say_lot", boss, "POST", f"{scanning}/lots", BODIES["say_lot"](stage, dealer)
    yield "finish_scan_session", boss, "POST", f"{scanning}/finish", None
    yield "supply", boss, "POST", "/stock/supply", {"lines": [lot]}
    brand = places["brand"]
    codes = {"codes": [brand.rows["trace_code"]]}
    yield "make_trace_codes", admin, "POST", "/trace/ranges", BODIES["make_trace_codes"](stage, brand)
    yield "pack_pallet", admin, "POST", "/trace/pallets", BODIES["pack_pallet"](stage, brand)
    bulk = {"product_id": stage.goods.id, "packaging_id": stage.goods.case, "packaging_qty": 1, "price_fen": 300}
    yield "submit_order", boss, "POST", "/orders", {"delivery_method": "pickup", "lines": [bulk]}
    yield "approve_order", admin, "POST", "/orders/{id}/approve", {}
    yield "issue_goods", admin, "POST", "/orders/{order}/issue", {}
    yield "bind_trace_codes", admin, "POST", "/trace/issues/{issue}/bind", codes
    yield "unbind_trace_codes", admin, "POST", "/trace/issues/{issue}/unbind", codes
    yield "scan_trace_code", rep, "POST", "/trace/scans", BODIES["scan_trace_code"](stage, brand)
    diversion = f"/diversions/{dealer.rows['diversion']}"
    yield "take_diversion", rep, "POST", f"{diversion}/take", None
    yield "ask_diverter", rep, "POST", f"{diversion}/ask", {"text": "怎么到宁波的"}
    yield "state_diversion", boss, "POST", f"{diversion}/state", {"text": "门店自己转卖的"}
    yield "decide_diversion", rep, "POST", f"{diversion}/decide", {"verdict": "explained", **reason}
    recall = {"product_id": stage.goods.id, "lot_code": "L7", "instruction": "下架", **reason}
    yield "start_recall", admin, "POST", "/recalls", recall
    yield "read_recall", boss, "POST", "/recalls/{recall}/read", None
    yield "answer_recall", boss, "POST", "/recalls/{recall}/answer", {"set_aside": 5}
    yield "tell_late_holders", admin, "POST", "/recalls/{recall}/tell", None
    yield "end_recall", admin, "POST", "/recalls/{recall}/end", {"outcome": "全部收回"}
    back = {"lines": [{"product_id": stage.goods.id, "qty": 5}], "supplier": "takes", **reason}
    yield "propose_transfer", boss, "POST", "/transfers", back
    yield "cancel_transfer", boss, "POST", "/transfers/{transfer}/cancel", reason
    give = {"lines": [{"product_id": stage.goods.id, "qty": 5}], "to_org_id": dealer.org.id, **reason}
    yield "propose_transfer", admin, "POST", "/transfers", give
    yield "decide_approval", admin, "POST", "/approvals/{approval}/decide", {"decision": "approve"}
    yield "issue_transfer", admin, "POST", "/transfers/{transfer}/issue", None
    few = {"lines": [{"no": 1, "received_qty": 4, "note": "少一瓶"}]}
    yield "receive_transfer", boss, "POST", "/transfers/{transfer}/receive", few
    yield "close_transfer", admin, "POST", "/transfers/{transfer}/close", reason
    yield "set_document_flow", admin, "POST", "/approval-flows/transfer", {"version": 0, "steps": deciders}
    yield "set_stocktake_settings", boss, "POST", "/stocktake-settings", {"limit_fen": 0, "version": 0}
    yield "set_document_flow", boss, "POST", "/approval-flows/stocktake", {"version": 0, "steps": deciders}
    own = {"scope": "list", "product_ids": [stage.goods.id], "blind": False}
    yield "cancel_stocktake", boss, "POST", f"/stocktakes/{dealer.rows['stocktake']}/cancel", reason
    planned = {**own, "planned_on": clock.today().isoformat()}
    yield "plan_stocktake", boss, "POST", "/stocktakes", planned
    yield "start_stocktake", boss, "POST", "/stocktakes/{stocktake}/start", None
    yield "scan_for_stocktake", boss, "POST", "/stocktakes/{stocktake}/sessions", None
    figures = {"entries": [{"product_id": stage.goods.id, "qty": 1}]}
    yield "type_figures", boss, "POST", "/stocktakes/{stocktake}/entries", figures
    yield "close_stocktake", boss, "POST", "/stocktakes/{stocktake}/close", {"finish": True}
    yield "settle_lines", boss, "POST", "/stocktakes/{stocktake}/settle", {"line_nos": [1], "choice": "adjust"}
    yield "recount_lines", boss, "POST", "/stocktakes/{stocktake}/recount", {"line_nos": [1]}
    yield "type_figures", boss, "POST", "/stocktakes/{stocktake}/entries", figures
    yield "close_stocktake", boss, "POST", "/stocktakes/{stocktake}/close", {}
    yield "submit_stocktake", boss, "POST", "/stocktakes/{stocktake}/submit", {"reason": "盘点差异"}
    yield "cancel_stocktake", boss, "POST", "/stocktakes/{stocktake}/cancel", reason
    yield "count_again", boss, "POST", "/stocktakes/{stocktake}/again", None
    plan = {"name": "月盘", "scope": "all", "blind": True, "every": "month", "next_on": clock.today().isoformat()}
    yield "add_stocktake_plan", boss, "POST", "/stocktake-plans", plan
    yield "end_stocktake_plan", boss, "POST", "/stocktake-plans/{plan}/end", None
    back = {"lines": [{"product_id": stage.goods.id, "qty": 1, "reason": "damaged", "note": "破了"}]}
    yield "ask_return", keeper, "POST", "/returns", back
    yield "cancel_return", keeper, "POST", "/returns/{return}/cancel", reason
    given = store.rows["return"]
    yield "approve_return", boss, "POST", f"/returns/{given}/approve", {"note": "退吧"}
    yield "issue_return", keeper, "POST", f"/returns/{given}/issue", {}
    lost = {"lines": [{"no": 1, "received_qty": 0, "note": "没有收到"}]}
    yield "receive_return", boss, "POST", f"/returns/{given}/receive", lost
    yield "close_return", keeper, "POST", f"/returns/{given}/close", reason
    up = dealer.rows["return"]
    yield "approve_return", admin, "POST", f"/returns/{up}/approve", {}
    yield "issue_return", boss, "POST", f"/returns/{up}/issue", {}
    yield "receive_return", admin, "POST", f"/returns/{up}/receive", {}
    lying = [{"product_id": stage.goods.id, "lot_id": 0, "qty": 1}]
    yield "settle_quarantine", admin, "POST", "/quarantine/settle", {"verdict": "write_off", **reason, "lines": lying}
    yield "set_document_flow", admin, "POST", "/approval-flows/return", {"version": 0, "steps": deciders}
    yield "set_alert_rules", boss, "POST", "/alert-rules", BODIES["set_alert_rules"](stage, dealer)
    alert = {"ids": [dealer.rows["alert"]]}
    yield "snooze_alerts", boss, "POST", "/alerts/snooze", {**alert, "until": tomorrow(), **reason}
    yield "hand_over_alerts", boss, "POST", "/alerts/hand-over", {**alert, "account_id": clerk.account_id}
    yield "remind_of_alerts", rep, "POST", "/alerts/remind", alert
    yield "use_rebate_credit", keeper, "POST", "/rebates/credit/use", {"amount_fen": 100}
    yield "confirm_rebate_period", boss, "POST", f"/rebates/{store.rows['rebate']}/confirm", {"period_no": 1}
    rebate = {**BODIES["make_rebate"](stage, dealer), "until_on": (clock.today() + timedelta(days=60)).isoformat()}
    yield "make_rebate", admin, "POST", "/rebates", rebate
    yield "submit_rebate", admin, "POST", "/rebates/{rebate}/submit", None
    yield "withdraw_rebate", admin, "POST", "/rebates/{rebate}/withdraw", None
    yield "make_rebate", boss, "POST", "/rebates", rebate
    yield "edit_rebate", boss, "PATCH", "/rebates/{rebate}", {**rebate, "version": 1}
    yield "submit_rebate", boss, "POST", "/rebates/{rebate}/submit", None
    yield "end_rebate", boss, "POST", "/rebates/{rebate}/end", {"last_on": tomorrow(), **reason}
    money = {"buyer_id": store.org.id, "amount_fen": 100, "method": "cash"}
    yield "register_payment", boss, "POST", "/payments", money
    yield "set_credit_limit", boss, "POST", "/credit-limits", {"buyer_id": store.org.id, "limit_fen": 100}
    yield "end_prices", boss, "POST", "/prices/end", {"ids": [dealer.rows["price"]]}
    yield "retry_message", admin, "POST", f"/outbox/{places['brand'].rows['message']}/retry", None
    yield "login", rep, "POST", "/auth/login", {"phone": rep.phone, "password": PASSWORD}
    yield "end_session", rep, "DELETE", "/me/sessions/{session}", None
    change = {"old_password": PASSWORD, "new_password": "passw0rd-9"}
    yield "change_password", rep, "POST", "/me/password", change
    yield "logout", rep, "POST", "/auth/logout", None


def _product(stage: Stage) -> dict[str, Any]:
    return BODIES["create_product"](stage, stage.places["brand"])


def _order(stage: Stage) -> dict[str, Any]:
    line = {"product_id": stage.goods.id, "packaging_id": stage.goods.piece, "packaging_qty": 1, "price_fen": 300}
    return {"delivery_method": "pickup", "lines": [line]}


async def _entries() -> int:
    return int(await db.value("SELECT count(*) FROM audit_entry"))


async def _every_word_is_known(after: int) -> None:
    """What stands in the trail is read by people: the console has a Chinese word for each verb, subject and field."""
    entries = await db.rows(
        "SELECT DISTINCT verb, subject_kind, changes::text AS changes FROM audit_entry WHERE id > $1", after
    )
    verbs, known = words.words("verbs"), words.words("fields")
    raw = {item["verb"] for item in entries if not {item["verb"], f"{item['subject_kind']}.{item['verb']}"} & verbs}
    assert not raw, f"say in `audit.verbs` of an area of the console what these are: {raw}"
    strange = {item["subject_kind"] for item in entries} - words.words("subjects")
    assert not strange, f"say in `audit.subjects` what these are: {strange}"
    unnamed = {item["subject_kind"] for item in entries} - naming.kinds() - NAMELESS
    assert not unnamed, f"say in `CALLED` of their module what these are called: {unnamed}"
    told = {(item["subject_kind"], item["verb"]) for item in entries if item["subject_kind"] in HISTORY}
    untold = {one for one in told if one[1] not in ("sign_in", "sign_out", "end_session")} - TITLES.keys()
    assert not untold, f"say in `TITLES` of server/channel/history.py what these are: {untold}"
    nameless = {name for item in entries for name in words.fields_of(item["changes"])} - known
    assert not nameless, f"say in `audit.fields` what these are: {nameless}"


def test_every_verb_that_the_code_writes_has_a_chinese_word() -> None:
    known = {verb.rpartition(".")[2] for verb in words.words("verbs")}
    assert words.written() >= {"create", "sign_in", "demo_built", "back_order"}
    assert not words.written() - known, f"say in `audit.verbs` what these are: {words.written() - known}"


async def test_every_write_leaves_who_did_it(http: httpx.AsyncClient, settings: Settings) -> None:
    stage = await build(http, settings.data_folder)
    done, made = set(), ""
    first = await db.value("SELECT coalesce(max(id), 0) FROM audit_entry")
    for operation, user, method, path, body in the_day(stage):
        await user.sign_in() if not user.token else None
        latest = "SELECT max(id) FROM session WHERE account_id = $1"
        for name, table in MADE.items():
            path = path.replace(f"{{{name}}}", str(await db.value(f"SELECT max(id) FROM {table}")))
        path = path.replace("{id}", made).replace("{session}", str(await db.value(latest, user.account_id)))
        if operation == "reject_orders" and body:
            body["ids"] = [int(made)]
        if operation == "settle_quarantine" and body:
            body["lines"][0]["lot_id"] = await db.value(_QUARANTINED, user.actor.org_id)
        if operation == "join" and body:
            body["token"] = await db.value("SELECT token FROM invitation ORDER BY id DESC LIMIT 1")
        before = await _entries()
        answer = await user.call(method, path, body)
        assert answer.status_code in (200, 201, 204), f"{operation}: {answer.text}"
        assert await _entries() > before or operation in OWN_ENTRIES, f"{operation} leaves no entry in the audit trail"
        found = answer.json() if answer.content else {}
        made = str(found.get("id") or (found.get("items") or [{}])[0].get("id", ""))
        done.add(operation)
    writes = {route.name for route in ROUTES if route.method != "GET"}
    missing = writes - done - SILENT - ELSEWHERE
    assert not missing, f"add a step to the_day() for {missing}"
    await _every_word_is_known(first)
    written = await db.value("SELECT count(*) FROM audit_entry WHERE changes::text LIKE '%passw0rd%'")
    assert written == 0, "a password stands in the audit trail"
