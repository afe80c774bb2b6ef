"""Several warehouses, quarantine, goods without lots, and sessions of scanning."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """What is scanned is kept scan by scan, until a session is finished and its moves are posted."""

    dependencies = [("qutong", "m0014_exceptions")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0015_stock.sql").read_text("utf-8"))]
