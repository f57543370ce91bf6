"""Groups of kind `case` that are there already become open cases of whoever made them."""

from django.db import migrations


def open_cases(apps, schema_editor):
    member = apps.get_model("messaging", "GroupMember")
    case = apps.get_model("messaging", "Case")
    makers = member.objects.filter(group__kind="case", group__case__isnull=True, joined_seq=0).select_related("group")
    case.objects.bulk_create(
        [
            case(
                group_id=one.group_id,
                organisation_id=one.organisation_id,
                state="open",
                opened_by_id=one.group.created_by_id,
                opened_at=one.group.created_at,
            )
            for one in makers.order_by("group_id")
            if one.person_id == one.group.created_by_id
        ],
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_cases")]
    operations = [migrations.RunPython(open_cases, migrations.RunPython.noop)]
