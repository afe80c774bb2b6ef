"""Payments become documents with a number of their own."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Payments that were only entries become documents too."""

    dependencies = [("qutong", "m0003_frozen_by")]

    operations = [ops.RunSQL((Path(__file__).with_name("m0004_payment.sql")).read_text("utf-8"))]
