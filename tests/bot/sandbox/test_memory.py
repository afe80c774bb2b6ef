"""A developer's sandbox keeps its chats over a restart, and knows everybody."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bot.sandbox.state import State


def test_chats_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "data" / "sandbox.json"
    before = State(True, file)
    before.add_message("li", "m1", "text", {"content": "一"})
    before.new_response_code("approval-1")
    before.save()
    after = State(True, file)
    after.load()
    assert msgspec.to_builtins(after.memory) == msgspec.to_builtins(before.memory)
    assert after.next_id() > before.memory.messages[-1].id
    assert [path.name for path in file.parent.iterdir()] == ["sandbox.json"]


def test_a_damaged_file_does_not_keep_the_sandbox_from_starting(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    file.write_text('{"messages": [')
    state = State(True, file)
    state.load()
    assert state.memory.messages == []


def test_accounts_of_the_demo_get_their_messages_without_being_entered_twice() -> None:
    assert State(open_membership=True).member("new") is not None
    assert State(open_membership=False).member("new") is None
