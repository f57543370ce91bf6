"""What PostgreSQL alone can be told about the tables of the message path."""

from django.db import migrations

STATEMENTS = (
    # Ciphertext does not compress; trying costs time for every large message.
    "ALTER TABLE messaging_entry ALTER COLUMN body SET STORAGE EXTERNAL",
    "ALTER TABLE messaging_welcome ALTER COLUMN content SET STORAGE EXTERNAL",
    # The counter row changes with every message: room on its page keeps the update off the indexes.
    "ALTER TABLE messaging_group SET (fillfactor = 50)",
    "ALTER TABLE messaging_receipt SET (fillfactor = 50)",
)


def tune(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in STATEMENTS:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]
    operations = [migrations.RunPython(tune, migrations.RunPython.noop)]
