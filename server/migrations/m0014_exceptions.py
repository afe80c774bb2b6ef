"""Prices outside the limits that were approved, and the days of planned prices that carts were told of."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Price exceptions become documents; the start of a planned price is told once."""

    dependencies = [("qutong", "m0013_trail")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0014_exceptions.sql").read_text("utf-8"))]
