from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_to_dos_and_talks")]

    operations = [
        migrations.AddIndex(
            model_name="stagechange",
            index=models.Index(fields=["at"], name="stage_change_at"),
        ),
    ]
