"""What a template card must be to be taken (WeCom path/90236); the answer is an error text or nothing.

The published pages name the rules but not the error code of each; the sandbox answers 40058 (invalid parameter)
with the field in the text, and 42045 for `card_action`.
"""

from __future__ import annotations

import re
from typing import Any

Card = dict[str, Any]
Problem = tuple[int, str]
CALLING_BACK = ("button_interaction", "vote_interaction", "multiple_interaction")
TYPES = ("text_notice", "news_notice", *CALLING_BACK)
INVALID, NO_ACTION = 40058, 42045
_TASK_ID = re.compile(r"[A-Za-z0-9_@-]{1,128}")


def can_call_back(card: Card) -> bool:
    """Whether pressing the card reaches the app, so that it has a response code."""
    return card.get("card_type") in CALLING_BACK or bool(card.get("action_menu"))


def problem(card: Any, new: bool) -> Problem | None:
    """Why WeCom would refuse the card; `new` when it is sent, not an update of one."""
    if not isinstance(card, dict) or card.get("card_type") not in TYPES:
        return INVALID, "template_card.card_type invalid"
    found = _common(card) or (_task_id(card) if new else None)
    if found or card["card_type"] != "button_interaction":
        return found
    return _buttons(card) or _selection(card.get("button_selection"))


def _common(card: Card) -> Problem | None:
    title = card.get("main_title") or {}
    if not title.get("title") and not card.get("sub_title_text"):
        return INVALID, "template_card.main_title.title missing"
    for name, most in (("horizontal_content_list", 6), ("jump_list", 3), ("vertical_content_list", 4)):
        rows = card.get(name) or []
        if not isinstance(rows, list) or len(rows) > most:
            return INVALID, f"template_card.{name} exceeds {most}"
    if any(not row.get("keyname") for row in card.get("horizontal_content_list") or []):
        return INVALID, "template_card.horizontal_content_list.keyname missing"
    if card.get("card_type") == "news_notice" and not (card.get("card_image") or {}).get("url"):
        return INVALID, "template_card.card_image.url missing"
    return _action(card)


def _action(card: Card) -> Problem | None:
    action = card.get("card_action")
    if action is None:
        needed = card["card_type"] in ("text_notice", "news_notice")
        return (NO_ACTION, "template_card.card_action missing") if needed else None
    kinds = {1: "url", 2: "appid"}
    if card["card_type"] in CALLING_BACK and not action.get("type"):
        return None
    field = kinds.get(action.get("type"))
    return None if field and action.get(field) else (NO_ACTION, "template_card.card_action invalid")


def _task_id(card: Card) -> Problem | None:
    task_id = card.get("task_id")
    if task_id is None and not can_call_back(card):
        return None
    if not isinstance(task_id, str) or not _TASK_ID.fullmatch(task_id):
        return INVALID, "template_card.task_id invalid"
    return None


def _buttons(card: Card) -> Problem | None:
    buttons = card.get("button_list")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 6:
        return INVALID, "template_card.button_list must have 1 to 6 buttons"
    for button in buttons:
        if not button.get("text") or (button.get("type", 0) == 0 and not button.get("key")):
            return INVALID, "template_card.button_list text or key missing"
        if button.get("style", 1) not in (1, 2, 3, 4):
            return INVALID, "template_card.button_list.style invalid"
    keys = [button.get("key") for button in buttons if button.get("key")]
    return (INVALID, "template_card.button_list.key repeated") if len(set(keys)) < len(keys) else None


def _selection(selection: Any) -> Problem | None:
    if selection is None:
        return None
    options = selection.get("option_list")
    if not selection.get("question_key"):
        return INVALID, "template_card.button_selection.question_key missing"
    if not isinstance(options, list) or not 1 <= len(options) <= 10:
        return INVALID, "template_card.button_selection.option_list must have 1 to 10 options"
    if any(not option.get("id") or not option.get("text") for option in options):
        return INVALID, "template_card.button_selection.option_list id or text missing"
    ids = [option["id"] for option in options]
    return (INVALID, "template_card.button_selection.option_list.id repeated") if len(set(ids)) < len(ids) else None
