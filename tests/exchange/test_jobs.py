"""The life of a job: progress that is told, an end on demand, and death of the worker; never half of anything."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from sanic import Sanic

from server.catalog import bulk as products
from server.channel.imports import _Saving as Orgs
from server.core import clock, db
from server.exchange import jobs, report, sheets, work
from server.exchange.worker import Worker
from server.pricing import bulk as prices
from server.settings import Settings
from server.stock import bulk as stock
from server.stock import till
from tests.exchange.books import book, checked, over, product_row, upload
from tests.world import World


@pytest.fixture
async def by_hand(app: Sanic[Any, Any], settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker in this process, in place of the server's own, that does a job when it is told to."""
    monkeypatch.setattr(type(app.ctx.exchange), "wake", _nobody)
    return Worker(settings, "by-hand")


async def _nobody(self: object) -> None:
    """Nobody is woken."""


async def _ready(world: World, worker: Worker) -> int:
    """A checked file that waits for its owner."""
    job = await upload(world.admin, "products", book("products", product_row(), product_row()))
    while (await world.admin.get(f"/exchange/jobs/{job['id']}"))["state"] != "ready":
        await worker.next()
    await world.admin.post(f"/exchange/jobs/{job['id']}/confirm")
    return int(job["id"])


async def _products(world: World) -> int:
    return int(await db.value("SELECT count(*) FROM product WHERE root_id = $1", world.brand.id))


async def test_a_worker_that_was_only_slow_writes_nothing_beside_the_one_that_took_its_job_up(
    world: World, by_hand: Worker
) -> None:
    job_id = await _ready(world, by_hand)
    slow = await jobs.take("slow")
    assert slow is not None and slow.id == job_id
    await db.run("UPDATE exchange_job SET taken_until = now() - interval '1 second' WHERE id = $1", job_id)
    assert await by_hand.next()
    assert await _products(world) == 2
    with pytest.raises(jobs.Lost):
        await work.apply(by_hand.settings.data_folder, slow, "slow", work.Progress())
    with pytest.raises(jobs.Lost):
        await jobs.beat(slow, "slow", "写入", 50, 0)
    assert await _products(world) == 2 and (await world.admin.get(f"/exchange/jobs/{job_id}"))["state"] == "done"


async def test_a_job_that_kills_its_worker_twice_ends_in_words(world: World, by_hand: Worker) -> None:
    job_id = await _ready(world, by_hand)
    for name in ("one", "two"):
        assert await jobs.take(name) is not None
        await jobs.let_go(name)
    assert await by_hand.next()
    job = await world.admin.get(f"/exchange/jobs/{job_id}")
    assert job["state"] == "failed" and "没有导入任何内容" in job["error"] and await _products(world) == 0


async def test_an_import_can_be_ended_before_and_while_it_is_written(
    world: World, by_hand: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await _ready(world, by_hand)
    begun = asyncio.Event()

    async def slowly(*args: Any, **options: Any) -> Any:
        plan = await sheet.save(*args, **options)
        begun.set()
        await asyncio.sleep(60)
        return plan

    sheet = sheets.KINDS["products"]
    monkeypatch.setattr(sheets, "save", lambda s, actor, rows, write, told: slowly(actor, rows, write=write))
    running = asyncio.create_task(by_hand.next())
    await begun.wait()
    asked = await world.admin.post(f"/exchange/jobs/{job_id}/cancel")
    assert asked["state"] == "running"
    await running
    job = await world.admin.get(f"/exchange/jobs/{job_id}")
    assert job["state"] == "cancelled" and await _products(world) == 0
    again = await world.admin.post(f"/exchange/jobs/{job_id}/cancel", status=409)
    assert "已经结束" in again["detail"]


async def test_what_has_changed_since_the_check_is_named_and_nothing_is_written(world: World, by_hand: Worker) -> None:
    job_id = await _ready(world, by_hand)
    await db.run("UPDATE category SET name = '改了名' WHERE root_id = $1", world.brand.id)
    await by_hand.next()
    job = await world.admin.get(f"/exchange/jobs/{job_id}")
    assert job["state"] == "failed" and "检查之后" in job["error"]
    assert job["report"]["errors"][0]["cell"] == "D2" and await _products(world) == 0


async def test_a_killed_worker_is_replaced_and_its_job_done(world: World, app: Sanic[Any, Any]) -> None:
    first = await checked(world.admin, "products", book("products", product_row()))
    process = app.ctx.exchange._process
    assert process is not None and first["state"] == "ready"
    os.kill(process.pid, signal.SIGKILL)
    await world.admin.post(f"/exchange/jobs/{first['id']}/confirm")
    done = await over(world.admin, first["id"], ("done", "failed"))
    assert done["state"] == "done" and await _products(world) == 1
    assert app.ctx.exchange._process.pid != process.pid


async def test_files_and_jobs_are_gone_when_their_time_is_over(world: World, by_hand: Worker) -> None:
    job_id = await _ready(world, by_hand)
    await by_hand.next()
    stored = await db.value("SELECT stored_as FROM exchange_job WHERE id = $1", job_id)
    file = jobs.path(by_hand.settings.data_folder, stored, "upload")
    assert await asyncio.to_thread(file.is_file)
    await jobs.clean_up(by_hand.settings.data_folder, clock.now() + jobs.KEEP + jobs.LEASE)
    assert not await asyncio.to_thread(file.exists)
    await world.admin.get(f"/exchange/jobs/{job_id}", status=404)


async def test_nobody_leaves_more_than_five_jobs_waiting(world: World, by_hand: Worker) -> None:
    for _ in range(5):
        await world.admin.post("/exchange/exports", {"kind": "orgs"}, status=201)
    refused = await world.admin.post("/exchange/exports", {"kind": "orgs"}, status=429)
    assert refused["code"] == "too_many_jobs"
    while await by_hand.next():
        pass


_RECKONS: tuple[tuple[str, Sequence[tuple[Any, str]]], ...] = (
    ("products", ((products, "_check"), (products, "_compared"), (report, "merge"), (report, "make"))),
    ("stores", ((Orgs, "check"), (Orgs, "in_order"), (Orgs, "_placed"), (Orgs, "_changed"))),
    ("prices", ((prices, "_lists"),)),
    ("stock", ((stock, "_check"),)),
    ("till", ((till, "_gathered"), (till, "allocate"))),
)


@pytest.mark.parametrize(("kind", "reckons"), _RECKONS, ids=[kind for kind, _ in _RECKONS])
async def test_a_worker_keeps_its_job_while_it_reckons_over_many_rows(
    world: World, by_hand: Worker, monkeypatch: pytest.MonkeyPatch, kind: str, reckons: Sequence[tuple[Any, str]]
) -> None:
    """Else its lease ends over a large file, another takes the job up, and the owner's page stands still."""
    loop, done = asyncio.get_running_loop(), []

    def watched(name: str, real: Any) -> Any:
        def reckon(*given: Any) -> Any:
            went_on = threading.Event()
            loop.call_soon_threadsafe(went_on.set)
            assert went_on.wait(20), f"nothing else is done during {name}"
            done.append(name)
            return real(*given)

        return reckon

    for owner, name in reckons:
        monkeypatch.setattr(owner, name, watched(name, getattr(owner, name)))
    dealer = await world.dealer()
    store = await world.store(dealer, code="MD1")
    user = await world.boss(store) if kind == "till" else world.admin if kind != "stores" else await world.boss(dealer)
    today = clock.today()
    rows: dict[str, Sequence[Sequence[Any]]] = {
        "products": [product_row()],
        "stores": [["MD1", "改了名"], ["MD2", "新店"]],
        "prices": [["没有的", 3.2]],
        "stock": [["没有的", "L1", None, today, 24]],
        "till": [["没有的", 6, today]],
    }
    job = await upload(user, kind, book(kind, *rows[kind]))
    await by_hand.next()
    assert (await user.get(f"/exchange/jobs/{job['id']}"))["state"] == "ready"
    assert sorted(done) == sorted(name for _, name in reckons)
