"""Template cards as WeCom wants them (WeCom path/90236, updates path/94945).

Texts that are longer than a card shows are cut with an ellipsis; what would make WeCom refuse the card raises
`ValueError`, since that is a mistake in the program.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

MAX_ROWS = 6
MAX_OPTIONS = 10
MAX_TASK_ID_BYTES = 128
REASON_QUESTION = "reject_reason"
_TASK_ID = re.compile(r"[A-Za-z0-9_@-]+")
_SOURCE, _TITLE, _SUBTITLE, _SUB_TEXT, _QUOTE = 13, 26, 30, 112, 100
_ROW_NAME, _ROW_VALUE, _OPTION, _BUTTON = 5, 26, 16, 10

Card = dict[str, Any]


class ApprovalCard(msgspec.Struct):
    """What a decider sees: `lines` the goods in words, `rows` as (name, value), `reasons` as (id, text).

    Amounts are already written out. `proposal` is what the first of two deciders would let pass.
    """

    task_id: str
    title: str
    number: str
    buyer: str
    total: str
    url: str
    subtitle: str = ""
    lines: str = ""
    rows: Sequence[tuple[str, str]] = ()
    reasons: Sequence[tuple[str, str]] = ()
    state: str = ""
    proposal: str = ""
    source: str = "渠通"
    total_name: str = "合计"


def approval_card(content: ApprovalCard) -> Card:
    """A card with a drop-down of rejection reasons and the buttons `approve` and `reject` (B1, WeCom path/90236)."""
    total = f"{content.total_name} {content.total}" + (f"，{content.proposal}" if content.proposal else "")
    card = _body(content) | {
        "quote_area": {"title": cut(content.buyer, _TITLE), "quote_text": cut(total, _QUOTE)},
        "button_list": _buttons(),
    }
    if content.reasons:
        card["button_selection"] = _selection(content.reasons)
    return card


def decided_card(content: ApprovalCard, words: str) -> Card:
    """What replaces the card once it is decided: `words` say who decided what and when; nothing can be pressed.

    `replace_text` stands in place of the buttons, grey (WeCom path/94945); the drop-down is gone.
    """
    return _body(content) | {
        "quote_area": {
            "title": cut(f"{content.buyer} {content.total_name} {content.total}", _TITLE),
            "quote_text": cut(words, _QUOTE),
        },
        "button_list": _buttons(),
        "replace_text": cut(content.state or "已处理", _BUTTON),
    }


class Matter(msgspec.Struct):
    """Something that has to be looked into: what it is `about`, the `text` below, buttons and options as (key, text).

    `done`: what stands in place of the buttons once somebody has acted; '' while they are live.
    """

    task_id: str
    title: str
    about: str
    text: str
    url: str
    buttons: Sequence[tuple[str, str]]
    subtitle: str = ""
    rows: Sequence[tuple[str, str]] = ()
    question: str = ""
    options: Sequence[tuple[str, str]] = ()
    done: str = ""
    source: str = "渠通"


def matter_card(content: Matter) -> Card:
    """A card with two buttons of its own, the last of them the main one, and a drop-down beside (WeCom path/90236)."""
    if not valid_task_id(content.task_id):
        raise ValueError(f"not a task id: {content.task_id!r}")
    styles = [2] * (len(content.buttons) - 1) + [1]
    card: Card = {
        "card_type": "button_interaction",
        "source": {"desc": cut(content.source, _SOURCE), "desc_color": 0},
        "main_title": {"title": cut(content.title, _TITLE), "desc": cut(content.subtitle, _SUBTITLE)},
        "quote_area": {"title": cut(content.about, _TITLE), "quote_text": cut(content.text, _QUOTE)},
        "horizontal_content_list": _rows(content.rows),
        "task_id": content.task_id,
        "card_action": {"type": 1, "url": content.url},
        "button_list": [
            {"text": cut(text, _BUTTON), "style": style, "key": key}
            for (key, text), style in zip(content.buttons, styles, strict=True)
        ],
    }
    if content.done:
        card["replace_text"] = cut(content.done, _BUTTON)
    elif content.options:
        card["button_selection"] = _selection(content.options, content.question)
    return card


def notice_card(
    title: str, text: str, url: str, rows: Sequence[tuple[str, str]] = (), subtitle: str = "", source: str = "渠通"
) -> Card:
    """A card that tells something and opens `url`; it cannot call back (text_notice, WeCom path/90236)."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("a notice card must have something to open")
    card: Card = {
        "card_type": "text_notice",
        "source": {"desc": cut(source, _SOURCE), "desc_color": 0},
        "main_title": {"title": cut(title, _TITLE), "desc": cut(subtitle, _SUBTITLE)},
        "sub_title_text": cut(text, _SUB_TEXT),
        "jump_list": [{"type": 1, "title": "查看详情", "url": url}],
        "card_action": {"type": 1, "url": url},
    }
    if rows:
        card["horizontal_content_list"] = _rows(rows)
    return card


def cut(text: str, length: int) -> str:
    """`text` on one line, with an ellipsis where it is longer than `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def valid_task_id(task_id: str) -> bool:
    """Whether WeCom takes it: letters, digits and `_-@`, at most 128 bytes."""
    return bool(_TASK_ID.fullmatch(task_id)) and len(task_id) <= MAX_TASK_ID_BYTES


def _body(content: ApprovalCard) -> Card:
    if not valid_task_id(content.task_id):
        raise ValueError(f"not a task id: {content.task_id!r}")
    card: Card = {
        "card_type": "button_interaction",
        "source": {"desc": cut(content.source, _SOURCE), "desc_color": 0},
        "main_title": {
            "title": cut(f"{content.title} {content.number}", _TITLE),
            "desc": cut(content.subtitle, _SUBTITLE),
        },
        "horizontal_content_list": _rows(content.rows),
        "task_id": content.task_id,
    }
    if content.lines:
        card["sub_title_text"] = cut(content.lines, _SUB_TEXT)
    if content.url:
        card["card_action"] = {"type": 1, "url": content.url}
    return card


def _rows(rows: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"keyname": cut(name, _ROW_NAME), "value": cut(value, _ROW_VALUE) or "—"} for name, value in rows][
        :MAX_ROWS
    ]


def _buttons() -> list[dict[str, Any]]:
    return [{"text": "驳回", "style": 2, "key": "reject"}, {"text": "通过", "style": 1, "key": "approve"}]


def _selection(reasons: Sequence[tuple[str, str]], title: str = "驳回原因") -> dict[str, Any]:
    options = [{"id": key, "text": cut(text, _OPTION)} for key, text in reasons][:MAX_OPTIONS]
    return {
        "question_key": REASON_QUESTION,
        "title": title,
        "option_list": options,
        "selected_id": options[-1]["id"],
    }
