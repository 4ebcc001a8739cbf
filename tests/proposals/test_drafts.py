"""How a proposal begins, is copied and is thrown away; internal notes."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from microcreds.accounts.models import User
from proposals import services
from proposals.models import Proposal
from tests.factories import whole_answers

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return User.objects.create_user("owner@miami.example", name="Olive Owner")


def draft_of(owner, **given):
    return services.create_draft(owner=owner, working_title="Sampling", at=AT, **given)


def test_references_count_by_the_year_on_campus(owner):
    new_year_utc = datetime(2027, 1, 1, 3, 0, tzinfo=UTC)
    made = [
        services.create_draft(owner=owner, working_title="x", at=at) for at in (AT, new_year_utc)
    ]
    later = services.create_draft(
        owner=owner, working_title="x", at=datetime(2027, 6, 1, tzinfo=UTC)
    )

    assert [p.reference for p in made] == ["MC-2026-0001", "MC-2026-0002"]
    assert later.reference == "MC-2027-0001"


def test_the_same_form_key_makes_one_draft(owner):
    key = uuid4()
    other = User.objects.create_user("other@miami.example")

    assert draft_of(owner, form_key=key) == draft_of(owner, form_key=key)
    assert draft_of(other, form_key=key).submitter == other


def test_a_copy_has_the_answers_and_rows_of_its_own(owner):
    original = draft_of(owner)
    for page, answers in whole_answers().items():
        services.save_page(
            proposal=original, page=page, answers=answers, form_version=99, by=owner, at=AT
        )
    original = Proposal.objects.with_answers().get(pk=original.pk)

    copied = services.copy_as_draft(proposal=original, by=owner, at=AT)

    old = services.answers_of(original, confidential=True)
    new = services.answers_of(Proposal.objects.with_answers().get(pk=copied.pk), confidential=True)
    ids = {row["id"] for key in ("outcomes", "job_functions", "partners") for row in old[key]}
    assert not ids & {
        row["id"] for key in ("outcomes", "job_functions", "partners") for row in new[key]
    }
    assert without_ids(new) == without_ids(old)
    assert (copied.renews, copied.submitter, copied.is_draft) == (original, owner, True)
    assert original.named_partners.count() == copied.named_partners.count() == 1


def without_ids(answers):
    return {
        key: [{k: v for k, v in row.items() if k != "id"} for row in value]
        if key in ("outcomes", "job_functions", "partners")
        else value
        for key, value in answers.items()
    }


def test_a_draft_that_was_never_sent_can_be_deleted_by_its_owner(owner):
    draft = draft_of(owner)
    other = User.objects.create_user("other@miami.example")
    with pytest.raises(ValidationError):
        services.delete_draft(proposal=draft, by=other)

    services.delete_draft(proposal=draft, by=owner)

    assert not Proposal.objects.exists()


def test_what_was_sent_once_stays(owner):
    draft = draft_of(owner)
    services.freeze(proposal=draft, by=owner, at=AT)

    with pytest.raises(ValidationError):
        services.delete_draft(proposal=draft, by=owner)
