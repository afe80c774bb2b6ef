"""What tools and people read when everything is ready."""

from __future__ import annotations

import json
from pathlib import Path

from scripts.toolbox.accounts import Account, Addresses, read_accounts, ready_line, table

ADDRESSES = Addresses(api="http://a", h5="http://a/", console="http://a/console", bot="http://b", sandbox=None)


def owner() -> Account:
    """One demo account."""
    return Account(role="store_owner", org="好又多", phone="13800000001", password="pw", wecom_userid=None)


def test_a_tool_could_not_start_the_system_if_the_ready_line_were_not_one_line_of_json() -> None:
    line = ready_line(ADDRESSES, [owner()])
    assert "\n" not in line
    answer = json.loads(line)
    assert list(answer) == ["api", "h5", "console", "bot", "sandbox", "accounts"]
    assert list(answer["accounts"][0]) == ["role", "org", "phone", "password", "wecom_userid"]


def test_a_tool_could_not_log_in_if_the_accounts_that_the_demo_wrote_were_not_passed_on(
    tmp_path: Path,
) -> None:
    written = [{**owner(), "note": "more than is asked for"}]
    (tmp_path / "demo-accounts.json").write_text(json.dumps(written), "utf-8")
    assert read_accounts(tmp_path) == [owner()]


def test_a_start_without_demo_data_would_fail_if_the_accounts_had_to_be_there(tmp_path: Path) -> None:
    assert read_accounts(tmp_path) == []


def test_a_newcomer_would_mix_up_the_columns_if_chinese_letters_counted_as_narrow() -> None:
    header, row = table([owner()])
    assert header.startswith("角色      所属    手机号")
    assert row.startswith("门店老板  好又多  13800000001")
