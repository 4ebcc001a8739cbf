from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0006_policies_routing_absences_and_hand_overs")]

    operations = [
        migrations.AddIndex(
            model_name="stagechange",
            index=models.Index(fields=["at"], name="stage_change_at"),
        ),
    ]
