from django.contrib.admin import apps

from microcreds import checks


class AdminConfig(apps.AdminConfig):
    default_site = "microcreds.admin_site.AdminSite"
