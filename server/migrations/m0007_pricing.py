"""Prices with a period for groups and for single buyers; guide prices per grade and region; who may set prices."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Prices that stand become the open entries of their groups' lists."""

    dependencies = [("qutong", "m0006_territory")]

    operations = [ops.RunSQL((Path(__file__).with_name("m0007_pricing.sql")).read_text("utf-8"))]
