"""What staff do with an inquiry, who may, and what the directory makes of a name."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.utils import DatabaseError

from microcreds.outbox.models import Message
from partners.directory import candidates
from partners.models import Alias, Contact, Inquiry, InquiryEntry, Organization
from partners.services import open_engagements
from reviews.inquiries import working
from tests.factories import make_draft, make_submitted
from tests.partners.asking import asked, received
from tests.partners.sharing import answers_naming

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def inquiry(cast) -> Inquiry:
    return received()


def history(inquiry: Inquiry) -> list[str]:
    return list(inquiry.entries.order_by("pk").values_list("kind", flat=True))


def sent(event: str) -> list[str]:
    return sorted(Message.objects.filter(event=event).values_list("to", flat=True))


def test_whoever_takes_it_owns_it_for_their_unit(inquiry, oxford):
    row = working.give(inquiry=inquiry, to=oxford, by=oxford)

    assert (row.owner, row.unit_id, row.state) == (oxford, *oxford.unit_ids, "reading")
    assert sent("inquiry_assigned") == []


def test_an_owner_chosen_by_another_is_told_once(inquiry, oxford, lead):
    for _ in range(2):
        working.give(inquiry=inquiry, to=oxford, by=lead)

    assert sent("inquiry_assigned") == ["ola@miami.example"]
    assert history(inquiry) == ["confirmed", "taken"]


def test_another_units_staff_do_not_work_on_it(inquiry, oxford, regionals):
    working.give(inquiry=inquiry, to=oxford, by=oxford)

    for refused in (
        lambda: working.give(inquiry=inquiry, to=regionals, by=regionals),
        lambda: working.answer(inquiry=inquiry, words="Hello", by=regionals),
        lambda: working.close(inquiry=inquiry, reason="no_team", by=regionals),
        lambda: working.name_organization(inquiry=inquiry, organization=None, by=regionals),
    ):
        with pytest.raises(ValidationError):
            refused()
    with pytest.raises(ValidationError, match="works for its unit"):
        working.give(inquiry=inquiry, to=regionals, by=oxford)


def test_an_answer_is_mailed_kept_and_stops_the_clock(inquiry, oxford):
    row = working.answer(
        inquiry=inquiry, words="Two courses fit.\r\nWe ring you.", by=oxford, at=AT
    )

    mail = Message.objects.get(event="inquiry_answer")
    assert (mail.to, mail.reply_to) == ("jo@ridgeway.example", row.unit.email)
    assert "> Two courses fit.\n> We ring you." in mail.body
    assert (row.first_answered_at, row.owner) == (AT, oxford)
    assert row.entries.get(kind="answered").words == "Two courses fit.\nWe ring you."


def test_late_is_what_nobody_answered_in_time(inquiry, oxford):
    day = inquiry.answer_by

    assert not Inquiry.objects.late(day).exists()
    assert Inquiry.objects.late(day.replace(year=day.year + 1)).get() == inquiry
    working.answer(inquiry=inquiry, words="Hello", by=oxford)
    assert not Inquiry.objects.late(day.replace(year=day.year + 1)).exists()


def test_closing_says_why_to_its_sender(inquiry, oxford):
    row = working.close(inquiry=inquiry, reason="no_team", words="Try us in May.", by=oxford)

    said = "We found no faculty team for it just now.\n\nTry us in May."
    assert (row.state, row.closing_words, row.closed_from) == ("closed", said, "received")
    assert "> Try us in May." in Message.objects.get(event="inquiry_closed").body


def test_nobody_is_mailed_about_one_that_is_not_genuine(inquiry, oxford):
    working.close(inquiry=inquiry, reason="not_genuine", by=oxford)

    assert sent("inquiry_closed") == []


def test_closing_takes_an_open_ask_back(inquiry, oxford, proposer):
    ask = asked(inquiry, proposer, oxford)
    working.close(inquiry=inquiry, reason="timing", by=oxford)

    ask.refresh_from_db()
    assert ask.state == "ended"
    assert Message.objects.get(event="faculty_asked").state == "recalled"


def test_what_is_closed_can_be_taken_up_again(inquiry, oxford):
    working.close(inquiry=inquiry, reason="timing", by=oxford)
    with pytest.raises(ValidationError, match="no longer open"):
        working.answer(inquiry=inquiry, words="Hello", by=oxford)

    row = working.reopen(inquiry=inquiry, by=oxford)

    assert (row.state, row.reason, row.owner) == ("reading", "", oxford)


def test_passing_on_tells_the_other_unit_why_and_keeps_the_day(inquiry, oxford, regionals):
    working.give(inquiry=inquiry, to=oxford, by=oxford)
    unit = regionals.roles.get().unit

    row = working.pass_on(inquiry=inquiry, unit=unit, words="It is near Hamilton.", by=oxford)

    assert (row.unit, row.owner, row.state, row.answer_by) == (
        unit,
        None,
        "received",
        inquiry.answer_by,
    )
    assert sent("inquiry_passed_on") == ["ria@miami.example"]
    assert "> It is near Hamilton." in Message.objects.get(event="inquiry_passed_on").body


def test_history_is_written_once(inquiry):
    entry = inquiry.entries.get()

    for change in (lambda: entry.delete(), lambda: InquiryEntry.objects.update(words="else")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_directory_suggests_by_name_alias_website_and_address(db):
    names = {
        "Ridgeway Bearing Co": "",
        "RB Industries": "https://www.ridgeway.example/us",
        "Marsh Group": "",
        "Other Works": "",
        "Quite Different": "",
    }
    made = {name: Organization.objects.create(name=name, website=w) for name, w in names.items()}
    Alias.objects.create(organization=made["Marsh Group"], name="Ridgeway Bearings Inc")
    kim = Contact.objects.create(name="Kim", email="kim@ridgeway.example")
    kim.organizations.add(made["Other Works"])

    found = candidates(
        name="Ridgeway Bearings", website="https://ridgeway.example", email="jo@ridgeway.example"
    )

    assert {each.organization.name for each in found} == set(names) - {"Quite Different"}
    assert all(each.why for each in found)


@pytest.mark.parametrize("typed", ["Clínica Norte", "Clinica Norte"])
def test_a_name_with_other_accents_is_the_same(db, typed):
    Organization.objects.create(name="Clínica Norte", place="Hamilton")
    other = Organization.objects.create(name="Clinica del Norte y Sur")
    Alias.objects.create(organization=other, name="Clinica Norte")

    assert [each.why for each in candidates(name=typed)] == [["Name 100 % the same"]] * 2


def test_an_address_at_a_mail_provider_says_nothing(db):
    kim = Contact.objects.create(name="Kim", email="kim@gmail.com")
    kim.organizations.add(Organization.objects.create(name="Other Works"))

    assert candidates(name="Ridgeway Bearings", email="jo@gmail.com") == []


def test_the_same_organization_keeps_the_other_name(inquiry, oxford):
    known = Organization.objects.create(name="Ridgeway Bearings Company")

    row = working.name_organization(inquiry=inquiry, organization=known, by=oxford)
    noted = inquiry.entries.count()
    working.name_organization(inquiry=inquiry, organization=known, by=oxford)

    assert inquiry.entries.count() == noted
    assert (row.organization, known.aliases.get().name) == (known, "Ridgeway Bearings")
    assert list(inquiry.contact.organizations.all()) == [known]


def test_a_new_organization_is_new_once(inquiry, oxford):
    working.name_organization(inquiry=inquiry, organization=None, by=oxford)

    assert Organization.objects.get().place == "Hamilton, Ohio"
    with pytest.raises(ValidationError, match="in the directory already"):
        working.name_organization(inquiry=inquiry, organization=None, by=oxford)


@pytest.mark.parametrize(
    ("place", "is_found"), [("Hamilton, Ohio", True), ("", True), ("Reno", False)]
)
def test_a_form_finds_an_organization_by_a_confirmed_name(cast, place, is_found):
    known = Organization.objects.create(name="Tallgrass Inc", place=place)
    Alias.objects.create(organization=known, name="tallgrass fasteners")

    proposal = make_submitted()

    assert (proposal.engagements.get().organization == known) is is_found


def test_a_name_that_two_have_decides_nothing(cast):
    for name in ("Tallgrass Inc", "Tall Group"):
        known = Organization.objects.create(name=name)
        Alias.objects.create(organization=known, name="Tallgrass Fasteners")
    draft = make_draft(answers=answers_naming())

    [opened] = open_engagements(proposal=draft)

    assert opened.organization.name == "Tallgrass Fasteners"
