"""Which org froze another: only it, or one above it, may let the other work again."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Of those frozen before nobody knows it; whoever sees them may free them."""

    dependencies = [("qutong", "m0002_order_limit")]

    operations = [ops.RunSQL("ALTER TABLE org ADD COLUMN frozen_by bigint")]
