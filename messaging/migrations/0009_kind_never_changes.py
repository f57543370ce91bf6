"""What the database itself refuses; see `messaging.keeping`."""

from django.db import migrations

from messaging import keeping


def install(apps, schema_editor):
    keeping.install(schema_editor.connection)


def remove(apps, schema_editor):
    keeping.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0008_push_subscription")]
    operations = [migrations.RunPython(install, remove)]
