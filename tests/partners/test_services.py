"""Engagements, sharing and personal links, without any page."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from psycopg2 import sql

from microcreds.outbox import links
from microcreds.outbox.models import Message
from partners import services
from partners.models import Contact, Engagement, Link, Organization, Share
from proposals.models import NamedPartner, Proposal, Stage
from reviews.workflow import Move
from tests.factories import do_move, make_at, make_cast, make_draft, make_submitted, send
from tests.partners.sharing import answers_naming, share_it, summarized, token_of


def test_a_draft_never_reaches_the_directory(cast):
    make_draft()

    assert Organization.objects.count() == Contact.objects.count() == 0


def test_submitting_opens_one_engagement_for_each_named_organization(proposal):
    engagement = proposal.engagements.get()

    assert engagement.organization.name == "Tallgrass Fasteners"
    assert engagement.contact.email == "pat@tallgrass.example"
    assert list(engagement.contact.organizations.all()) == [engagement.organization]
    assert services.open_engagements(proposal=proposal) == []


def test_organization_and_contact_are_found_whatever_the_case_and_kept_as_they_are(proposal):
    make_submitted(
        answers=answers_naming(
            org_name="TALLGRASS fasteners",
            place="hamilton, ohio",
            contact_name="Somebody Else",
            contact_email="PAT@tallgrass.example",
        )
    )

    assert Organization.objects.get().name == "Tallgrass Fasteners"
    assert Contact.objects.get().name == "Pat Doe"
    assert Engagement.objects.count() == 2


def test_an_organization_elsewhere_is_another_one(proposal):
    make_submitted(answers=answers_naming(place="Dayton, Ohio"))

    assert Organization.objects.count() == 2


def test_no_contact_without_a_name_and_an_address(cast):
    made = make_submitted(answers=answers_naming(contact_name="", share_status="no"))

    assert made.engagements.get().contact is None


def test_an_engagement_nobody_has_seen_follows_its_row(proposal):
    row = proposal.named_partners.get()
    NamedPartner.objects.filter(pk=row.pk).update(
        org_name="Tallgrass Steel", contact_name="Kim Roe", contact_email="kim@tallgrass.example"
    )

    services.open_engagements(proposal=proposal)

    engagement = proposal.engagements.get()
    assert str(engagement.organization) == "Tallgrass Steel"
    assert engagement.contact.name == "Kim Roe"


def test_a_shared_engagement_stays_as_it_is(proposal, oxford):
    share_it(proposal, oxford)
    NamedPartner.objects.update(org_name="Somebody Else", contact_email="x@else.example")

    services.open_engagements(proposal=proposal)

    assert str(proposal.engagements.get().organization) == "Tallgrass Fasteners"


def test_sharing_invites_the_contact_with_a_link_that_is_nowhere_in_the_ledger(proposal, oxford):
    share_it(proposal, oxford)

    mail = Message.objects.get(event="partner_invitation")
    link = Link.objects.get()
    assert mail.to == "pat@tallgrass.example"
    assert mail.about == proposal.reference
    assert mail.due_at > timezone.now()
    assert links.placeholder(link.uuid) in mail.body
    assert links.token_for(link.uuid) in links.fill(mail.body)
    assert "Sampling for shift leads" in mail.body


def test_sharing_twice_is_one_share_and_one_mail(proposal, oxford, lead):
    first = share_it(proposal, oxford)

    assert share_it(proposal, lead) == first
    assert Message.objects.filter(event="partner_invitation").count() == 1


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("share_status", "no", "has not asked"), ("dropped_at", timezone.now(), "took this")],
)
def test_sharing_is_refused_in_words_where_the_row_says_no(proposal, oxford, column, value, words):
    NamedPartner.objects.filter(proposal=proposal).update(**{column: value})

    with pytest.raises(ValidationError, match=words):
        share_it(proposal, oxford)
    assert not Share.objects.exists()


def test_sharing_needs_the_summary_partners_read(proposal, oxford):
    Proposal.objects.filter(pk=proposal.pk).update(partner_summary="")

    with pytest.raises(ValidationError, match="summary"):
        share_it(proposal, oxford)


def test_sharing_is_refused_for_a_stranger(proposal, oxford):
    stranger = Contact.objects.create(name="Sam", email="sam@else.example")

    with pytest.raises(ValidationError, match="Sam is not a contact of Tallgrass"):
        services.share(engagement=proposal.engagements.get(), contact=stranger, by=oxford)


def test_a_second_contact_of_the_organization_may_follow_too(proposal, oxford):
    second = Contact.objects.create(name="Kim", email="kim@tallgrass.example")
    second.organizations.add(Organization.objects.get())

    services.share(engagement=proposal.engagements.get(), contact=second, by=oxford)

    assert Engagement.objects.shared_with(second).get().proposal == proposal


def test_ending_a_share_recalls_the_invitation_that_has_not_left(proposal, oxford, lead):
    ended = services.end_share(share=share_it(proposal, oxford), by=lead)

    assert ended.ended_by == lead
    assert services.end_share(share=ended, by=oxford).ended_by == lead
    assert Message.objects.get(event="partner_invitation").state == Message.State.RECALLED
    assert not Engagement.objects.shared_with(ended.contact).exists()


def test_after_its_end_it_can_be_shared_again(proposal, oxford):
    services.end_share(share=share_it(proposal, oxford), by=oxford)

    share_it(proposal, oxford)

    assert Share.objects.current().count() == 1
    assert Message.objects.filter(event="partner_invitation").count() == 2


def test_a_partner_taken_out_of_the_form_is_shared_with_no_more(proposal, oxford):
    share = share_it(proposal, oxford)
    NamedPartner.objects.update(dropped_at=timezone.now())

    assert not Engagement.objects.shared_with(share.contact).exists()
    assert services.shares_of([proposal.pk]) == {proposal.pk: []}


def test_shares_of_many_come_in_one_statement(proposal, oxford, django_assert_num_queries):
    share_it(proposal, oxford)
    other = make_at(Stage.TRIAGE)

    with django_assert_num_queries(1):
        shares = services.shares_of([proposal.pk, other.pk])
        named = [str(share.engagement.organization) for share in shares[proposal.pk]]

    assert named == ["Tallgrass Fasteners"]
    assert shares[other.pk] == []


def test_links_are_issued_in_one_insert_and_open_their_contact(cast, django_assert_num_queries):
    people = Contact.objects.bulk_create(
        Contact(name=f"P{n}", email=f"p{n}@x.example") for n in range(3)
    )

    with django_assert_num_queries(3):  # the savepoint and its release are two of them
        issued = services.issue_links(contacts=people)

    for person in people:
        token = links.token_for(issued[person.pk].uuid)
        assert services.open_link(token=token).contact == person


@pytest.mark.parametrize("token", ["", "x", "ä", "\ud800", "a" * 5000])
def test_a_wrong_token_opens_nothing(db, token):
    assert services.open_link(token=token) is None


def test_a_token_changed_in_one_character_opens_nothing(proposal):
    token = token_of(proposal.engagements.get().contact)

    assert services.open_link(token=token) is not None
    assert services.open_link(token=("A" if token[0] != "A" else "B") + token[1:]) is None


def test_links_expire_and_can_be_revoked(proposal):
    contact = proposal.engagements.get().contact
    old = services.issue_links(contacts=[contact], at=timezone.now() - timedelta(days=31))
    new = services.issue_links(contacts=[contact])

    assert services.open_link(token=links.token_for(old[contact.pk].uuid)) is None
    assert services.revoke_links(contact=contact) == 1
    assert services.open_link(token=links.token_for(new[contact.pk].uuid)) is None


def test_a_fresh_link_leaves_at_once_and_only_where_something_is_shared(proposal, oxford):
    assert services.send_fresh_link(email="pat@tallgrass.example") is None
    share_it(proposal, oxford)

    mail = services.send_fresh_link(email="Pat@Tallgrass.example")

    assert mail.priority == Message.Priority.AWAITED
    assert mail.due_at <= timezone.now()
    assert services.send_fresh_link(email="nobody@else.example") is None
    assert Message.objects.filter(event="partner_fresh_link").count() == 1


def test_accesses_are_noted_once_an_hour(proposal):
    contact, now = proposal.engagements.get().contact, timezone.now()
    link = services.issue_links(contacts=[contact])[contact.pk]
    for minutes in (0, 10, 61):
        services.note_access(link=link, at=now + timedelta(minutes=minutes))

    assert link.accesses.count() == 2


def test_no_raw_token_stands_anywhere_in_the_database(proposal, oxford):
    share_it(proposal, oxford)
    services.send_fresh_link(email="pat@tallgrass.example")

    tokens = [links.token_for(key) for key in Link.objects.values_list("uuid", flat=True)]

    assert len(tokens) == 2
    dump = everything_written()
    assert "pat@tallgrass.example" in dump
    assert [token for token in tokens if token in dump] == []


def everything_written() -> str:
    """Each row of each table as text."""
    rows = sql.SQL("SELECT row::text FROM {} row")
    with connection.cursor() as cursor:
        texts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(rows.format(sql.Identifier(table)))
            texts += [text for (text,) in cursor.fetchall()]
    return "\n".join(texts)


def test_a_resubmission_opens_what_is_new(cast):
    made = make_at(Stage.RETURNED)
    NamedPartner.objects.create(
        proposal=made,
        org_name="State Lab",
        kind="government",
        who_approached="we_did",
        stage="idea",
        share_status="no",
        confidential="no",
        position=1,
    )

    send(made)

    names = [str(engagement.organization) for engagement in made.engagements.all()]
    assert names == ["Tallgrass Fasteners", "State Lab"]


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_once_share_one_organisation():
    proposals = [make_draft(), make_draft()]
    at_once = Barrier(2)

    def submit(proposal: Proposal) -> None:
        at_once.wait()
        try:
            send(proposal)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(submit, proposals))

    assert Organization.objects.count() == Contact.objects.count() == 1
    assert Engagement.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_at_the_same_moment_is_not_shared():
    cast, proposal = make_cast(), summarized(make_submitted())
    refusals = []

    def share() -> None:
        try:
            share_it(proposal, cast.oxford)
        except ValidationError as refusal:
            refusals.extend(refusal.messages)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        do_move(Proposal.objects.get(pk=proposal.pk), Move.TAKE_BACK, proposal.submitter)
        wait([threads.submit(share)], timeout=0.5)

    assert refusals == ["The proposal is a draft. Share it once it is submitted."]
    assert not Share.objects.exists()
