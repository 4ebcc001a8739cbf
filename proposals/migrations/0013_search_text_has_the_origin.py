from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proposals", "0012_proposal_has_the_orders_of_the_desk")]

    operations = [
        migrations.AddField(
            model_name="searchtext",
            name="origin",
            field=models.CharField(
                blank=True, db_default="", help_text="How the idea started.", max_length=30
            ),
        ),
        migrations.AddIndex(
            model_name="searchtext",
            index=models.Index(fields=["origin", "proposal"], name="search_text_origin"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["submitted_at"], name="proposal_received"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["reached_committee_at"], name="proposal_reached_committee"),
        ),
        migrations.AddIndex(
            model_name="proposal",
            index=models.Index(fields=["reached_deans_at"], name="proposal_reached_deans"),
        ),
    ]
