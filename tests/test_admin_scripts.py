"""Which scripts and inputs the forms of the admin bring, and what they answer when refused."""

import pytest

from reviews.models import Absence, Holiday

pytestmark = pytest.mark.django_db
SLUGS = ("xregexp", "urlify", "prepopulate", "actions.js", "calendar.js", "jsi18n")
FORMS = ["/admin/reviews/absence/add/", "/admin/accounts/role/add/", "/admin/partners/contact/add/"]


@pytest.mark.parametrize("path", FORMS)
def test_a_form_brings_no_script_that_it_does_not_use(client, lead, path):
    client.force_login(lead)
    page = client.get(path).content.decode()
    assert [name for name in SLUGS if name in page] == []
    assert "RelatedObjectLookups" in page


@pytest.mark.parametrize("name", ["accounts/user", "reviews/holiday"])
def test_a_form_without_a_row_of_another_list_brings_no_script_for_one(client, lead, name):
    client.force_login(lead)
    page = client.get(f"/admin/{name}/add/").content.decode()
    assert ["jquery" in page, "RelatedObjectLookups" in page] == [False, False]


def test_a_list_brings_only_what_it_ticks_and_narrows_with(client, lead):
    client.force_login(lead)
    page = client.get("/admin/partners/contact/").content.decode()
    assert "jquery" not in page
    assert ("actions.js" in page, "jsi18n" in page) == (True, True)


def test_a_list_that_is_looked_up_in_brings_what_gives_the_row_back(client, lead):
    client.force_login(lead)
    page = client.get("/admin/partners/organization/?_popup=1&_to_field=id").content.decode()
    assert [name in page for name in ("jquery.min", "RelatedObjectLookups")] == [True, True]


def test_a_day_is_entered_in_the_input_of_the_browser_and_kept(client, lead, oxford):
    client.force_login(lead)
    typed = {
        "person": oxford.pk,
        "stand_in": lead.pk,
        "starts_on": "2026-12-21",
        "ends_on": "2026-12-31",
    }
    page = client.get("/admin/reviews/absence/add/").content.decode()
    client.post("/admin/reviews/absence/add/", typed)
    assert page.count('type="date"') == 2
    assert Absence.objects.get().ends_on.isoformat() == "2026-12-31"


REFUSED = ["reviews/absence", "reviews/holiday", "reviews/routingrule", "reviews/checklistitem"]


@pytest.mark.parametrize("name", [*REFUSED, "accounts/role", "accounts/user", "partners/contact"])
def test_a_form_that_is_refused_answers_422(client, lead, name):
    client.force_login(lead)
    refused = client.post(f"/admin/{name}/add/", {})
    assert (refused.status_code, b"Please correct the error" in refused.content) == (422, True)


def test_a_day_in_a_list_reads_as_on_all_other_pages(client, lead):
    Holiday.objects.create(on="2028-12-25", name="Christmas Day")
    client.force_login(lead)
    page = client.get("/admin/reviews/holiday/").content.decode()
    assert ">Mon 25 Dec 2028<" in page
