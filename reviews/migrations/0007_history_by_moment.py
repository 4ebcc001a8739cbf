from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_looks_readings_and_triage_edits")]

    operations = [
        migrations.AddIndex(
            model_name="stagechange",
            index=models.Index(fields=["at"], name="stage_change_at"),
        ),
    ]
