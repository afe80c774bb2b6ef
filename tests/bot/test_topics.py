"""The registry of topics: nobody is told twice, or not at all, because two files were written."""

from __future__ import annotations

import pytest

from bot.fanout import Event, Fanout
from bot.fanout.registry import TOPICS, on
from server.notify import words
from server.orders.states import TRANSITIONS


async def _tell(fan: Fanout, event: Event) -> None:
    """Tells nobody."""


def test_a_topic_that_two_files_tell_of_is_found_at_the_start_and_not_by_a_user_who_was_not_told() -> None:
    before = dict(TOPICS)
    with pytest.raises(ValueError, match=r"two files tell of order\.submitted"):
        on("order.submitted")(_tell)
    assert before == TOPICS


def test_every_step_of_an_order_is_told_to_somebody() -> None:
    assert {f"order.{verb}" for _, verb in TRANSITIONS} - TOPICS.keys() == set()


def test_no_message_in_the_outbox_is_shown_by_a_name_of_the_code() -> None:
    assert not TOPICS.keys() - words.TOPICS.keys(), "say in server/notify/words.py what these are"
