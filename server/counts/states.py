"""The states of a stocktake and the one table of its transitions."""

from __future__ import annotations

from server.core.errors import BusinessError

STATE_NAMES = {
    "planned": "待盘点",
    "counting": "盘点中",
    "counted": "待处理差异",
    "submitted": "待审批",
    "adjusted": "已调整",
    "rejected": "已驳回",
    "cancelled": "已取消",
}

VERB_NAMES = {
    "start": "开始盘点",
    "count": "点数",
    "close": "结束点数",
    "recount": "复盘",
    "settle": "处理差异",
    "submit": "提交",
    "adjust": "调整库存",
    "approve": "审批通过",
    "reject": "驳回",
    "cancel": "取消",
}

# (state, verb) → the state after it. `submit` goes on to `adjust` where no approval is needed.
TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "start"): "counting",
    ("planned", "cancel"): "cancelled",
    ("counting", "count"): "counting",
    ("counting", "close"): "counted",
    ("counting", "cancel"): "cancelled",
    ("counted", "recount"): "counting",
    ("counted", "settle"): "counted",
    ("counted", "submit"): "submitted",
    ("counted", "cancel"): "cancelled",
    ("submitted", "adjust"): "adjusted",
    ("submitted", "approve"): "adjusted",
    ("submitted", "reject"): "rejected",
    ("submitted", "cancel"): "cancelled",
}


class StocktakeState(BusinessError):
    """The stocktake is in a state in which this cannot be done; nothing was changed."""

    status, code, title = 409, "stocktake_state", "盘点单状态已变化"


def next_state(number: str, state: str, verb: str) -> str:
    """The state after a verb; `StocktakeState` where the table has none."""
    after = TRANSITIONS.get((state, verb))
    if after is None:
        raise StocktakeState(f"盘点单 {number} 现在是“{STATE_NAMES[state]}”，不能{VERB_NAMES[verb]}", state=state)
    return after
