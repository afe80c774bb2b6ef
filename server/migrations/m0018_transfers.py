"""Transfers of goods between warehouses, dealers and their supplier."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """A transfer holds the lots that it will take by itself, beside what orders hold."""

    dependencies = [("qutong", "m0017_trace")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0018_transfers.sql").read_text("utf-8"))]
