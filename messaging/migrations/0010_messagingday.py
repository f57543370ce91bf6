import django.db.models.deletion
import medicus.lib.ids
from django.db import migrations, models

# Streams only grow, so a day lies together on the disk: a block range index costs the message path next to nothing.
BY_TIME = "CREATE INDEX messaging_entry_by_time ON messaging_entry USING brin (at) WITH (pages_per_range = 32, autosummarize = on)"


def index_by_time(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BY_TIME)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX messaging_entry_by_time")


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0017_retention'),
        ('messaging', '0009_kind_never_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='MessagingDay',
            fields=[
                ('id', models.UUIDField(default=medicus.lib.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('on', models.DateField(help_text='in the time zone of the service')),
                ('messages', models.PositiveIntegerField()),
                ('stored_bytes', models.PositiveBigIntegerField(help_text='ciphertext, without indexes')),
                ('counted_at', models.DateTimeField()),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('stored_bytes__gt', 0)), fields=['on'], name='messaging_days_that_store')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'on'), name='messaging_day_once')],
            },
        ),
        migrations.RunPython(index_by_time, drop_index),
    ]
