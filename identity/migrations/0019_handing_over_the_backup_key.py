from django.db import migrations, models
from django.db.models import Q


def end_open_requests(apps, schema_editor):
    """They have no agreement key, so nobody can compute their fingerprint; each would end within ten minutes."""
    apps.get_model("identity", "DeviceJoin").objects.filter(state="waiting").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0018_service_imports'),
    ]

    operations = [
        migrations.RunPython(end_open_requests, migrations.RunPython.noop),
        migrations.AddField(
            model_name='devicejoin',
            name='agreement_key',
            field=models.BinaryField(default=b'', help_text='P-256, uncompressed; to which the backup key is wrapped', max_length=65),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='devicejoin',
            name='wrapped_backup_key',
            field=models.BinaryField(help_text='for the new device only; until it is fetched, or the time is over', max_length=189, null=True),
        ),
        migrations.AddConstraint(
            model_name='devicejoin',
            constraint=models.CheckConstraint(
                condition=Q(('wrapped_backup_key__isnull', True), ('state', 'approved'), _connector='OR'),
                name='join_backup_key_of_approved',
            ),
        ),
    ]
