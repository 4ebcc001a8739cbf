"""Nobody outside reads a field that no visibility.py grants: each holds a canary, every page, mail,
file and header that a partner gets is read, and what turns up is held against the tables."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from microcreds.accounts.models import User
from microcreds.outbox.delivery import drain
from microcreds.outbox.models import Hold, Message
from microcreds.outbox.services import enqueue
from partners import asks, codes, endorsements, services
from partners.files import share_file
from partners.leaving import end_engagement
from partners.models import Contact, Inquiry, Link, Mou, MouVersion, PartnerAsk, Share
from partners.outcomes import show_outcomes
from partners.urls import urlpatterns
from partners.visibility import OUTCOMES
from proposals.interest import QUESTIONS
from proposals.models import Attachment, Proposal
from proposals.services import add_note, attach
from proposals.visibility import is_grantable
from reviews import endorsements as telling
from reviews.inquiries import working
from reviews.mou import letters, record
from reviews.mou.plan import around_of
from reviews.mou.table import MouMove
from reviews.outside import answering, colleagues, talk
from reviews.visibility import TABLES, fields_of, is_inside, models_of_ours, where_outside
from reviews.workflow import Move
from tests.factories import Cast, do_move, given_for, make_submitted
from tests.partners import canaries, contacts, endorsing, memoranda
from tests.partners.asking import received
from tests.partners.endorsing import other_contact
from tests.partners.sharing import answers_naming, share_it, summarized, token_of
from tests.proposals.test_attachments import add, unlike

pytestmark = pytest.mark.django_db
FILES = {
    "accounts": "microcreds/accounts/visibility.py",
    "outbox": "microcreds/outbox/visibility.py",
    "proposals": "proposals/visibility.py",
    "partners": "partners/visibility/fields.py",
    "reviews": "reviews/visibility.py",
}

MAILED = {
    "endorsement_signed",
    "inquiry_closed",
    "mou_ends_partner",
    "partner_ask_late",
    "partner_ask_soon",
    "partner_asked",
    "partner_code",
    "partner_fresh_link",
    "partner_message",
    "partner_update",
    "recorded_on_behalf",
}


def test_every_field_has_an_entry_and_one_alone():
    wrong = []
    for model in models_of_ours():
        label, names = model._meta.label, [field.name for field in fields_of(model)]
        for name in names:
            outside, inside = bool(where_outside(model, name)), is_inside(model, name)
            if outside == inside:
                wrong.append(
                    f"{FILES[model._meta.app_label]}: "
                    + (f"{label}.{name} is in OUTSIDE and in INSIDE" if inside else "")
                    + ("" if inside else f'write INSIDE["{label}"] = "{" ".join(names)}"')
                    + ("" if inside else f", or at least add {name}; or grant it in OUTSIDE")
                )
    assert wrong == []
    assert {model._meta.app_label for model in models_of_ours()} == set(TABLES)


class World:
    """A proposal with all that can hang on one, shared with one contact and a colleague of theirs;
    and another of theirs that ended."""

    def __init__(self, cast: Cast, name: str, email: str) -> None:
        self.before = {model: _keys(model) for model in models_of_ours()}
        row = answers_naming(org_name=name, contact_name=name, contact_email=email)
        self.proposal = summarized(make_submitted(answers=row))
        self.hidden = add(self.proposal, "hidden.pdf")
        self.file = add(self.proposal, f"{name}.pdf", unlike(self.proposal.pk))
        do_move(self.proposal, Move.START_TRIAGE, cast.oxford, note="why")
        self.share = share_it(self.proposal, cast.oxford)
        self.contact = self.share.contact
        given = given_for(Move.HOLD) | {"partner_message": "to the partner", "note": "why"}
        do_move(self.proposal, Move.HOLD, cast.oxford, **given)
        share_file(engagement=self.share.engagement, attachment=self.file, by=cast.oxford)
        show_outcomes(engagement=self.share.engagement, by=cast.oxford)
        add_note(proposal=self.proposal, author=cast.oxford, body="among staff")
        self.inquiry = received(contact_email=email, org_name=f"{name} Inc")
        working.answer(inquiry=self.inquiry, words="We ring you.", by=cast.oxford)
        Proposal.objects.filter(pk=self.proposal.pk).update(
            asked_of_partner="a list", next_step_partner="we call", assignee=cast.oxford
        )
        services.note_access(link=services.issue_links(contacts=[self.contact])[self.contact.pk])
        codes.send(contact=self.contact, purpose="mou:1")
        jo = other_contact(self.share, f"jo-{email}")
        self.asked = self.ask(cast, self.contact)
        self.ask(cast, jo)
        self.version, self.hidden_version = self.memorandum(cast)
        self.talk(cast, jo)
        self.left = share_it(summarized(make_submitted(answers=row)), cast.oxford).engagement
        leave = {"reason": "no_money", "words": "It was good.", "remark": "why", "by": cast.oxford}
        end_engagement(engagement=self.left, **leave)
        self.known = {
            Proposal: self.proposal,
            Contact: self.contact,
            Share: self.share,
            Inquiry: self.inquiry,
            Attachment: self.hidden,
            Link: self.contact.links.last(),
            type(self.share.engagement): self.share.engagement,
            type(self.share.engagement.organization): self.share.engagement.organization,
            type(cast.lead): cast.lead,
        }

        self.rows = {model: _keys(model) for model in models_of_ours()}

    def ask(self, cast: Cast, whom: Contact) -> dict[str, list[PartnerAsk]]:
        """One of each kind, open and settled, by the names of their pages."""
        share = Share.objects.get(engagement=self.share.engagement, contact=whom)
        put = [contacts.put(share, by=cast.oxford) for _each in range(2)]
        job = endorsing.letter(f"job-{whom.pk}.pdf", unlike(whom.pk))
        said = dict(
            zip(put[1].questions.values_list("pk", flat=True), ("x", 1, "Day", job), strict=True)
        )
        answering.send_answers(asked=put[1], answers=said)
        times = [contacts.offer(share, by=cast.oxford) for _each in range(2)]
        answering.pick_time(asked=times[1], time=times[1].times.first())
        noted = endorsing.recorded(share.engagement, whom)
        telling.object_to(recorded=noted.asked.on_behalf, words="I did not say so.")
        own = endorsing.asked_of(share, whom)
        endorsements.keep_letter(
            asked=own,
            revision=endorsements.newest_revision(self.proposal),
            upload=endorsing.letter(f"{whom.pk}.pdf", unlike(whom.pk)),
        )
        signed = endorsing.signed(own)
        still = endorsing.asked_of(share, whom)
        endorsing.drafted(still)
        pages = {"questions": put, "meeting_time": times, "recorded": [noted.asked]}
        return pages | {"endorsement": [signed.asked, still]}

    def memorandum(self, cast: Cast) -> tuple[MouVersion, MouVersion]:
        """With the partner; the version that was sent, and one that was not."""
        engagement = self.share.engagement
        memoranda.with_text(engagement)
        memoranda.versioned(engagement)
        memoranda.moved(engagement, MouMove.SEND_TO_PARTNER)
        facts = {"start_on": memoranda.day(1), "end_on": memoranda.day(99)}
        record.save_facts(engagement=engagement, facts=facts, by=cast.oxford)
        heads = {"money": ("open", "What we would give.")}
        record.save_clauses(engagement=engagement, clauses=heads, by=cast.oxford)
        self.asked["mou_turn"] = [memoranda.ask_of(engagement, self.contact.email)]
        hidden, sent = engagement.mou.versions.order_by("number")
        return sent, hidden

    def talk(self, cast: Cast, jo: Contact) -> None:
        """Both ways in their own thread; somebody is named by either of its people."""
        engagement = self.share.engagement
        said = talk.write_as_contact(engagement=engagement, contact=self.contact, body="When?")
        attach(
            proposal=self.proposal,
            upload=endorsing.letter(f"said-{self.contact.pk}.pdf", unlike(self.contact.pk)),
            brought_by=said.from_outside,
            comment=said,
        )
        talk.write_to_partner(engagement=engagement, by=cast.oxford, body="On Monday.")
        for contact in (jo, self.contact, self.contact):
            if named := engagement.colleagues_named.last():
                colleagues.refuse(colleague=named, words="They left.", by=cast.oxford)
            colleagues.name_colleague(
                engagement=engagement, contact=contact, name="Al", email=f"al-{contact.email}"
            )

    def fill_up(self) -> None:
        """A row of each model that has none of this proposal yet; what others need comes first."""
        for _round in range(3):
            for model in models_of_ours():
                new = self.rows[model] - self.before[model]
                if new:
                    self.known.setdefault(model, model._base_manager.filter(pk__in=new).first())
                elif row := canaries.bare(model, self.known):
                    known = _keys(model)
                    model._base_manager.bulk_create([row], ignore_conflicts=True)
                    self.rows[model] |= _keys(model) - known

    def files(self) -> list[Attachment]:
        """Those that the contact can open or brought themselves."""
        letter = self.asked["endorsement"][0].endorsement.letter
        answered = Attachment.objects.filter(answers__asked__in=self.asked["questions"])
        said = Attachment.objects.filter(comment__thread=self.share.engagement.thread)
        return [self.file, self.version.file, letter, *answered, *said]


def _keys(model: type[models.Model]) -> set:
    return set(model._base_manager.values_list("pk", flat=True))


@pytest.fixture
def world(cast, settings) -> World:
    settings.NOTIFICATION_GRACE_SECONDS = 0
    theirs = World(cast, "Tallgrass", "pat@tallgrass.example")
    other = World(cast, "Rival", "bo@rival.example")
    drain()
    canaries.open_up()
    for each in (theirs, other):
        each.fill_up()

    canaries.let_out(lambda row, name: is_read_by(theirs, cast, row, name))
    mail.outbox.clear()
    return theirs


def is_read_by(theirs: World, cast: Cast, row: Any, name: str) -> bool:
    """Whether this row, of which a field is granted, is about the contact who reads; the remarks
    of an endorsement are read by whoever wrote them."""
    contact = theirs.contact
    match row._meta.label:
        case "outbox.Message":
            return row.to == contact.email
        case "accounts.Unit":  # all stand at the foot of every page
            return True
        case "accounts.User":
            return row in (cast.oxford, cast.proposer)
        case "proposals.Attachment":
            return row in theirs.files()
        case "proposals.Comment":
            return row.thread_id == theirs.share.engagement.thread_id is not None
        case "partners.InquiryEntry":
            return row.inquiry == theirs.inquiry and row.kind == "answered"
        case "partners.PartnerAsk":
            return row.contact == contact
        case "partners.NamedColleague":
            return row.named_by == contact
        case "partners.MouVersion":
            return row == theirs.version
        case "partners.Question" | "partners.OfferedTime" | "partners.EndorsementDraft":
            return row.asked.contact == contact
        case "partners.OnBehalf":
            return row.asked.contact == contact
        case "partners.Endorsement":
            is_noted = row.asked_id == theirs.asked["recorded"][0].pk
            return row.asked.contact == contact and not (is_noted and name == "remarks")
    return row.pk in theirs.rows[type(row)]


def granted(hit: tuple[str, str, str]) -> bool:
    """Whether the tables grant what was found; of the answers, the outcomes block alone."""
    column, side, path = hit
    label, name = column.rsplit(".", 1)
    model = next(each for each in models_of_ours() if each._meta.label == label)
    if side == "n" or not where_outside(model, name):
        return False
    if column != "proposals.Revision.answers":
        return True
    _, key, *cell = path.split(".")
    if key not in OUTCOMES:
        return False
    cells = {column.key: column.sees for column in QUESTIONS[key].columns}
    return is_grantable(cells[cell[0]] if cell else QUESTIONS[key].sees)


def pages(world: World, client: Client) -> Iterator[str]:
    """Everything a partner's browser gets, headers and file names included."""
    fresh = {"token": token_of(world.contact)}
    client.post(reverse("partners:link", kwargs=fresh))
    mails = Message.objects.filter(to=world.contact.email, is_secret=False)
    keys = [{"key": mail.uuid} for mail in mails]
    known = fresh | {"ref": world.proposal.reference, "contact": world.contact.pk}
    for pattern in urlpatterns:
        names = set(pattern.pattern.regex.groupindex)
        for special in keys if "key" in names else of_page(world, pattern.name, names):
            values = known | special
            path = reverse(f"partners:{pattern.name}", kwargs={n: values[n] for n in names})
            response = client.get(path)
            body = response.getvalue() if response.streaming else response.content
            yield f"{response.headers}\n{body.decode('utf-8', 'replace')}"
    yield client.get("/partners/link/nonsense/").content.decode()


def of_page(world: World, name: str, names: set[str]) -> list[dict[str, Any]]:
    """What stands in the address of each page of this name."""
    if "ask" in names or "pk" in names:
        asked = world.asked.get(name, world.asked["endorsement"])
        return [{"ask": each.pk, "pk": each.pk} for each in asked]
    if name == "mou_file":
        return [{"file": str(each.file_id)} for each in (world.version, world.hidden_version)]
    if name == "file_download":
        return [{"file": str(each.pk)} for each in (world.file, world.hidden)]
    if name == "inquiry_detail":
        return [{"ref": world.inquiry.reference}]
    if name == "engagement_detail":
        return [{}, {"ref": world.left.proposal.reference}]
    return [{}]


def mails(world: World, by: User) -> Iterator[str]:
    """Mails that are written to a partner, as they arrive."""
    Message.objects.all().delete()
    Hold.objects.all().delete()
    do_move(world.proposal, Move.RESUME, by, partner_message="It goes on.")
    working.close(inquiry=world.inquiry, reason="timing", words="Not now.", by=by)
    invited = services.invitation(
        engagement=world.share.engagement, contact=world.contact, link="[personal link]"
    )
    yield f"{invited.subject}\n{invited.body}"
    services.send_fresh_link(email=world.contact.email)
    services.send_fresh_link(email=world.contact.email, is_replacement=True)
    codes.send(contact=world.contact, purpose="mou:2")
    _mails_about_asks(world, by)
    Message.objects.exclude(to=world.contact.email).delete()
    drain()
    for each in mail.outbox:
        yield f"{each.message().items()}\n{each.body}\n{each.alternatives[0][0]}"
    sent = Message.objects.filter(state=Message.State.SENT)
    assert set(sent.values_list("event", flat=True)) == MAILED


def _mails_about_asks(world: World, by: User) -> None:
    """What is asked, answered, said and noted goes by mail."""
    engagement, now = world.share.engagement, timezone.now()
    asked = contacts.put(world.share, by=by)
    for event in ("partner_ask_soon", "partner_ask_late"):
        enqueue([asks.asking_mail(asked, event=event, at=now)])
    talk.write_to_partner(engagement=engagement, by=by, body="To be read on the page.")
    open_one = world.asked["endorsement"][1]
    draft = endorsements.draft_of(open_one)
    telling.sign(asked=open_one, shown=endorsements.sha256_of(endorsements.signable(draft)))
    telling.record(
        engagement=engagement,
        contact=world.contact,
        answers={"recognition": ["hiring"], "signer_name": "Pat"},
        source=endorsing.by_call(),
        by=by,
    )
    mou = Mou.objects.get(engagement=engagement)
    enqueue(letters.of_end_for_partner(mou, around_of(engagement), at=now))


def test_nothing_is_read_outside_that_no_table_grants(world, client, oxford):
    empty = [model for model in models_of_ours() if not model._base_manager.exists()]
    texts = [*pages(world, client), *mails(world, oxford)]
    hits = {hit for text in texts for hit in canaries.found_in(text)}

    assert sorted(" ".join(hit) for hit in hits if not granted(hit)) == []
    assert empty == []  # nothing without a canary
    assert "bo@rival.example" not in "".join(texts)
    seen = {column for column, _side, _path in hits}
    # It is not for want of looking: what is granted turns up.
    assert seen >= {
        "outbox.Message.body",
        "partners.Endorsement.remarks",
        "partners.Endorsement.words",
        "partners.EndorsementDraft.answers",
        "partners.Engagement.end_words",
        "partners.Inquiry.abilities",
        "partners.InquiryEntry.words",
        "partners.MouVersion.changed",
        "partners.NamedColleague.name",
        "partners.OfferedTime.place",
        "partners.OnBehalf.words",
        "partners.Organization.name",
        "partners.PartnerAsk.words",
        "partners.Question.text",
        "partners.Question.words",
        "proposals.Attachment.name",
        "proposals.Comment.body",
        "proposals.Proposal.partner_summary",
        "proposals.Proposal.working_title",
        "proposals.Revision.answers",
        "reviews.StageChange.partner_message",
    }
