"""Many proposals for measuring: sound, at every stage, and only in a demo."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from microcreds.demo.scale.draw import draw
from microcreds.demo.services import load_demo
from microcreds.outbox.models import Message
from partners.models import Engagement, Mou
from proposals.models import Proposal, Stage
from reviews.models import StageChange

pytestmark = pytest.mark.django_db


def test_seed_scale_makes_proposals_at_every_stage_that_verify_history_accepts(settings, capsys):
    """One demo for all that is asked of it, for it takes seconds to load."""
    settings.DEMO = True
    load_demo()
    sources = list(Proposal.objects.order_by("pk"))
    once, again, other = (draw(sources=sources, number=50, owners=5, seed=s) for s in (1, 1, 2))
    assert once == again
    assert once != other

    call_command("seed_scale", proposals=200)
    connection.check_constraints()

    assert Proposal.objects.count() == 220
    assert {*Proposal.objects.values_list("stage", flat=True)} == {*Stage}
    capsys.readouterr()
    call_command("verify_history")
    assert capsys.readouterr().out == ""

    call_command("seed_scale", proposals=30)  # it can be done again
    assert Proposal.objects.count() == 250


def test_a_copy_has_history_mails_and_partners_of_its_own(settings):
    settings.DEMO = True
    call_command("seed_scale", proposals=60)
    copies = Proposal.objects.filter(submitter__email__startswith="scale", stage=Stage.ACTIVE)
    copy = copies.order_by("-pk")[0]

    newest = StageChange.objects.filter(proposal=copy).latest()
    mails = Message.objects.filter(about=copy.reference)
    assert newest.to_stage == Stage.ACTIVE
    assert mails.filter(to=copy.submitter.email, cause=f"stage_change:{newest.pk}").exists()
    assert {mail.state for mail in mails} == {Message.State.SENT}
    engagement = Engagement.objects.filter(proposal__submitter__email__startswith="scale")[0]
    assert engagement.named_partner.proposal_id == engagement.proposal_id

    mous = Mou.objects.filter(engagement__proposal__submitter__email__startswith="scale")
    mou = mous.filter(status=Mou.Status.ACTIVE).latest("pk")
    assert mou.version.mou == mou.agreed_by_partner.mou == mou
    assert (mou.version.file.proposal, mou.version.file.record) == (
        mou.engagement.proposal,
        mou.record,
    )
    newest = mou.entries.first()
    assert (newest.to_status, newest.before["version_id"]) == (mou.status, mou.version_id)
    assert (mou.clauses.exists(), mou.signatories.count()) == (True, 2)


def test_no_copy_of_a_mail_waits_to_leave(settings):
    settings.DEMO = True
    load_demo()
    told = Message.objects.filter(event="moved")
    told.filter(pk__in=[mail.pk for mail in told.order_by("pk")[::2]]).update(
        state=Message.State.QUEUED, sent_at=None
    )
    call_command("seed_scale", proposals=60)
    copies = Message.objects.filter(dedupe_key__startswith="copy:")
    assert {mail.state for mail in copies} == {Message.State.SENT}


def test_it_is_refused_where_there_is_no_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="no DEMO"):
        call_command("seed_scale", proposals=10)
    assert not Proposal.objects.exists()
