"""What staff correct of an engagement, and that it holds when the form is sent again."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from partners.correcting import (
    correct_contact,
    correct_organization,
    correct_to_new_contact,
    correct_to_new_organization,
    write_note,
)
from partners.models import Contact, Engagement, EngagementEntry, Organization
from proposals.models import NamedPartner, Stage
from tests.factories import make_at, make_submitted, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement(cast) -> Engagement:
    return make_at(Stage.RETURNED).engagements.get()


@pytest.fixture
def other(db) -> Organization:
    return Organization.objects.create(name="Tallgrass Holding", place="Dayton, Ohio")


def entries(engagement: Engagement) -> list[tuple[str, str, str, str]]:
    return [(each.kind, each.by.name, each.was, each.now) for each in engagement.entries.all()]


def test_the_organization_is_another_and_the_history_says_so(cast, engagement, other):
    correct_organization(engagement=engagement, organization=other, by=cast.oxford)

    assert entries(engagement) == [
        (
            "organization",
            "Ola Oxford",
            "Tallgrass Fasteners, Hamilton, Ohio",
            "Tallgrass Holding, Dayton, Ohio",
        )
    ]
    engagement.refresh_from_db()
    assert engagement.organization == other
    assert other in engagement.contact.organizations.all()


def test_a_corrected_organization_holds_when_the_form_is_sent_again(cast, engagement, other):
    correct_organization(engagement=engagement, organization=other, by=cast.oxford)

    send(engagement.proposal)

    assert engagement.proposal.engagements.get().organization == other


def test_it_holds_when_the_form_names_it_otherwise_and_makes_no_new_one(cast, engagement, other):
    correct_organization(engagement=engagement, organization=other, by=cast.oxford)
    NamedPartner.objects.filter(engagement=engagement).update(org_name="Tall Grass Inc")

    send(engagement.proposal)

    assert engagement.proposal.engagements.get().organization == other
    assert not Organization.objects.filter(name="Tall Grass Inc").exists()


def test_it_can_be_one_that_is_new(cast, engagement, other):
    new = {"name": "Grass & Sons", "place": "Troy, Ohio", "by": cast.oxford}
    correct_to_new_organization(engagement=engagement, **new)

    send(engagement.proposal)

    assert engagement.proposal.engagements.get().organization.name == "Grass & Sons"
    with pytest.raises(ValidationError, match="in the directory already"):
        correct_to_new_organization(engagement=engagement, **new)


def test_without_a_correction_the_form_decides(cast, engagement):
    NamedPartner.objects.filter(engagement=engagement).update(org_name="Tall Grass Inc")

    send(engagement.proposal)

    assert engagement.proposal.engagements.get().organization.name == "Tall Grass Inc"


def test_the_name_of_the_form_means_it_from_now_on_where_staff_say_so(cast, engagement, other):
    correct_organization(
        engagement=engagement, organization=other, by=cast.oxford, is_another_name=True
    )
    Organization.objects.filter(name="Tallgrass Fasteners").update(name="Somebody else")
    NamedPartner.objects.update(place="")
    again = make_submitted(cast.other_proposer)

    assert other.aliases.get().name == "Tallgrass Fasteners"
    assert again.engagements.get().organization.name == "Tallgrass Fasteners"


def test_a_corrected_contact_holds_when_the_form_is_sent_again(cast, engagement):
    correct_to_new_contact(
        engagement=engagement, name="Rae Right", email="rae@tallgrass.example", by=cast.oxford
    )
    right = Contact.objects.get(name="Rae Right")

    send(engagement.proposal)

    kept = engagement.proposal.engagements.get()
    assert kept.contact == right
    assert right in kept.organization.contacts.all()
    assert entries(kept) == [
        (
            "contact",
            "Ola Oxford",
            "Pat Doe <pat@tallgrass.example>",
            "Rae Right <rae@tallgrass.example>",
        )
    ]


def test_nobody_can_be_the_contact(cast, engagement):
    correct_contact(engagement=engagement, contact=None, by=cast.oxford)

    send(engagement.proposal)

    assert engagement.proposal.engagements.get().contact is None


def test_a_known_address_is_the_person_who_is_there(cast, engagement):
    correct_to_new_contact(
        engagement=engagement, name="Somebody", email="PAT@tallgrass.example", by=cast.oxford
    )

    assert [contact.name for contact in Contact.objects.all()] == ["Pat Doe"]
    assert entries(engagement) == []


def test_the_same_again_leaves_no_trace(cast, engagement):
    correct_organization(
        engagement=engagement, organization=engagement.organization, by=cast.oxford
    )
    correct_contact(engagement=engagement, contact=engagement.contact, by=cast.oxford)
    write_note(engagement=engagement, note=" ", seen="", by=cast.oxford)

    assert entries(engagement) == []


def test_a_note_keeps_what_it_said_before(cast, engagement):
    write_note(engagement=engagement, note="They also talk to Ohio U.", seen="", by=cast.oxford)
    write_note(
        engagement=engagement, note="No more.", seen="They also talk to Ohio U.", by=cast.lead
    )

    assert entries(engagement) == [
        ("note", "Lena Lead", "They also talk to Ohio U.", "No more."),
        ("note", "Ola Oxford", "", "They also talk to Ohio U."),
    ]


def test_nobody_writes_over_a_note_they_have_not_read(cast, engagement):
    write_note(engagement=engagement, note="One.", seen="", by=cast.oxford)

    with pytest.raises(ValidationError, match="while you wrote"):
        write_note(engagement=engagement, note="Two.", seen="", by=cast.lead)
    with pytest.raises(ValidationError, match="2,000"):
        write_note(engagement=engagement, note="x" * 2001, seen="One.", by=cast.lead)


def test_a_merged_organization_is_nobodys(cast, engagement, other):
    gone = Organization.objects.create(name="Gone", merged_into=other)

    with pytest.raises(ValidationError, match="merged into another"):
        correct_organization(engagement=engagement, organization=gone, by=cast.oxford)


def test_the_history_is_written_once(cast, engagement):
    write_note(engagement=engagement, note="One.", seen="", by=cast.oxford)

    for change in (
        lambda: EngagementEntry.objects.update(now="Another."),
        lambda: EngagementEntry.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
