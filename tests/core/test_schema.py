"""The models agree with the tables that the hand-written SQL makes; a second migration changes nothing."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

from tortoise import Tortoise, fields
from tortoise.fields.base import Field

from server.core import db
from tests.contract.stage import fingerprints
from tests.services import EmbeddedServices
from tests.world import World

KINDS: dict[type[Field[Any]], set[str]] = {
    fields.BigIntField: {"bigint"},
    fields.IntField: {"integer", "smallint"},
    fields.SmallIntField: {"smallint"},
    fields.FloatField: {"double precision"},
    fields.DateField: {"date"},
    fields.TextField: {"text"},
    fields.CharField: {"text"},
    fields.BooleanField: {"boolean"},
    fields.DatetimeField: {"timestamp with time zone"},
    fields.BinaryField: {"bytea"},
}

_COLUMNS = """
SELECT column_name AS name, data_type AS kind, is_nullable = 'YES' AS nullable,
       column_default IS NOT NULL OR is_identity = 'YES' AS filled
FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1
"""


async def test_every_field_of_a_model_is_a_column_of_its_kind(world: World) -> None:
    models = Tortoise.apps["qutong"]
    assert {"Org", "Account", "Session", "Product"} <= set(models)
    for name, model in models.items():
        table = model._meta.db_table
        columns = {column["name"]: column for column in await db.rows(_COLUMNS, table)}
        known = {}
        for field in model._meta.fields_map.values():
            if field.has_db_field:
                known[field.source_field or field.model_field_name] = field
        for column_name, field in known.items():
            assert column_name in columns, f"{name}.{column_name} is no column of {table}"
            column, wanted = columns[column_name], KINDS[type(field)]
            assert column["kind"] in wanted, f"{name}.{column_name} is {column['kind']}"
            assert column["nullable"] == field.null, f"{name}.{column_name} differs in whether it may be empty"
        forgotten = {n for n, c in columns.items() if n not in known and not c["nullable"] and not c["filled"]}
        assert not forgotten, f"{name} cannot be created: it does not know {forgotten} of {table}"


async def test_migrating_again_keeps_everything(world: World, services: EmbeddedServices) -> None:
    before = await fingerprints()
    database = await db.value("SELECT current_database()")
    assert await _migrate_in_a_process(services.database_url(database)) == 0
    assert await fingerprints() == before


async def _migrate_in_a_process(url: str) -> int:
    command = [sys.executable, "-m", "server.migrate"]
    run = await asyncio.create_subprocess_exec(*command, env={**os.environ, "DATABASE_URL": url})
    return await run.wait()
