"""The history of an org: all that was done to its archive, papers, people, prices and accounts, in words. (S1.1)"""

# ruff: noqa: S608 - put together from constants of this file; every value is a parameter

from __future__ import annotations

from typing import Any

import msgspec

from server.channel.archive_schemas import OrgHistoryChange, OrgHistoryEntry, OrgHistoryFilter
from server.channel.qualifications import title as paper_title
from server.channel.service import find_org
from server.channel.terms import (
    COOPERATIONS,
    ORG_KINDS,
    QUALIFICATION_KINDS,
    SETTLEMENT_METHODS,
    STANDARD_GROUP,
    STANDARD_GROUP_NAME,
    STATUSES,
    STORE_KINDS,
)
from server.core import db, paging
from server.core.actor import Actor
from server.core.money import yuan
from server.core.types import MAX_ID

_RUN = """
SELECT x.* FROM audit_entry x
WHERE x.root_id = $1 AND x.subject_kind = {kind} AND x.subject_id = {id} AND x.id < $3{more}
ORDER BY x.id DESC LIMIT $4
"""
_SIGNS = " AND x.verb NOT IN ('sign_in', 'sign_out', 'end_session')"
_HISTORY = f"""
SELECT e.id, e.at, e.verb, e.subject_kind, e.changes::text AS changes, a.name AS account_name, g.name AS org_name,
       s.name AS subject_name
FROM (
    ({_RUN.format(kind="'org'", id="$2", more="")})
    UNION ALL
    SELECT r.* FROM account c CROSS JOIN LATERAL ({_RUN.format(kind="'account'", id="c.id", more=_SIGNS)}) r
    WHERE c.org_id = $2
    UNION ALL
    SELECT r.* FROM delivery_address d
    CROSS JOIN LATERAL ({_RUN.format(kind="'delivery_address'", id="d.id", more="")}) r
    WHERE d.org_id = $2
) e
LEFT JOIN account a ON a.id = e.account_id
LEFT JOIN org g ON g.id = e.org_id
LEFT JOIN account s ON e.subject_kind = 'account' AND s.id = e.subject_id
ORDER BY e.id DESC LIMIT $4
"""

TITLES = {
    ("org", "create"): "建立档案", ("org", "edit"): "修改档案", ("org", "freeze"): "冻结",
    ("org", "unfreeze"): "解除冻结",
    ("org", "move"): "调整上级", ("org", "assign"): "分配业务员", ("org", "add_contact"): "新增联系人",
    ("org", "edit_contact"): "修改联系人", ("org", "remove_contact"): "删除联系人",
    ("org", "add_qualification"): "新增资质", ("org", "edit_qualification"): "修改资质",
    ("org", "remove_qualification"): "删除资质", ("org", "set_prices"): "设置价格", ("org", "set_tags"): "修改标签",
    ("org", "set_credit_limit"): "设置信用额度", ("org", "set_rule"): "设置审批规则",
    ("org", "set_price_authority"): "修改定价权", ("org", "copy_prices"): "复制价格表",
    ("org", "end_prices"): "结束价格", ("org", "set_guide_prices"): "设置指导价",
    ("org", "end_guide_prices"): "结束指导价", ("org", "grant_authority"): "区域授权",
    ("org", "change_authority"): "修改区域授权", ("org", "revoke_authority"): "收回区域授权",
    ("org", "set_order_rules"): "修改下单规则", ("org", "set_calendar_days"): "修改休息日",
    ("org", "set_approval_steps"): "修改审批步骤", ("org", "set_alert_rules"): "修改预警规则",
    ("account", "create"): "开通账号", ("account", "edit"): "修改账号", ("account", "freeze"): "停用账号",
    ("account", "unfreeze"): "启用账号", ("account", "set_password"): "重设密码",
    ("account", "change_password"): "修改密码", ("account", "bind_wechat"): "绑定微信",
    ("account", "bind_wecom"): "绑定企业微信", ("account", "unbind_wecom"): "解绑企业微信",
    ("account", "join"): "接受邀请", ("account", "end_sessions"): "结束全部登录",
    ("account", "add_substitute"): "设置代理人", ("account", "remove_substitute"): "取消代理人",
    ("account", "sign_in_failed"): "登录失败", ("account", "sign_in_refused"): "已停用，登录被拒",
    ("delivery_address", "save"): "保存收货地址", ("delivery_address", "remove"): "删除收货地址",
}  # fmt: skip

_LABELS = {
    "name": "名称", "code": "编码", "price_group": "价格组", "grade": "等级", "region_code": "区划", "address": "地址",
    "contact_name": "联系人", "contact_phone": "联系电话", "settlement_method": "结算方式", "due_day": "结算日",
    "credit_days": "账期天数", "cooperation": "合作状态", "cooperating_since": "合作起始", "store_kind": "门店类型",
    "size_sqm": "面积（平方米）", "photo_id": "照片", "note": "备注", "reason": "原因",
    "reps": "业务员", "contact": "联系人", "number": "证号", "issuer": "发证机关", "valid_from": "有效期自",
    "valid_until": "有效期至", "file_ids": "文件数", "tags": "标签", "parent": "上级", "limit_fen": "信用额度",
    "above_fen": "大额标准", "moved": "一起移动的组织数", "phone": "手机号", "role": "角色", "detail": "详细地址",
    "kind": "类型", "status": "状态", "sets_prices": "自己定价",
}  # fmt: skip

_CODES = {
    "settlement_method": SETTLEMENT_METHODS, "cooperation": COOPERATIONS, "store_kind": STORE_KINDS,
    "kind": {**ORG_KINDS, **QUALIFICATION_KINDS}, "status": STATUSES,
    "price_group": {STANDARD_GROUP: STANDARD_GROUP_NAME},
}  # fmt: skip

# What its supplier thinks of it is not for the org's own eyes.
_PRIVATE = {"note", "tags"}


def _said(name: str, value: Any) -> str:
    """A value in words."""
    if name in _CODES and isinstance(value, str) and value in _CODES[name]:
        return _CODES[name][value]
    if value is None or value == "":
        return "无"
    if name.endswith("_fen") and isinstance(value, int):
        return yuan(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(item) for item in value) or "无"
    return str(value)


def _change(name: str, value: Any, pairs: bool) -> OrgHistoryChange | None:
    """A change that people understand; others (ids, whole price lists) stay in the audit trail."""
    label = _LABELS.get(name)
    if label is None or isinstance(value, dict):
        return None
    if pairs and isinstance(value, list) and len(value) == 2:
        return OrgHistoryChange(label, _said(name, value[0]), _said(name, value[1]))
    return OrgHistoryChange(label, "", _said(name, value)) if value not in (None, "", []) else None


def _changes(verb: str, changes: dict[str, Any], own: bool) -> list[OrgHistoryChange]:
    pairs = verb != "create"
    found = [_change(name, value, pairs) for name, value in changes.items() if not (own and name in _PRIVATE)]
    shown = [item for item in found if item is not None and item.old != item.new]
    if changes.get("lat") is not None:
        shown.append(_place(changes["lat"], pairs))
    if verb == "set_prices" and isinstance(changes.get("prices"), list):
        shown.append(OrgHistoryChange("价格", "", f"{len(changes['prices'])} 种商品"))
    return shown


def _place(lat: Any, pairs: bool) -> OrgHistoryChange:
    """That it was put on the map, moved or taken off; degrees tell nobody where that is."""
    before, after = lat if pairs and isinstance(lat, list) else (None, lat)
    old, new = ("未标注" if before is None else "已标注"), ("已取消" if after is None else "已标注")
    return OrgHistoryChange("位置", old, "已移动" if before is not None and after is not None else new)


def _title(found: db.Row, changes: dict[str, Any]) -> str:
    title = TITLES.get((found["subject_kind"], found["verb"]), str(found["verb"]))
    if found["verb"].endswith("_qualification") and "kind" in changes:
        return f"{title}：{paper_title(str(changes['kind']), str(changes.get('name') or ''))}"
    if found["subject_name"]:
        return f"{title}：{found['subject_name']}"
    return title


def _entry(found: db.Row, own: bool) -> OrgHistoryEntry | None:
    changes: dict[str, Any] = msgspec.json.decode(found["changes"])
    if own and changes and changes.keys() <= _PRIVATE:
        return None
    shown = dict(changes)
    if found["verb"].endswith("_qualification"):
        shown.pop("kind", None)
        shown.pop("name", None)
    return OrgHistoryEntry(
        found["id"],
        found["at"],
        _title(found, changes),
        found["account_name"] or "系统",
        found["org_name"],
        _changes(found["verb"], shown, own),
    )


async def history(actor: Actor, org_id: int, wanted: OrgHistoryFilter) -> tuple[list[OrgHistoryEntry], str | None]:
    """What was done to an org inside the scope, the newest first."""
    await find_org(actor, org_id)
    before = paging.id_cursor(wanted.cursor) or MAX_ID
    found = await db.rows(_HISTORY, actor.root_id, org_id, before, wanted.limit + 1)
    shown, cursor = paging.page(found, wanted.limit)
    own = org_id == actor.org_id and actor.org_kind != "brand"
    return [entry for entry in (_entry(item, own) for item in shown) if entry is not None], cursor
