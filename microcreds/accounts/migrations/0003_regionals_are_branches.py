from django.db import migrations

BRANCHES = ("Hamilton", "Middletown", "Other Regionals site")


def mark(apps, schema_editor):
    apps.get_model("accounts", "Campus").objects.filter(name__in=BRANCHES).update(is_branch=True)


class Migration(migrations.Migration):
    """The campuses a database started with say whether they are branches; staff know the others."""

    dependencies = [("accounts", "0002_campus_is_branch_unit_has_mail_address")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
