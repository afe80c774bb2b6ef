"""What a line of a return is worth to the fen, instead of a quantity times a rounded price."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Without it, whoever gave everything back was credited a few fen less than he had paid."""

    dependencies = [("qutong", "m0023_alerts")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0024_return_amounts.sql").read_text("utf-8"))]
