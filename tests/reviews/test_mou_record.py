"""What staff write of an MoU beside its moves, and what the database holds by itself."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from microcreds.outbox.models import Message
from partners.models import Engagement, Mou, MouClause, MouEntry, MouSignatory
from proposals.models import Attachment
from proposals.services.files import documents_of, open_file, sweep
from proposals.visibility import Audience
from reviews.mou import record
from reviews.mou.record import Signing
from reviews.mou.table import MouMove, Status
from tests.factories import make_submitted
from tests.partners.memoranda import day, mou_at, moved, versioned, with_text
from tests.proposals.filing import upload

pytestmark = pytest.mark.django_db
LEAP = date(2028, 2, 29)


@pytest.fixture
def engagement(cast) -> Engagement:
    return make_submitted().engagements.get()


def facts(engagement, cast, **given) -> Mou:
    return record.save_facts(engagement=engagement, facts=given, by=cast.oxford)


def signed_by(engagement, cast, *signings) -> list[MouSignatory]:
    return record.save_signatories(engagement=engagement, signatories=signings, by=cast.oxford)


def test_each_version_has_its_number_and_says_what_changed(engagement):
    with_text(engagement)
    second = versioned(engagement)

    mou = Mou.objects.get()
    assert [each.number for each in mou.versions.all()] == [2, 1]
    assert (mou.version, second.changed) == (second, "The hours.")
    assert MouEntry.objects.first().version == second


def test_its_files_are_among_no_other_documents_and_stay_stored(engagement):
    with_text(engagement)
    for audience in Audience:
        assert not documents_of(engagement.proposal, audience).exists()
    [kept] = Attachment.objects.of_record(f"mou:{engagement.pk}")
    sweep()
    with open_file(kept) as file:
        assert file.read()


def test_a_text_is_not_changed_in_the_hands_of_the_partner(engagement, cast):
    mou_at(engagement, Status.WITH_PARTNER)

    with pytest.raises(ValidationError, match="Take it back to the draft"):
        versioned(engagement)


def test_a_signed_copy_comes_after_the_text_is_agreed_and_leaves_the_text_that_counts(engagement):
    with_text(engagement)
    with pytest.raises(ValidationError, match="no signed copy"):
        versioned(engagement, is_signed_copy=True)

    mou_at_agreed(engagement)
    versioned(engagement, is_signed_copy=True)

    mou = Mou.objects.get()
    assert (mou.versions.count(), mou.version.number) == (2, 1)


def mou_at_agreed(engagement) -> None:
    for which in (MouMove.SEND_TO_PARTNER, MouMove.AGREE, MouMove.CLEAR):
        moved(engagement, which)


def test_nothing_is_written_before_it_is_begun(engagement, cast):
    with pytest.raises(ValidationError, match="Begin the draft first"):
        facts(engagement, cast, buyway_number="BW-1")


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (date(2027, 1, 1), date(2032, 1, 1), True),
        (date(2027, 1, 1), date(2032, 1, 2), False),
        (date(2027, 1, 1), date(2027, 1, 1), False),
        (date(2027, 1, 1), date(2026, 1, 1), False),
        (LEAP, date(2033, 2, 28), True),
        (LEAP, date(2033, 3, 1), False),
    ],
)
def test_it_ends_after_it_starts_and_within_five_years(start, end, fits, engagement, cast):
    with_text(engagement)
    mou = Mou.objects.filter(pk=engagement.pk)
    if fits:
        facts(engagement, cast, start_on=start, end_on=end)
        assert mou.get().end_on == end
        return
    with pytest.raises(ValidationError) as refused:
        facts(engagement, cast, start_on=start, end_on=end)
    assert set(refused.value.error_dict) == {"end_on"}
    with pytest.raises(IntegrityError, match="mou_lasts_five_years"), transaction.atomic():
        mou.update(start_on=start, end_on=end)


@pytest.mark.parametrize(
    ("status", "columns", "rule"),
    [
        (Status.DRAFTING, {"status": "not_needed"}, "mou_not_needed_says_why"),
        (Status.TEMPLATE_REQUESTED, {"status": "with_university"}, "mou_passed_on_has_its_text"),
        (Status.DRAFTING, {"status": "with_partner"}, "mou_with_partner_has_a_day"),
        (Status.WITH_UNIVERSITY, {"status": "agreed_text"}, "mou_agreed_by_both"),
        (Status.AGREED_TEXT, {"status": "signed"}, "mou_signed_by_both"),
        (Status.SIGNED, {"signed_by_partner_on": None}, "mou_signed_by_both"),
        (Status.ACTIVE, {"status": "terminated"}, "mou_terminated_says_when_and_why"),
    ],
)
def test_the_database_holds_what_must_never_break(status, columns, rule, engagement):
    mou_at(engagement, status)

    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Mou.objects.update(**columns)


def test_what_is_signed_stays_but_its_number_and_its_notice(engagement, cast):
    mou_at(engagement, Status.SIGNED)
    facts(engagement, cast, buyway_number="BW-7", renewal_notice_days=90)
    with pytest.raises(ValidationError, match="It is signed"):
        facts(engagement, cast, end_on=day(400))
    with pytest.raises(ValidationError, match="It is signed"):
        signed_by(engagement, cast, Signing("partner", "Somebody Else"))

    assert Mou.objects.get().buyway_number == "BW-7"


@pytest.mark.parametrize(
    ("signings", "words"),
    [
        ([Signing("partner", "")], "Name who signs"),
        ([Signing("nobody", "Pat")], "Name who signs"),
        ([Signing("partner", "Pat", "", day(3))], "cannot have signed"),
        ([Signing("partner", "Pat"), Signing("partner", "PAT")], "is listed twice"),
        ([Signing("partner", f"P{n}") for n in range(7)], "at most six"),
    ],
)
def test_signatories_that_do_not_do_are_refused(signings, words, engagement, cast):
    with_text(engagement)

    with pytest.raises(ValidationError, match=words):
        signed_by(engagement, cast, *signings)

    assert not MouSignatory.objects.exists()


def test_the_day_a_side_signed_is_that_of_its_last(engagement, cast):
    mou_at(engagement, Status.AGREED_TEXT)
    facts(engagement, cast, start_on=day(0), end_on=day(300))
    signed_by(
        engagement,
        cast,
        Signing("university", "Prue", "", day(-9)),
        Signing("university", "Dean", "", day(-2)),
        Signing("partner", "Pat", "", day(-5)),
    )
    moved(engagement, MouMove.SIGN)

    mou = Mou.objects.get()
    assert (mou.signed_by_university_on, mou.signed_by_partner_on) == (day(-2), day(-5))


def test_clauses_say_how_far_they_are_and_what_changed_is_in_the_history(engagement, cast):
    with_text(engagement)
    given = {"money": ("worded", "No money."), "data": ("agreed", "")}
    assert record.save_clauses(engagement=engagement, clauses=given, by=cast.oxford) == [
        "money",
        "data",
    ]
    given["money"] = ("agreed", "No money.")
    assert record.save_clauses(engagement=engagement, clauses=given, by=cast.oxford) == ["money"]

    assert MouClause.objects.get(head="money").state == "agreed"
    assert MouEntry.objects.first().words == "Money: Agreed"


@pytest.mark.parametrize(
    "clauses",
    [{"nonsense": ("open", "")}, {"money": ("nonsense", "")}, {"money": ("open", "x" * 3001)}],
)
def test_clauses_that_do_not_do_are_refused(clauses, engagement, cast):
    with_text(engagement)

    with pytest.raises(ValidationError):
        record.save_clauses(engagement=engagement, clauses=clauses, by=cast.oxford)


def test_what_the_partner_is_asked_about_stays_open_to_them(engagement, cast):
    mou_at(engagement, Status.WITH_PARTNER)
    version = Mou.objects.get().version

    with pytest.raises(ValidationError, match="is reading this version"):
        record.grant(version=version, is_for_partner=False, is_for_proposers=False, by=cast.oxford)

    record.grant(version=version, is_for_partner=True, is_for_proposers=False, by=cast.oxford)
    assert MouEntry.objects.first().words == "partner"


@pytest.mark.parametrize("who", ["regionals", "proposer", "auditor", "deans"])
def test_nobody_but_staff_of_its_unit_writes_anything(who, engagement, cast):
    with_text(engagement)
    by, version = getattr(cast, who), Mou.objects.get().version
    writes = [
        lambda: record.save_facts(engagement=engagement, facts={"buyway_number": "x"}, by=by),
        lambda: record.save_clauses(engagement=engagement, clauses={}, by=by),
        lambda: record.save_signatories(engagement=engagement, signatories=[], by=by),
        lambda: record.grant(version=version, is_for_partner=True, is_for_proposers=True, by=by),
        lambda: record.add_version(
            engagement=engagement, upload=upload("x.pdf"), changed="x", by=by
        ),
    ]
    for write in writes:
        with pytest.raises(ValidationError, match="Staff of Oxford"):
            write()


def test_of_writing_on_the_record_nobody_is_mailed(engagement, cast):
    with_text(engagement)
    before = Message.objects.count()
    versioned(engagement)
    facts(engagement, cast, start_on=day(0), end_on=day(0) + timedelta(days=9))

    assert Message.objects.count() == before
