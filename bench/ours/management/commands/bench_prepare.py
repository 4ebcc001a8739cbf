"""So many proposals, and what the rows of the table use up."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils import timezone

from bench.sessions import session_of
from microcreds.accounts.models import User
from microcreds.demo.people import PARTNER_EMAIL
from microcreds.outbox.links import token_for
from partners.models import Contact, Share
from partners.services import issue_links
from proposals.interest import ATTESTATIONS
from proposals.models import Proposal, Stage
from proposals.services import copy_as_draft
from reviews.services import submit

DRAFTS = 25  # one for each round of a row
PEOPLE = ("faculty", "faculty2", "lead")
# What a set may be put on hold from, and resumed to.
HELD_FROM = (Stage.TRIAGE, Stage.CONSULTATION, Stage.FULL_PROPOSAL, Stage.DEVELOPMENT)


class Command(BaseCommand):
    help = "Fills the product's database for the benchmark; prints what is there as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("size", type=int)

    def handle(self, *, size: int, **options: Any) -> None:
        call_command("seed_scale", proposals=size, stdout=self.stderr)
        people = {name: User.objects.get(email=f"{name}@miami.example") for name in PEOPLE}
        whole = Proposal.objects.filter(submitter=people["faculty"], stage=Stage.SUBMITTED)[0]
        drafts = [
            copy_as_draft(proposal=whole, by=people["faculty"], at=timezone.now())
            for _ in range(DRAFTS)
        ]
        contact = Contact.objects.get(email=PARTNER_EMAIL)
        link = issue_links(contacts=[contact], at=timezone.now())[contact.pk]
        share = Share.objects.current().filter(contact=contact).latest("pk")
        on_desk = Proposal.objects.exclude(submitter=people["faculty"])
        submitted = [_submitted(people["faculty2"]) for _ in range(DRAFTS)]
        found = {
            "sessions": {name: session_of(user) for name, user in people.items()},
            "attestations": [*ATTESTATIONS],
            "draft": drafts.pop().reference,
            "drafts": [draft.reference for draft in drafts],
            "submitted": submitted,
            "many": list(
                on_desk.filter(stage__in=HELD_FROM)
                .order_by("-pk")
                .values_list("pk", flat=True)[:100]
            ),
            "detail": on_desk.filter(stage=Stage.CONSULTATION).latest("pk").pk,
            "own": Proposal.objects.filter(submitter=people["faculty"], stage=Stage.DEVELOPMENT)[
                0
            ].reference,
            "partner_link": f"/partners/link/{token_for(link.uuid)}/",
            "partner_page": f"/partners/{share.engagement.proposal.reference}/",
            "listed": Proposal.objects.exclude(stage=Stage.DRAFT).count(),
        }
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM ANALYZE")
        self.stdout.write(json.dumps(found))


def _submitted(owner: User) -> int:
    """One more that waits for triage."""
    sent = Proposal.objects.filter(submitter=owner, stage=Stage.TRIAGE)[0]
    draft = copy_as_draft(proposal=sent, by=owner, at=timezone.now())
    submit(
        proposal=draft,
        actor=owner,
        form_version=draft.interest.version,
        attestations=dict.fromkeys(ATTESTATIONS, True),
    )
    return draft.pk
