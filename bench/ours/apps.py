from django.apps import AppConfig


class OursConfig(AppConfig):
    name = "bench.ours"
    label = "bench_ours"
