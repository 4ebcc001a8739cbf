from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from microcreds.accounts.models import Campus, Department, Role, Unit, User
from proposals.models import Term
from proposals.terms import terms_of
from reviews.holidays import holidays_of
from reviews.models import Holiday

pytestmark = pytest.mark.django_db


def setup(*words: str) -> str:
    out = StringIO()
    call_command("setup", *words, stdout=out)
    return out.getvalue()


def test_a_fresh_database_gets_what_the_form_asks_for():
    setup()

    assert Unit.objects.count() == 2
    assert Campus.objects.get(name="Hamilton").unit.name == "Regionals E-Campus"
    assert Campus.objects.last().unit is None  # "not sure yet" comes last and has no unit
    assert Department.objects.filter(name="Engineering Technology").exists()
    assert Term.objects.filter(ends_on__gte=date.today()).count() == 8
    assert Holiday.objects.filter(on__year=date.today().year + 2).exists()


def test_repeating_it_keeps_what_staff_changed():
    setup()
    Campus.objects.filter(name="Oxford").update(name="Oxford, Ohio")
    Holiday.objects.filter(name="Columbus Day").delete()
    before = [model.objects.count() for model in (Unit, Campus, Department, Term, Holiday)]

    setup()

    assert [m.objects.count() for m in (Unit, Campus, Department, Term, Holiday)] == before
    assert not Campus.objects.filter(name="Oxford").exists()


def test_the_first_lead_is_told_how_to_sign_in():
    said = setup("--lead", "Jo@MiamiOH.edu", "--name", "Jo Park")
    setup("--lead", "jo@miamioh.edu")

    jo = User.objects.get()
    assert (jo.email, jo.name, jo.is_lead) == ("jo@miamioh.edu", "Jo Park", True)
    assert Role.objects.count() == 1
    assert "http://testserver/accounts/login/code/" in said


@pytest.mark.parametrize("words", [("--lead", "nonsense"), ("--lead", "new@miamioh.edu")])
def test_a_lead_without_address_or_name_is_refused_and_nothing_is_written(words):
    with pytest.raises(CommandError):
        setup(*words)

    assert not User.objects.exists()
    assert not Unit.objects.exists()


@pytest.mark.parametrize("year", range(2024, 2040))
def test_terms_follow_each_other(year):
    terms = terms_of(year)

    assert [term.name.split()[0] for term in terms] == ["Winter", "Spring", "Summer", "Fall"]
    for earlier, later in zip(terms, [*terms[1:], terms_of(year + 1)[0]], strict=True):
        assert earlier.starts_on < earlier.ends_on < later.starts_on


def test_holidays_of_a_year_that_is_known():
    days = holidays_of(2026)

    assert days[date(2026, 5, 25)] == "Memorial Day"
    assert days[date(2026, 7, 3)] == "Independence Day"  # the 4th is a Saturday
    assert days[date(2026, 11, 26)] == "Thanksgiving"
    assert days[date(2026, 12, 25)] == "Christmas Day"
