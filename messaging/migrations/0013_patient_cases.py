"""Patient cases: who of a conversation is its patient, and that its record never changes (`messaging.keeping`)."""

from django.db import migrations, models

from messaging import keeping


def install(apps, schema_editor):
    keeping.install_for_cases(schema_editor.connection)


def remove(apps, schema_editor):
    keeping.remove_for_cases(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0012_history_backup")]
    operations = [
        migrations.AlterField(
            model_name="group",
            name="kind",
            field=models.CharField(
                choices=[("direct", "direct"), ("team", "team"), ("case", "case"), ("patient", "patient")],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="groupmember", name="is_patient", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="case", name="with_patient", field=models.BooleanField(default=False)
        ),
        migrations.AddConstraint(
            model_name="groupmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_patient", True), ("left_seq__isnull", True)),
                fields=("group",),
                name="one_patient_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="groupmember",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_owner", True), ("is_patient", True), _negated=True),
                name="patient_is_never_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("with_patient", False), ("patient__isnull", False), _connector="OR"),
                name="patient_case_has_a_record",
            ),
        ),
        migrations.RunPython(install, remove),
    ]
