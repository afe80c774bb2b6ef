"""Cards that WeCom takes, whatever the order says."""

from __future__ import annotations

import pytest

from bot.sandbox.cards import problem
from bot.wecom import cards


def content(**more: object) -> cards.ApprovalCard:
    fields: dict[str, object] = {
        "task_id": "approval-7-3",
        "title": "采购订单审批",
        "number": "PO20261124-0001",
        "buyer": "华东经销商",
        "total": "¥1,234.50",
        "url": "http://localhost:8000/#/order?id=1",
        "rows": [("商品", "苏打水 等3种")],
        "reasons": [("stock", "库存不足"), ("other", "其他")],
    }
    return cards.ApprovalCard(**{**fields, **more})  # type: ignore[arg-type]


def test_a_decider_finds_both_buttons_and_the_reasons() -> None:
    card = cards.approval_card(content())
    assert problem(card, new=True) is None
    assert {button["key"] for button in card["button_list"]} == {"approve", "reject"}
    assert [option["id"] for option in card["button_selection"]["option_list"]] == ["stock", "other"]


def test_long_notes_and_many_rows_do_not_make_wecom_refuse_the_card() -> None:
    rows = [(f"很长的字段名{number}", "说明" * 200) for number in range(9)]
    reasons = [(f"r{number}", "原因" * 50) for number in range(14)]
    card = cards.approval_card(content(rows=rows, reasons=reasons, buyer="店" * 300, title="审" * 90))
    assert problem(card, new=True) is None
    assert len(card["horizontal_content_list"]) == 6
    assert len(card["button_selection"]["option_list"]) == 10
    assert len(card["main_title"]["title"]) == 26 and card["main_title"]["title"].endswith("…")


def test_an_empty_value_does_not_make_wecom_refuse_the_card() -> None:
    assert problem(cards.approval_card(content(rows=[("备注", "")], reasons=(), buyer="")), new=True) is None


@pytest.mark.parametrize("task_id", ["", "a b", "审批-1", "a" * 129, "a/b", "a\n"])
def test_a_task_id_that_wecom_would_refuse_is_found_before_sending(task_id: str) -> None:
    with pytest.raises(ValueError, match="task id"):
        cards.approval_card(content(task_id=task_id))


def test_a_decided_card_says_who_and_when_and_cannot_be_pressed() -> None:
    card = cards.decided_card(content(state="已审核"), "李经理 11-24 09:30 已通过")
    assert problem(card, new=False) is None
    assert "李经理 11-24 09:30 已通过" in card["quote_area"]["quote_text"]
    assert card["replace_text"] == "已审核"
    assert "button_selection" not in card


def test_a_notice_opens_the_order() -> None:
    card = cards.notice_card("已发货", "CK20261124-0001 已出库", "http://localhost:8000/#/x", [("车牌", "沪A00000")])
    assert problem(card, new=True) is None
    assert card["card_action"] == {"type": 1, "url": "http://localhost:8000/#/x"}
    with pytest.raises(ValueError, match="open"):
        cards.notice_card("已发货", "文字", "")
