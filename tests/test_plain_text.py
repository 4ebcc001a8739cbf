"""Words are found whatever accents they have, where they stand and as they are typed."""

import pytest
from django.contrib import admin
from django.db import connection

from microcreds.accounts.models import Division

# Columns of which every list knows that they hold addresses, references and numbers: no words.
NO_WORDS = ("reference", "about", "email", "address", "sender", "to", "buyway_number")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("MUÑOZ", "munoz"),
        ("Mun\u0303oz", "munoz"),  # the tilde by itself, as some systems copy it
        ("Łódź Straße Ærø", "lodz strasse aero"),
        ("测试", "测试"),
        ("", ""),
    ],
)
def test_text_is_plain_also_while_a_dump_is_restored(written, plain):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = ''")
        cursor.execute("SELECT public.plain_text(%s)", [written])
        assert cursor.fetchone() == (plain,)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["Salud Pública", "salud publica", "SALUD PÚBLICA", "blica"])
@pytest.mark.parametrize("stored", ["Salud Pública", "Salud Publica"])
def test_words_are_found_either_way(typed, stored):
    Division.objects.create(name=stored)
    assert Division.objects.filter(name__plain__contains=typed).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["%", "_", "\\", "Pub%ca"])
def test_what_is_typed_is_no_pattern(typed):
    Division.objects.create(name="Salud Pública")
    assert not Division.objects.filter(name__plain__contains=typed).exists()


def test_lists_of_the_admin_look_for_words_whatever_their_accents():
    searched = {
        f"{model.__name__}.{name}"
        for model, its in admin.site._registry.items()
        for name in its.search_fields
        if not name.endswith("__plain") and name.split("__")[-1] not in NO_WORDS
    }
    assert searched == set()
