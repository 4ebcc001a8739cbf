from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_delete, post_save


class ReviewsConfig(AppConfig):
    name = "reviews"

    def ready(self) -> None:
        from reviews.holidays import forget_days_off

        for changed in (post_save, post_delete):
            changed.connect(forget_days_off, sender="reviews.Holiday")
        # Reads models and forms, which are there only now.
        from reviews.checks import check_workflow

        register(check_workflow)
        from microcreds.outbox.digests import open_with
        from reviews.asks.digest import waiting_on

        open_with(waiting_on)
