from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class AccountsConfig(AppConfig):
    name = "microcreds.accounts"
    verbose_name = "People and units"

    def ready(self) -> None:
        from microcreds.accounts.contacts import forget_units

        for changed in (post_save, post_delete):
            changed.connect(forget_units, sender="accounts.Unit")
