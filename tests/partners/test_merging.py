"""Two organizations of the directory become one, with a record of it, and two again."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from partners.correcting import correct_organization
from partners.directory import candidates
from partners.merging import (
    merge_organizations,
    merger_of,
    pointing_relations,
    undo_merge,
    why_not_undo,
)
from partners.models import Alias, Contact, Engagement, Organization, OrganizationMerge
from partners.services import share
from tests.factories import make_submitted
from tests.partners.asking import received
from tests.partners.sharing import answers_naming, share_it, summarized

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(cast) -> Organization:
    make_submitted()
    return Organization.objects.get(name="Tallgrass Fasteners")


@pytest.fixture
def merged(cast, kept) -> Organization:
    """The same one by another name, with all that can point at it."""
    make_submitted(
        cast.other_proposer,
        answers=answers_naming(
            org_name="Tallgrass Inc.",
            website="https://tallgrass.example",
            contact_name="Rae Doe",
            contact_email="rae@tallgrass.example",
        ),
    )
    row = Organization.objects.get(name="Tallgrass Inc.")
    Alias.objects.create(organization=row, name="TG Inc")
    inquiry = received()
    inquiry.organization = row
    inquiry.save()
    return row


def merge(kept, merged, cast) -> OrganizationMerge:
    return merge_organizations(kept=kept, merged=merged, by=cast.oxford)


def pointing_at(organization: Organization) -> dict[str, int]:
    found = {
        relation.related_model.__name__: relation.related_model.objects.filter(
            **{relation.field.name: organization}
        ).count()
        for relation in pointing_relations()
    }
    return found | {"Contact": organization.contacts.count()}


def test_all_that_pointed_at_one_points_at_the_other(cast, kept, merged):
    merge(kept, merged, cast)

    assert {name for name, number in pointing_at(merged).items() if number} == set()
    now = pointing_at(kept)
    assert (now["Engagement"], now["Inquiry"], now["Contact"], now["Alias"]) == (2, 1, 2, 2)


def test_each_key_to_an_organization_moves_or_is_a_record(db):
    """A new model that points here is moved by itself; one that hides its key must be history."""
    moved = {relation.field for relation in pointing_relations()}
    everything = {
        field
        for field in Organization._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and not field.many_to_many
    }
    left = {str(relation.field) for relation in everything if relation.field not in moved}

    assert left == {
        "partners.OrganizationMerge.kept",
        "partners.OrganizationMerge.merged",
        "partners.Contact_organizations.organization",
    }


def test_facts_that_were_empty_are_filled_and_others_stay(cast, kept, merged):
    merge(kept, merged, cast)

    kept.refresh_from_db()
    assert (kept.name, kept.place, kept.website) == (
        "Tallgrass Fasteners",
        "Hamilton, Ohio",
        "https://tallgrass.example",
    )


@pytest.mark.parametrize("name", ["Tallgrass Inc.", "TALLGRASS INC.", "TG Inc"])
def test_a_name_that_was_merged_away_keeps_matching(cast, kept, merged, name):
    merge(kept, merged, cast)

    again = make_submitted(cast.other_proposer, answers=answers_naming(org_name=name))

    assert again.engagements.get().organization == kept


def test_it_is_suggested_no_more(cast, kept, merged):
    merge(kept, merged, cast)

    found = [each.organization for each in candidates(name="Tallgrass Inc.")]
    assert found == [kept]


def test_the_record_says_who_when_and_what_and_stays(cast, kept, merged):
    record = merge(kept, merged, cast)

    moved = Engagement.objects.get(contact__email="rae@tallgrass.example")
    assert record.by == cast.oxford
    assert record.moved["rows"]["partners.engagement"] == [moved.pk]
    assert record.moved["filled"] == {"website": ""}
    for change in (
        lambda: OrganizationMerge.objects.update(moved={}),
        lambda: OrganizationMerge.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_undone_both_have_what_they_had(cast, kept, merged):
    before = pointing_at(kept), pointing_at(merged)
    record = merge(kept, merged, cast)

    undo_merge(merge=record, by=cast.lead)

    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (pointing_at(kept), pointing_at(merged)) == before
    assert (kept.website, merged.merged_into) == ("", None)
    record.refresh_from_db()
    assert record.undone_by == cast.lead


def test_undone_it_can_be_merged_again(cast, kept, merged):
    undo_merge(merge=merge(kept, merged, cast), by=cast.oxford)

    merge(kept, merged, cast)

    assert OrganizationMerge.objects.count() == 2


def test_what_came_since_stays_where_it_is(cast, kept, merged):
    record = merge(kept, merged, cast)
    later = make_submitted(cast.other_proposer, answers=answers_naming(org_name="TG Inc"))

    undo_merge(merge=record, by=cast.oxford)

    assert later.engagements.get().organization == kept


def test_not_undone_twice(cast, kept, merged):
    record = merge(kept, merged, cast)
    undo_merge(merge=record, by=cast.oxford)

    with pytest.raises(ValidationError, match="undone already"):
        undo_merge(merge=record, by=cast.oxford)


def test_not_undone_below_a_later_merge(cast, kept, merged):
    record = merge(kept, merged, cast)
    third = Organization.objects.create(name="Third")
    above = merge(third, kept, cast)

    with pytest.raises(ValidationError, match="merged into Third since. Undo that first"):
        undo_merge(merge=record, by=cast.oxford)
    merged.refresh_from_db()
    assert merged.merged_into == third

    undo_merge(merge=above, by=cast.oxford)
    undo_merge(merge=record, by=cast.oxford)
    merged.refresh_from_db()
    assert merged.merged_into is None


def test_not_undone_where_a_moved_record_was_corrected_since(cast, kept, merged):
    record = merge(kept, merged, cast)
    moved = Engagement.objects.get(contact__email="rae@tallgrass.example")
    third = Organization.objects.create(name="Third")
    correct_organization(engagement=moved, organization=third, by=cast.oxford)

    assert why_not_undo(record) == [
        "1 record that moved from Tallgrass Inc. points elsewhere now, by a later correction."
    ]


def test_not_undone_where_its_people_follow_what_is_the_others(cast, kept, merged):
    record = merge(kept, merged, cast)
    engagement = Engagement.objects.get(contact__email="pat@tallgrass.example")
    summarized(engagement.proposal)
    share_it(engagement.proposal, cast.oxford)
    assert why_not_undo(record) == []
    share(
        engagement=engagement,
        contact=Contact.objects.get(email="rae@tallgrass.example"),
        by=cast.oxford,
    )

    [why] = why_not_undo(record)
    assert engagement.proposal.reference in why


def test_an_organization_is_not_merged_into_itself_or_into_what_is_gone(cast, kept, merged):
    with pytest.raises(ValidationError, match="another organization"):
        merge(kept, kept, cast)
    merge(kept, merged, cast)
    third = Organization.objects.create(name="Third")
    with pytest.raises(ValidationError, match="has been merged into Tallgrass Fasteners"):
        merge(merged, third, cast)


def test_before_they_merge_staff_see_what_will_be_so(cast, kept, merged):
    seen = merger_of(kept, merged)
    merge(kept, merged, cast)
    then = merger_of(Organization.objects.get(pk=kept.pk), merged).kept

    assert (seen.after.names, seen.after.facts) == (
        sorted(then.names, key=str.casefold),
        then.facts,
    )
    assert (seen.after.contacts, seen.after.holdings) == (then.contacts, then.holdings)
