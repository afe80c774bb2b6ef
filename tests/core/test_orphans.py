"""Uploads that nothing names go after a week; what somebody attaches at that very moment stays."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

from server.core import clock, db, files, orphans
from server.settings import Settings
from tests.contract.stage import PICTURE
from tests.world import User, World, number

_NAMED = re.compile(r"(^|_)(photo|file|image|picture)s?(_|$)")


async def uploaded(who: User, folder: Path, body: bytes | None = None) -> int:
    return await files.store(who.actor, folder, body or PICTURE + str(number()).encode())


async def there(file_id: int) -> bool:
    return bool(await db.value("SELECT true FROM stored_file WHERE id = $1", file_id))


async def test_what_nothing_names_goes_after_a_week_and_what_is_attached_stays(
    world: World, settings: Settings
) -> None:
    folder, admin = settings.data_folder, world.admin
    left, photo, picture, young = [await uploaded(admin, folder) for _ in range(4)]
    paper, _ = await files.store_document(admin.actor, folder, PICTURE + str(number()).encode())
    dealer = await world.dealer(photo_id=photo)
    await admin.post(f"/orgs/{dealer.id}/qualifications", {"kind": "contract", "file_ids": [paper]}, 201)
    item = await world.product(image_url=f"/api/v1/files/{picture}")
    old = [left, photo, picture, paper]
    await db.run("UPDATE stored_file SET created_at = $2 WHERE id = ANY ($1)", old, clock.now() - timedelta(days=8))
    await orphans.clean_up(folder)
    assert [await there(one) for one in (left, photo, picture, paper, young)] == [False, True, True, True, True]
    # A picture that is taken out of its product is nobody's from then on.
    await admin.call("PATCH", f"/products/{item.id}", {"version": 1, "no_picture": True})
    await orphans.clean_up(folder)
    assert not await there(picture)
    gone = await admin.call("PATCH", f"/products/{item.id}", {"version": 2, "image_url": f"/api/v1/files/{picture}"})
    assert gone.status_code == 422 and gone.json()["errors"][0]["pointer"] == "/image_url"


async def test_a_content_that_another_file_has_too_stays_for_it(world: World, settings: Settings) -> None:
    body = PICTURE + str(number()).encode()
    first, second = [await uploaded(world.admin, settings.data_folder, body) for _ in range(2)]
    digest = (await db.value("SELECT sha256 FROM stored_file WHERE id = $1", first)).hex()
    path = files.path_of(settings.data_folder, digest)
    for file_id, remains in ((first, True), (second, False)):
        old = clock.now() - timedelta(days=8)
        await db.run("UPDATE stored_file SET created_at = $2 WHERE id = $1", file_id, old)
        await orphans.clean_up(settings.data_folder)
        assert path.exists() == remains
    again = await uploaded(world.admin, settings.data_folder, body)
    assert await there(again) and path.exists()


async def test_a_picture_that_is_being_attached_is_not_taken_away_and_one_that_is_gone_is_not_attached(
    world: World, settings: Settings
) -> None:
    folder, actor = settings.data_folder, world.admin.actor
    held, lost = await uploaded(world.admin, folder), await uploaded(world.admin, folder)
    dealer, other = await world.dealer(), await world.dealer()
    old = clock.now() - timedelta(days=8)
    await db.run("UPDATE stored_file SET created_at = $2 WHERE id = ANY ($1)", [held, lost], old)
    checked, cleaned = asyncio.Event(), asyncio.Event()

    async def attach() -> None:
        async with db.transaction():
            assert await files.are_own(actor, [held])
            checked.set()
            await cleaned.wait()
            await db.run("UPDATE org SET photo_id = $2 WHERE id = $1", dealer.id, held)

    attaching = asyncio.create_task(attach())
    await asyncio.wait_for(checked.wait(), 20)
    await asyncio.wait_for(orphans.clean_up(folder), 20)
    cleaned.set()
    await attaching
    assert await there(held) and not await there(lost)
    answer = await world.admin.call("PATCH", f"/orgs/{other.id}", {"version": 1, "photo_id": lost})
    assert answer.status_code == 422
    await orphans.clean_up(folder)
    assert await there(held)


async def test_every_column_that_names_a_file_is_known_to_the_clean_up(world: World) -> None:
    columns = await db.rows(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name NOT IN ('stored_file', 'exchange_job')"
    )
    naming = {(c["table_name"], c["column_name"]) for c in columns if _NAMED.search(c["column_name"])}
    known = " ".join(orphans.statements())
    missing = {f"{t}.{c}" for t, c in naming if not (f"FROM {t} " in known and f".{c}" in known)}
    assert missing == set(), "say in the module's NAMES_FILE that this column names a file, or it is cleaned away"
    assert {t for t, _ in naming} == {
        "org", "product", "receipt", "qualification", "trace_scan", "diversion", "goods_return_line",
    }  # fmt: skip
