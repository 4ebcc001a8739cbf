from django.apps import AppConfig
from django.core.checks import register


class ReviewsConfig(AppConfig):
    name = "reviews"

    def ready(self) -> None:
        # Reads models and forms, which are there only now.
        from reviews.checks import check_workflow

        register(check_workflow)
