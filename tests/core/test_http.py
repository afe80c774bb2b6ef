"""What leaves the server when a request is wrong, odd, or meets a fault: a problem document, and nothing else."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from server.channel import lists as channel
from server.core import clock, files, redis
from server.core.errors import InvalidInput
from server.core.paging import decode_cursor, encode_cursor
from server.core.validation import decode_body
from tests.contract.stage import PICTURE
from tests.world import User, World


class Line(msgspec.Struct):
    qty: int


class Form(msgspec.Struct):
    name: str
    lines: list[Line] = []


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The answer, after it was checked to be a problem document of this kind."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = dict(answer.json())
    assert document["code"] == code and document["status"] == status
    assert document["request_id"] == answer.headers["X-Request-Id"] != ""
    return document


async def test_a_fault_inside_shows_a_number_for_the_help_desk_and_the_log_has_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("SELECT secret FROM account")

    monkeypatch.setattr(channel, "list_orgs", broken)
    with caplog.at_level(logging.ERROR, "qutong.http"):
        answer = await world.admin.call("GET", "/orgs", headers={"X-Request-Id": "abc123"})
    document = problem(answer, 500, "internal")
    assert document["request_id"] == "abc123"
    assert set(document) == {"type", "title", "status", "code", "detail", "request_id"}
    assert "SELECT" not in answer.text and "Traceback" not in answer.text
    assert "SELECT secret" in caplog.text


async def test_every_answer_has_a_request_id_of_its_own_also_where_there_is_no_route(
    world: World, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answers = [await http.get(path) for path in ("/api/v1/nothing?access_token=geheim-geheim", "/healthz")]
        answers += [await http.put("/api/v1/me"), await world.admin.call("GET", "/me")]
    problem(answers[0], 404, "not_found")
    problem(answers[2], 405, "method_not_allowed")
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == 4
    assert "geheim" not in caplog.text and world.admin.token not in caplog.text
    for odd in (b"x" * 41, b"a-b", b"\xe9\xe9\xe9", b"<script>"):
        answer = await http.get("/healthz", headers={b"X-Request-Id": odd})
        assert answer.headers["X-Request-Id"].encode() != odd


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        (b"{}", "/name", "缺少必填项"),
        (b'{"name": 5}', "/name", "应为文字"),
        (b'{"name": "a", "lines": [{"qty": 1}, {"qty": "x"}]}', "/lines/1/qty", "应为整数"),
        (b'{"name": "a", "lines": [{}]}', "/lines/0/qty", "缺少必填项"),
        (b'{"name": "a", "lines": [{"qty": 1.5}]}', "/lines/0/qty", "应为整数"),
    ],
)
def test_the_field_that_is_wrong_is_named_in_chinese(body: bytes, pointer: str, detail: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode_body(body, Form)
    assert [(error.pointer, error.detail) for error in refused.value.errors] == [(pointer, detail)]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"name": "a\\u0000b"}', b'{"name": "a\x00b"}', b'{"name": "\\ud800"}', b"[]",
     b'{"x":' + b"[" * 200_000, b'{"name":"a","sort":1e400}'],
    ids=["empty", "broken", "bytes", "nul", "raw nul", "surrogate", "list", "deep", "huge"],
)  # fmt: skip
async def test_a_body_that_cannot_be_read_is_refused_politely(world: World, body: bytes) -> None:
    await world.admin.sign_in()
    headers = {"Authorization": f"Bearer {world.admin.token}", "Idempotency-Key": "read-me-123"}
    answer = await world.http.post("/api/v1/categories", content=body, headers=headers)
    problem(answer, 422, "invalid_input")


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(http: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection(http.base_url.host, http.base_url.port)
    size = 11 * 1024 * 1024 + 1
    writer.write(f"POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode())
    answer = (await asyncio.wait_for(reader.read(), 10)).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 413 ") and json.loads(answer.partition("\r\n\r\n")[2])["code"] == "too_large"


async def test_numbers_no_column_holds_are_refused(world: World) -> None:
    dealer = await world.dealer()
    for version in (0, 2**31, 2**63, 10**400):
        answer = await world.admin.call("PATCH", f"/orgs/{dealer.id}", {"version": version, "name": "x"})
        assert problem(answer, 422, "invalid_input")["errors"][0]["pointer"] == "/version"
    for path in (f"/orgs/{2**63}", f"/orgs/{10**30}", "/orgs/0"):
        problem(await world.admin.call("GET", path), 404, "not_found")
    wrong: list[dict[str, Any]] = [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"kind": "planet"}, {"q": "a\0b"}]
    for query in (*wrong, {"parent_id": 2**63}):
        problem(await world.admin.call("GET", "/orgs", params=query), 422, "invalid_input")


@pytest.mark.parametrize("cursor", ["x", "订单", encode_cursor("1; DROP TABLE org"), encode_cursor(2**63),
                                    encode_cursor(-1), encode_cursor(1, 2, 3), encode_cursor([[1]])])  # fmt: skip
async def test_a_page_mark_that_is_not_ours_is_refused(world: World, cursor: str) -> None:
    for path in ("/orgs", "/orders", "/notices", "/audit", "/products", "/accounts", "/outbox", "/stock"):
        problem(await world.admin.call("GET", path, params={"cursor": cursor}), 422, "invalid_input")


def test_a_page_mark_brings_back_its_key() -> None:
    assert decode_cursor(encode_cursor(7)) == [7] and decode_cursor(None) is None


async def test_no_row_is_lost_or_seen_twice_while_others_arrive(world: World) -> None:
    first = [(await world.dealer()).id for _ in range(5)]
    seen, cursor = [], None
    while True:
        query = {"kind": "dealer", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = await world.admin.get("/orgs", params=query)
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if len(seen) <= 4:
            first.append((await world.dealer()).id)  # arrives between two pages
    assert seen == first == sorted(set(seen))


async def test_only_pictures_are_kept_and_a_name_leads_nowhere(world: World) -> None:
    await world.admin.sign_in()
    headers = {"Authorization": f"Bearer {world.admin.token}"}

    async def upload(name: str, body: bytes, kind: str) -> httpx.Response:
        return await world.http.post("/api/v1/files", files={"file": (name, body, kind)}, headers=headers)

    for body in (b"<script>alert(1)</script>", b"GIF89a", b"", b"%PDF-1.7", b"\x89PNG" + b"\0" * 20):
        problem(await upload("a.png", body, "image/png"), 422, "file_refused")
    stored = await upload("../../../etc/passwd.html", PICTURE, "text/html")
    assert stored.status_code == 201, stored.text
    got = await world.http.get(stored.json()["url"], headers=headers)
    assert got.content == PICTURE and got.headers["Content-Type"] == "image/png"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    problem(await upload("a.png", PICTURE + b"\0" * 5 * 1024 * 1024, "image/png"), 422, "file_refused")


@pytest.mark.parametrize(
    ("query", "pointers"), [("q=a&limit=2&q=b", ["/q"]), ("=null", ["/"]), ("knid=store", ["/knid"])]
)
async def test_a_query_with_a_slip_does_not_silently_show_everything(
    world: World, query: str, pointers: list[str]
) -> None:
    refused = await world.admin.get(f"/orgs?{query}", 422)
    assert [error["pointer"] for error in refused["errors"]] == pointers


@pytest.mark.parametrize("with_redis", [True, False])
async def test_one_account_does_not_fill_the_disk_and_may_go_on_tomorrow(
    world: World, monkeypatch: pytest.MonkeyPatch, with_redis: bool
) -> None:
    monkeypatch.setattr(files, "A_DAY", 3)
    if not with_redis:
        monkeypatch.setattr(redis, "_client", None)
    other = await world.user(world.brand, "brand_manager")

    async def upload(who: User) -> int:
        form = {"file": ("a.png", PICTURE, "image/png")}
        return (await who.call("POST", "/files", files=form)).status_code

    noon = clock.now().replace(hour=12)
    with clock.frozen(noon):
        assert [await upload(world.admin) for _ in range(5)] == [201, 201, 201, 429, 429]
        assert await upload(other) == 201
    with clock.frozen(noon + timedelta(days=1)):
        assert await upload(world.admin) == 201
