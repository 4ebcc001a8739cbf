"""What a factory makes in few statements is what the services would have made one by one."""

import json
import re

import pytest
from allauth.account.models import EmailAddress
from django.forms import model_to_dict
from django.utils import timezone

from microcreds.accounts.models import Department, Role, Unit, User
from proposals.models import InterestForm, NamedPartner, Proposal
from tests.drafts import copied_draft, saved_draft
from tests.factories import PEOPLE, _make_of_cast, make_cast, make_draft, whole_answers

pytestmark = pytest.mark.django_db


def rows_of_people() -> list[dict[str, object]]:
    """All that was written, but for what differs each time: keys, times, passwords of no use."""
    rows = []
    for person in User.objects.order_by("email"):
        assert not person.has_usable_password()
        assert person.date_joined
        rows.append(model_to_dict(person, exclude=("id", "password", "date_joined")))
        rows += EmailAddress.objects.filter(user=person).values("email", "verified", "primary")
        rows += person.roles.values(
            "kind", "unit__name", "department__name", "starts_on", "ends_on", "given_by"
        )
    return rows + [*Unit.objects.values("name", "email"), *Department.objects.values("name")]


def test_the_whole_cast_is_as_if_each_had_been_made_alone():
    make_cast()
    at_once = rows_of_people()
    for made in (EmailAddress, Role, User, Unit, Department):
        made.objects.all().delete()

    for name in PEOPLE:
        _make_of_cast(name)

    assert rows_of_people() == at_once


def test_whoever_of_the_cast_is_there_already_stays():
    fay = _make_of_cast("proposer")

    assert make_cast().proposer == fay
    assert make_cast() == make_cast()
    assert User.objects.count() == len(PEOPLE)


ROW_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def rows_of_draft(proposal: Proposal) -> list[object]:
    """All that was written, but for keys; ids of rows of answers by the order they come in."""
    form = InterestForm.objects.filter(proposal=proposal)
    partners = NamedPartner.objects.with_confidential().filter(proposal=proposal)
    written = [
        *Proposal.objects.filter(pk=proposal.pk).values(),
        *form.values(),
        *form.get().edits.order_by("version").values(),
        *partners.order_by("position").values(),
    ]
    of_own = {"id", "reference", "proposal_id", "form_id"}
    rows = [{name: row[name] for name in row if name not in of_own} for row in written]
    rows += [str(partner.pk) for partner in partners]
    known: dict[str, str] = {}
    said = json.dumps(rows, default=str)
    return json.loads(
        ROW_ID.sub(lambda found: known.setdefault(found[0], f"row {len(known)}"), said)
    )


@pytest.mark.parametrize("changed", [{}, {"off_campus": "no"}])
def test_a_copied_draft_is_as_if_its_owner_had_saved_page_after_page(changed):
    make_draft(make_cast().other_proposer, **changed)  # its kind is known from here on
    owner, at = make_cast().proposer, timezone.now()
    pages = whole_answers()
    pages["shape"] |= changed

    copied = copied_draft(owner, pages, at)

    assert rows_of_draft(copied) == rows_of_draft(saved_draft(owner, pages, at))


def test_two_copies_share_no_row_of_an_answer():
    forms = [make_draft().interest.answers for _ in range(3)]

    ids = {row["id"] for answers in forms for row in answers["outcomes"]}
    assert len(ids) == 3 * len(forms[0]["outcomes"])
