from django.db import migrations, models

DECIDING = models.Q(
    move__in=(
        "cancel",
        "consent",
        "decline",
        "merge",
        "recommend_with_conditions",
        "redirect",
        "reopen",
        "withdraw",
    )
)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0009_queues_and_exports")]

    operations = [
        migrations.AddIndex(
            model_name="stagechange",
            index=models.Index(
                fields=["at", "move"], condition=DECIDING, name="stage_change_decides"
            ),
        ),
        migrations.AddIndex(
            model_name="stagechange",
            index=models.Index(
                fields=["proposal", "-id"], condition=DECIDING, name="stage_change_decided_of"
            ),
        ),
    ]
