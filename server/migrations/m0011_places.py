"""The places of an org are found by it, also those that are not its default ones."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Without it, an org's stock was looked for among the places of all orgs."""

    dependencies = [("qutong", "m0010_rules")]

    operations = [ops.RunSQL("CREATE INDEX location_org ON location (org_id, kind)")]
