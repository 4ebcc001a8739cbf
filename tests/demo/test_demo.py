"""The whole demo through the services: twenty proposals at their stages, no mail from the past."""

from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from microcreds.accounts.models import User
from microcreds.demo.people import PEOPLE, SIGN_IN_WORD
from microcreds.outbox.models import Message
from partners.models import Organization, Share
from proposals.interest import QUESTIONS
from proposals.models import (
    Comment,
    InterestForm,
    Invitation,
    NamedPartner,
    Proposal,
    Stage,
    Thread,
)
from proposals.services import unread_counts
from proposals.services.files import open_file
from reviews.clocks import add_months, campus_day
from reviews.models import Request, StageChange

# As the domain brief lists them, by the first words of the title.
STAGES = {
    "Python for": Stage.ACTIVE,
    "Strategic Digital": Stage.APC_REVIEW,
    "Inclusive Team": Stage.CONSULTATION,
    "Ethical AI": Stage.FULL_PROPOSAL,
    "Medical Spanish": Stage.READINESS,
    "Industrial Robot": Stage.DEVELOPMENT,
    "Agile Delivery": Stage.ACTIVE,
    "Classroom Paraprofessional:": Stage.RETURNED,
    "Community Health": Stage.CAD_CONSENT,
    "Cyber Incident": Stage.SUBMITTED,
    "Supply-Chain Analytics": Stage.ON_HOLD,
    "Watershed Sampling": Stage.TRIAGE,
    "Dementia-Friendly Design": Stage.DECLINED,
    "Grant Writing": Stage.DRAFT,
    "Payroll &": Stage.WITHDRAWN,
    "Global Leadership": Stage.CONSULTATION,
    "Speech-Device Support": Stage.APPROVED,
    "Battery-Plant Quality": Stage.READINESS,
    "Certificate in": Stage.REDIRECTED,
    "Excel Reporting": Stage.RETIRED,
}
OCCUPATIONS = """
    11-1021.00 11-9111.00 13-1041.00 13-1081.02 13-1082.00 13-1161.00 15-1212.00 15-2051.00
    17-3026.00 19-4042.00 21-1094.00 25-9042.00 27-1025.00 27-3042.00 31-9092.00 31-9099.01
    43-3051.00 43-6011.00 51-9061.00 51-9161.00
"""


def run_demo():
    said = StringIO()
    call_command("demo", stdout=said)
    return said.getvalue()


def titled(start):
    return Proposal.objects.get(working_title__startswith=start)


@pytest.mark.django_db
def test_the_demo(settings):
    """One test, because bringing in the demo takes some seconds."""
    settings.DEMO = True
    assert run_demo() == "The demo is here: 20 proposals.\n"

    everybody_can_sign_in()
    every_proposal_is_at_its_stage()
    dates_are_what_the_brief_asks()
    every_question_is_answered_somewhere()
    partners_are_fictional_and_some_follow()
    a_newcomer_meets_what_people_do_together()
    mails_of_the_past_are_sent()
    call_command("verify_history")

    before = Counter({model: model.objects.count() for model in (Proposal, StageChange, Message)})
    assert run_demo() == "The demo is here already.\n"
    assert before == Counter({model: model.objects.count() for model in before})


def everybody_can_sign_in():
    assert User.objects.count() == len(PEOPLE)
    for email in ("faculty@miami.example", "admin@miami.example"):
        assert authenticate(username=email, email=email, password=SIGN_IN_WORD)
    for user in User.objects.prefetch_related("emailaddress_set"):
        assert [address.verified for address in user.emailaddress_set.all()] == [True]


def every_proposal_is_at_its_stage():
    found = {" ".join(p.working_title.split()[:2]): p.stage for p in Proposal.objects.all()}
    assert found == STAGES
    assert Counter(p.submitter.email for p in Proposal.objects.all()) == {
        "faculty@miami.example": 10,
        "faculty2@miami.example": 10,
    }


def dates_are_what_the_brief_asks():
    now = timezone.now()
    today = campus_day(now)
    assert titled("Battery-Plant").due_on < today
    assert today <= titled("Watershed").due_on
    assert titled("Supply-Chain").wake_on > today
    ends = titled("Agile").expires_on - today
    assert timedelta(days=250) < ends < timedelta(days=300)
    excel = titled("Excel")
    assert add_months(campus_day(excel.created_at), 60) < today
    assert now - timedelta(days=65) < titled("Grant").last_activity_at < now - timedelta(days=58)
    assert all(change.at <= now for change in StageChange.objects.all())


def every_question_is_answered_somewhere():
    columns = {key for key, question in QUESTIONS.items() if question.column}
    said = {key for form in InterestForm.objects.all() for key in form.answers}
    assert set(QUESTIONS) - columns - {"submitter", "partners", "attachments"} <= said
    assert any(form.answers["together"] for form in InterestForm.objects.all())
    codes = {
        row["code"]
        for form in InterestForm.objects.all()
        for row in form.answers["job_functions"]
        if "code" in row
    }
    assert codes == set(OCCUPATIONS.split())
    kept_apart = NamedPartner.objects.with_confidential().exclude(confidential_text="")
    assert {partner.org_name for partner in kept_apart} == {
        "Crosscurrent Logistics",
        "Lumen Cell Ohio",
    }
    cells = [column.key for column in QUESTIONS["partners"].columns]
    for cell in cells:
        assert any(getattr(partner, cell) for partner in NamedPartner.objects.all()), cell


def partners_are_fictional_and_some_follow():
    assert not Organization.objects.filter(is_fictional=False).exists()
    assert titled("Watershed").engagements.count() == 3
    pat = Share.objects.current().get(contact__email="pat@tallgrass.example")
    assert pat.engagement.proposal == titled("Python")
    assert Share.objects.current().count() > 3


def a_newcomer_meets_what_people_do_together():
    returned, submitted = titled("Classroom"), titled("Cyber")
    faculty = User.objects.get(email="faculty@miami.example")
    assert unread_counts(faculty, Proposal.objects.all()) == {returned.pk: 1}
    assert Comment.objects.filter(thread__kind=Thread.Kind.INTERNAL).exists()
    assert returned in [asked.proposal for asked in open_invitations("faculty2@miami.example")]
    assert Request.objects.of(returned).filter(answer="").count() == 3
    [letter] = submitted.attachments.all()
    assert letter.sent_with == 1
    with open_file(letter) as bytes_of:
        assert bytes_of.read().startswith(b"%PDF")


def open_invitations(email):
    return Invitation.objects.filter(email=email, state="open").select_related("proposal")


def mails_of_the_past_are_sent():
    now = timezone.now()
    assert not Message.objects.exclude(state=Message.State.SENT).filter(due_at__lte=now).exists()
    assert not Message.objects.exclude(sent_at=F("due_at")).exists()
    assert not Message.objects.filter(is_secret=True).exclude(body="").exists()
