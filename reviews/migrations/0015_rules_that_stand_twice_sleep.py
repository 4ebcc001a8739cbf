"""Of active rules for exactly the same, only the first ever decided; the others sleep."""

from django.db import migrations


def let_the_others_sleep(apps, schema_editor):
    rules, seen, twice = apps.get_model("reviews", "RoutingRule").objects, set(), []
    for rule in rules.filter(is_active=True).order_by("place", "pk"):
        place = (rule.campus_id, rule.division_id, rule.department_id)
        if place in seen:
            twice.append(rule.pk)
        seen.add(place)
    rules.filter(pk__in=twice).update(is_active=False)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0014_one_index_less_to_write")]

    operations = [migrations.RunPython(let_the_others_sleep, migrations.RunPython.noop)]
