from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "microcreds.accounts"
    verbose_name = "People and units"
