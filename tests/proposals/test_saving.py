"""Saving a page: what changed goes in, two editors meet, rows are nobody else's."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError

from microcreds.accounts.models import Department, User
from proposals import services
from proposals.interest import PAGES, missing
from proposals.models import InterestEdit, NamedPartner, Participant, Proposal, Stage
from tests.factories import make_department, whole_answers

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return User.objects.create_user("owner@miami.example", name="Olive Owner")


@pytest.fixture
def colleague():
    return User.objects.create_user("colleague@miami.example", name="Carl Colleague")


@pytest.fixture
def draft(owner):
    return services.create_draft(owner=owner, working_title="Sampling for shift leads", at=AT)


def save(draft, page, answers, *, version=None, by=None):
    """Save on the newest version unless told."""
    draft.interest.refresh_from_db()
    return services.save_page(
        proposal=draft,
        page=page,
        answers=answers,
        form_version=draft.interest.version if version is None else version,
        by=by or draft.submitter,
        at=AT,
    )


def answers(draft, confidential=True):
    return services.answers_of(
        Proposal.objects.with_answers().get(pk=draft.pk), confidential=confidential
    )


def fill(draft):
    for page, given in whole_answers().items():
        save(draft, page, given)


def test_a_whole_form_lacks_nothing_and_reads_back(draft):
    fill(draft)

    assert missing(answers(draft)) == []
    assert answers(draft)["partners"][0]["org_name"] == "Tallgrass Fasteners"
    assert answers(draft)["names"]["campus_home"] == "Oxford"


@pytest.mark.parametrize("key", PAGES)
def test_saving_the_same_again_changes_nothing(draft, key):
    fill(draft)
    stored = answers(draft)
    edits = InterestEdit.objects.count()

    saved = save(draft, key, {each: stored.get(each, "") for each in whole_answers()[key]})

    assert (saved.is_changed, saved.version) == (False, edits + 1)
    assert InterestEdit.objects.count() == edits


def test_a_question_that_was_not_sent_stays(draft):
    save(draft, "shape", {"credit_kind": "credit", "effort_hours": 30})
    save(draft, "shape", {"credit_kind": "both"})

    assert answers(draft)["effort_hours"] == 30
    assert answers(draft)["credit_kind"] == "both"


def test_an_emptied_answer_is_gone_but_the_title_never(draft):
    save(draft, "need", {"working_title": "Another name", "audience_note": "Adults"})
    save(draft, "need", {"working_title": "", "audience_note": ""})

    assert answers(draft)["working_title"] == "Another name"
    assert "audience_note" not in answers(draft)


def test_answers_of_different_questions_are_merged(draft, colleague):
    version = save(draft, "shape", {"credit_kind": "credit", "off_campus": "no"}).version
    save(draft, "shape", {"credit_kind": "both", "off_campus": "no"}, version=version, by=colleague)

    saved = save(draft, "shape", {"credit_kind": "credit", "off_campus": "yes"}, version=version)

    assert saved.conflicts == []
    assert (answers(draft)["credit_kind"], answers(draft)["off_campus"]) == ("both", "yes")


def test_the_same_answer_changed_by_both_is_a_conflict_until_saved_knowingly(draft, colleague):
    version = save(draft, "need", {"need_statement": "first"}).version
    save(draft, "need", {"need_statement": "theirs"}, version=version, by=colleague)

    saved = save(draft, "need", {"need_statement": "mine"}, version=version)

    (conflict,) = saved.conflicts
    assert (conflict.key, conflict.theirs, conflict.by) == ("need_statement", "theirs", colleague)
    assert answers(draft)["need_statement"] == "theirs"
    assert save(draft, "need", {"need_statement": "mine"}, version=saved.version).conflicts == []
    assert answers(draft)["need_statement"] == "mine"


def test_both_typed_the_same(draft, colleague):
    version = save(draft, "need", {"need_statement": "first"}).version
    save(draft, "need", {"need_statement": "same"}, version=version, by=colleague)

    saved = save(draft, "need", {"need_statement": "same"}, version=version)

    assert (saved.conflicts, saved.is_changed) == ([], False)


def test_together_is_merged_question_by_question(draft, colleague):
    version = draft.interest.version
    save(draft, "need", {"together": ["origin"]}, version=version, by=colleague)
    save(draft, "need", {"together": ["audience"]}, version=version)
    save(draft, "finish", {"together": ["help_wanted"]})

    assert set(answers(draft)["together"]) == {"origin", "audience", "help_wanted"}


@pytest.fixture
def two_rows(draft):
    """A draft with two outcomes; gives the version and both rows."""
    version = save(draft, "skills", {"outcomes": [{"text": "one"}, {"text": "two"}]}).version
    return version, *answers(draft)["outcomes"]


def outcomes(draft):
    return [row.get("text") for row in answers(draft)["outcomes"]]


def test_rows_are_merged_by_their_id(draft, colleague, two_rows):
    version, one, two = two_rows
    save(
        draft,
        "skills",
        {"outcomes": [one, two | {"text": "TWO"}, {"id": str(uuid4()), "text": "three"}]},
        version=version,
        by=colleague,
    )

    saved = save(draft, "skills", {"outcomes": [one | {"text": "ONE"}, two]}, version=version)

    assert (saved.conflicts, outcomes(draft)) == ([], ["ONE", "TWO", "three"])


def test_a_row_taken_out_goes(draft, two_rows):
    version, one, _two = two_rows

    save(draft, "skills", {"outcomes": [one]}, version=version)

    assert outcomes(draft) == ["one"]


def test_a_row_taken_out_stays_if_the_other_changed_it(draft, colleague, two_rows):
    version, one, two = two_rows
    save(draft, "skills", {"outcomes": [one, two | {"text": "TWO"}]}, version=version, by=colleague)

    saved = save(draft, "skills", {"outcomes": [one]}, version=version)

    (conflict,) = saved.conflicts
    assert (conflict.key, conflict.row_id, conflict.column) == ("outcomes", two["id"], "")
    assert outcomes(draft) == ["one", "TWO"]


def test_a_row_the_other_took_out_comes_back_with_what_was_typed(draft, colleague, two_rows):
    version, one, two = two_rows
    save(draft, "skills", {"outcomes": [one]}, version=version, by=colleague)

    save(draft, "skills", {"outcomes": [one, two | {"text": "TWO"}]}, version=version)

    assert outcomes(draft) == ["one", "TWO"]


def test_a_row_the_other_took_out_stays_out_if_untouched(draft, colleague, two_rows):
    version, one, two = two_rows
    save(draft, "skills", {"outcomes": [one]}, version=version, by=colleague)

    save(draft, "skills", {"outcomes": [one, two]}, version=version)

    assert outcomes(draft) == ["one"]


def test_the_same_post_twice_makes_one_row(draft):
    version = draft.interest.version
    posted = {"outcomes": [{"id": str(uuid4()), "text": "one"}]}
    save(draft, "skills", posted, version=version)

    saved = save(draft, "skills", posted, version=version)

    assert (saved.is_changed, outcomes(draft)) == (False, ["one"])


def test_a_row_id_of_another_proposal_is_not_touched(draft, owner):
    theirs = services.create_draft(owner=owner, working_title="Another one", at=AT)
    save(theirs, "partners", {"partners": [{"org_name": "Theirs"}]})
    row = NamedPartner.objects.get()

    save(draft, "partners", {"partners": [{"id": str(row.pk), "org_name": "Mine"}]})

    row.refresh_from_db()
    assert (row.org_name, row.proposal_id) == ("Theirs", theirs.pk)
    assert [partner.org_name for partner in draft.named_partners.all()] == ["Mine"]


@pytest.mark.parametrize("row_id", ["", "nonsense", None, "x" * 5000])
def test_a_row_without_a_sane_id_gets_one(draft, row_id):
    save(draft, "partners", {"partners": [{"id": row_id, "org_name": "Mine"}]})

    assert draft.named_partners.count() == 1


def test_partner_rows_change_are_dropped_and_come_back(draft, owner):
    save(draft, "partners", {"partners": [{"org_name": "A"}, {"org_name": "B"}, {"org_name": "C"}]})
    a, _b, c = answers(draft)["partners"]
    save(draft, "partners", {"partners": [a | {"learners": 3}, c]})
    assert [row["org_name"] for row in answers(draft)["partners"]] == ["A", "C"]
    assert NamedPartner.objects.named().count() == 2

    services.freeze(proposal=draft, by=owner, at=AT)
    save(draft, "partners", {"partners": [a | {"learners": 3}]})

    assert NamedPartner.objects.get(pk=c["id"]).dropped_at == AT
    save(draft, "partners", {"partners": [a, c]})
    assert NamedPartner.objects.get(pk=c["id"]).dropped_at is None


def test_confidential_text_keeps_to_its_columns(draft, owner):
    row = {"org_name": "A", "confidential": "yes", "confidential_text": "secret price"}
    save(draft, "partners", {"partner_status": "yes", "partners": [row]})
    (row,) = answers(draft)["partners"]
    save(draft, "partners", {"partners": [row | {"confidential_text": "new price"}]})
    revision = services.freeze(proposal=draft, by=owner, at=AT)

    edit = InterestEdit.objects.latest("version")
    assert "secret" not in str(edit.before)
    assert list(edit.confidential_before.values()) == ["secret price"]
    assert "price" not in str(revision.answers)
    assert revision.confidential_answers == {"partners": {row["id"]: "new price"}}
    assert "price" not in str(answers(draft, confidential=False))


def test_a_department_brings_its_division_and_leaves_with_it(draft):
    department = make_department()
    other = make_department("Nursing", "Health")

    save(draft, "about", {"department": str(department.pk)})
    assert answers(draft)["division"] == str(department.division_id)

    save(draft, "about", {"division": str(other.division_id)})
    assert "department" not in answers(draft)
    assert Department.objects.count() == 2


def test_named_colleagues_may_edit_once_they_accept_until_they_are_taken_off(draft, colleague):
    named = {"name": "Carl", "email": "Colleague@Miami.example"}
    save(draft, "about", {"co_proposers": [named]})
    assert not Proposal.objects.editable_by(colleague).exists()

    services.accept_invitation(proposal=draft, user=colleague, at=AT)
    assert Proposal.objects.editable_by(colleague).get() == draft

    save(draft, "about", {"co_proposers": []})
    assert not Proposal.objects.mine(colleague).exists()


def test_the_chair_who_knows_is_admitted_and_no_other(draft, colleague):
    about = {"chair_informed": "not_yet", "chair_email": "colleague@miami.example"}
    save(draft, "about", about)
    draft.refresh_from_db()
    services.admit_named_people(proposal=draft, at=AT)
    assert not Participant.objects.exists()

    save(draft, "about", about | {"chair_informed": "yes"})
    draft = Proposal.objects.get()
    services.admit_named_people(proposal=draft, at=AT)
    assert Participant.objects.get().capacity == Participant.Capacity.CHAIR


def test_answers_are_closed_once_sent(draft):
    Proposal.objects.filter(pk=draft.pk).update(stage=Stage.SUBMITTED, submitted_at=AT)

    with pytest.raises(ValidationError):
        save(draft, "need", {"need_statement": "late"})

    Proposal.objects.filter(pk=draft.pk).update(stage=Stage.DRAFT)  # no history, so no stage


def test_a_revision_keeps_only_what_applies(draft, owner):
    fill(draft)
    save(draft, "shape", {"credits_min": 1.5})

    revision = services.freeze(proposal=draft, by=owner, at=AT, attestations={"ack_record": True})

    assert "credits_min" not in revision.answers
    assert revision.answers["attestations"]["ack_record"]["given"] is True
    assert (revision.number, services.freeze(proposal=draft, by=owner, at=AT).number) == (1, 2)


def test_the_save_statements_do_not_grow_with_the_rows(draft, django_assert_max_num_queries):
    for count in (1, 3):
        rows = [{"id": str(UUID(int=i)), "org_name": f"Partner {i}"} for i in range(count)]
        with django_assert_max_num_queries(12):
            services.save_page(
                proposal=draft,
                page="partners",
                answers={"partners": rows},
                form_version=99,
                by=draft.submitter,
                at=AT,
            )
