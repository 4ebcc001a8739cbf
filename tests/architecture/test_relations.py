"""A relation counts as an import: it points at its own app or further right (design.md §3, 2)."""

from django.apps import apps

ORDER = ["accounts", "outbox", "proposals", "partners", "reviews"]
LIBRARIES = {"auth", "contenttypes", "admin", "sessions", "account"}


def relations() -> list[tuple[str, str, str]]:
    """Every relation of our models, declared or hidden, as (from app, to app, how to say it)."""
    return [
        (model._meta.app_label, field.related_model._meta.app_label, str(field))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ORDER
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation and not field.auto_created and field.related_model
    ]


def points_left(start: str, end: str) -> bool:
    return end not in LIBRARIES and ORDER.index(end) > ORDER.index(start)


def test_relations_point_right_only():
    found = relations()
    assert len(found) > 40
    assert [how for start, end, how in found if points_left(start, end)] == []


def test_a_relation_that_points_left_would_be_found():
    assert points_left("proposals", "reviews")
    assert not points_left("reviews", "proposals")
