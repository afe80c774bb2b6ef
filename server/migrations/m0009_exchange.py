"""Imports and exports as jobs with progress."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Adds the jobs of the exchange."""

    dependencies = [("qutong", "m0008_roles")]

    operations = [ops.RunSQL((Path(__file__).with_name("m0009_exchange.sql")).read_text("utf-8"))]
