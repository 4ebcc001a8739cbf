from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_to_dos_and_talks")]

    operations = [
        migrations.AddIndex(
            model_name="stagechange",
            index=models.Index(
                condition=models.Q(
                    (
                        "move__in",
                        (
                            "cancel",
                            "consent",
                            "decline",
                            "merge",
                            "recommend_with_conditions",
                            "redirect",
                            "reopen",
                            "withdraw",
                        ),
                    )
                ),
                fields=["at", "move"],
                name="stage_change_decides",
            ),
        ),
    ]
