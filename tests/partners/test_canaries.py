"""Nobody outside reads a field that no visibility.py grants: each holds a canary, every page, mail,
file and header that a partner gets is read, and what turns up is held against the tables."""

from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse

from microcreds.accounts.models import User
from microcreds.outbox.delivery import drain
from microcreds.outbox.models import Message
from partners import codes, services
from partners.files import share_file
from partners.models import Contact, Inquiry, Link, Share
from partners.outcomes import show_outcomes
from partners.urls import urlpatterns
from partners.visibility import OUTCOMES
from proposals.interest import QUESTIONS
from proposals.models import Attachment, Proposal
from proposals.services import add_note
from proposals.visibility import is_grantable
from reviews.inquiries import working
from reviews.visibility import TABLES, fields_of, is_inside, models_of_ours, where_outside
from reviews.workflow import Move
from tests.factories import Cast, do_move, given_for, make_submitted
from tests.partners import canaries
from tests.partners.asking import received
from tests.partners.sharing import answers_naming, share_it, summarized, token_of
from tests.proposals.test_attachments import add, unlike

pytestmark = pytest.mark.django_db
FILES = {
    "accounts": "microcreds/accounts/visibility.py",
    "outbox": "microcreds/outbox/visibility.py",
    "proposals": "proposals/visibility.py",
    "partners": "partners/visibility.py",
    "reviews": "reviews/visibility.py",
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
    """Two proposals with all that can hang on one: one is shared with Pat, the other with Bo."""

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

    def is_theirs(row: models.Model) -> bool:
        match row._meta.label:
            case "outbox.Message":
                return row.to == theirs.contact.email
            case "accounts.Unit":  # all stand at the foot of every page
                return True
            case "accounts.User":
                return row == cast.oxford
            case "proposals.Attachment":
                return row == theirs.file
            case "partners.InquiryEntry":
                return row.inquiry == theirs.inquiry and row.kind == "answered"
        return row.pk in theirs.rows[type(row)]

    canaries.let_out(is_theirs)
    mail.outbox.clear()
    return theirs


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
    known = fresh | {
        "ref": world.proposal.reference,
        "file": str(world.file.pk),
        "contact": world.contact.pk,
    }
    for pattern in urlpatterns:
        names = set(pattern.pattern.regex.groupindex)
        keys = [mail.uuid for mail in mails] if "key" in names else [None]
        for key in keys:
            values = known | {"key": key}
            if pattern.name == "inquiry_detail":
                values["ref"] = world.inquiry.reference
            path = reverse(f"partners:{pattern.name}", kwargs={n: values[n] for n in names})
            response = client.get(path)
            body = response.getvalue() if response.streaming else response.content
            yield f"{response.headers}\n{body.decode('utf-8', 'replace')}"
    yield client.get("/partners/link/nonsense/").content.decode()


def mails(world: World, by: User) -> Iterator[str]:
    """Mails that are written to a partner, as they arrive."""
    do_move(world.proposal, Move.RESUME, by, partner_message="It goes on.")
    working.close(inquiry=world.inquiry, reason="timing", words="Not now.", by=by)
    invited = services.invitation(
        engagement=world.share.engagement, contact=world.contact, link="[personal link]"
    )
    yield f"{invited.subject}\n{invited.body}"
    services.send_fresh_link(email=world.contact.email)
    services.send_fresh_link(email=world.contact.email, is_replacement=True)
    codes.send(contact=world.contact, purpose="mou:2")
    Message.objects.exclude(to=world.contact.email).delete()
    drain()
    for each in mail.outbox:
        yield f"{each.message().items()}\n{each.body}\n{each.alternatives[0][0]}"
    sent = set(Message.objects.filter(to=world.contact.email).values_list("event", flat=True))
    assert sent >= {"partner_update", "partner_fresh_link", "partner_code", "inquiry_closed"}


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
        "partners.Inquiry.abilities",
        "partners.InquiryEntry.words",
        "proposals.Attachment.name",
        "proposals.Proposal.partner_summary",
        "proposals.Proposal.working_title",
        "proposals.Revision.answers",
        "reviews.StageChange.partner_message",
    }
