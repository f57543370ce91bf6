"""What the database itself refuses; see `rota.keeping`."""

from django.db import migrations

from rota import keeping


def install(apps, schema_editor):
    keeping.install(schema_editor.connection)


def remove(apps, schema_editor):
    keeping.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("rota", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
