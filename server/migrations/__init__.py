"""Forward-only schema steps, applied in order by `python -m server.migrate`.

Each step is one hand-written SQL file beside a small Tortoise migration that runs it: the schema uses checks,
partial indexes and composite keys that the ORM's own generator cannot say. `tests/core/test_schema.py` holds
the models to it.

Tables that grow carry the brand's `root_id` as the leading key, so that they can be distributed by it.
"""
