"""The states of an agreement, and what leads from one to the other.

An approval is asked for once: whoever was refused, or took it back, makes a new one from the same terms.
"""

from __future__ import annotations

from server.core.errors import BusinessError

STATE_NAMES: dict[str, str] = {
    "draft": "草稿", "asked": "待审批", "approved": "执行中", "ended": "已提前结束", "rejected": "已驳回",
    "withdrawn": "已撤回",
}  # fmt: skip

_NEXT: dict[tuple[str, str], str] = {
    ("draft", "edit"): "draft",
    ("draft", "submit"): "asked",
    ("asked", "withdraw"): "withdrawn",
    ("asked", "approve"): "approved",
    ("asked", "reject"): "rejected",
    ("approved", "end"): "ended",
}

_VERBS = {"edit": "修改", "submit": "提交", "withdraw": "撤回", "approve": "通过", "reject": "驳回", "end": "结束"}


class RebateState(BusinessError):
    """What was asked is not possible in this state; nothing was changed."""

    status, code, title = 409, "rebate_state", "现在不能这样操作"


def next_state(number: str, state: str, verb: str) -> str:
    """The state that a verb leads to; `RebateState` where it leads nowhere."""
    found = _NEXT.get((state, verb))
    if found is None:
        raise RebateState(f"返利协议 {number} {STATE_NAMES[state]}，不能{_VERBS[verb]}")
    return found
