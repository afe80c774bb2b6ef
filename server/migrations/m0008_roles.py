"""Roles that an org builds itself; where sessions come from; sign-in by WeCom; invitations."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Accounts have no role of their own org's making, and of those frozen before nobody knows who froze them."""

    dependencies = [("qutong", "m0007_pricing")]

    operations = [ops.RunSQL((Path(__file__).with_name("m0008_roles.sql")).read_text("utf-8"))]
