"""The pages on which staff read and write what mails say."""

import pytest
from django.urls import reverse

from microcreds.outbox import addresses
from microcreds.outbox.models import MailText, Message
from microcreds.outbox.wording import in_force
from microcreds.outbox.wording.table import WORDINGS
from partners.models import Share
from proposals.models import Stage
from tests.factories import make_at

pytestmark = pytest.mark.django_db
LIST = reverse("admin:outbox_mailtext_changelist")
SUBJECT, BODY = (
    "News of {title}",
    "Dear {name},\n\n{message}\n\n{correction}\n\n{reason}\n\n{label}\n\n{url}",
)


def page_of(key, page="change"):
    return reverse(f"admin:outbox_mailtext_{page}", args=[key])


def posted(button, **changed):
    typed = {"subject": SUBJECT, "body": BODY, "proposal": "", "why": "Warmer.", "seen": 0}
    return {**typed, **changed, button: "1"}


@pytest.fixture
def lead_client(client, cast):
    client.force_login(cast.lead)
    return client


def test_the_list_says_of_each_text_by_whom_it_was_changed(lead_client):
    assert "Changed" not in lead_client.get(LIST).content.decode()

    lead_client.post(page_of("moved"), posted("save"))

    page = lead_client.get(LIST).content.decode()
    assert "Lena Lead" in page
    assert "News of {title}" in page
    assert page.count("The default") == len(WORDINGS) - 1


@pytest.mark.parametrize("count", [0, 3])
def test_the_list_takes_as_many_statements_for_any_number(
    lead_client, cast, count, django_assert_num_queries
):
    for key in list(WORDINGS)[:count]:
        MailText.objects.create(
            key=key, number=1, subject="x", body="x", why="x", by=cast.lead, at="2026-11-02T12:00Z"
        )
    lead_client.get(LIST)

    with django_assert_num_queries(4):  # session, person, texts for the process, texts for the list
        lead_client.get(LIST)


@pytest.mark.parametrize("count", [1, 3])
def test_a_text_takes_as_many_statements_for_any_number_of_proposals(
    lead_client, count, django_assert_num_queries
):
    for _ in range(count):
        make_at(Stage.TRIAGE)
    lead_client.get(page_of("moved"))

    with django_assert_num_queries(12):
        lead_client.get(page_of("moved"))


def test_every_text_has_its_page_for_a_real_proposal(lead_client):
    proposal = make_at(Stage.RETURNED)
    told = f"For {proposal.reference} {proposal.working_title}"

    def shown(key):
        page = lead_client.get(page_of(key))
        source = page.context["form"].initial
        again = posted("preview", subject=source["subject"], body=source["body"])
        return (
            told in page.content.decode(),
            lead_client.get(page_of(key, "html")).status_code,
            lead_client.get(page_of(key, "versions")).status_code,
            lead_client.post(page_of(key), again).status_code,
        )

    assert {key: shown(key) for key in WORDINGS} == dict.fromkeys(WORDINGS, (True, 200, 200, 200))


def test_a_preview_keeps_what_was_typed_and_saves_nothing(lead_client):
    make_at(Stage.TRIAGE)
    chosen = make_at(Stage.SUBMITTED)

    response = lead_client.post(page_of("moved"), posted("preview", proposal=chosen.reference))
    page = response.content.decode()

    assert "Dear {name}," in page
    assert f"For {chosen.reference}" in page
    assert "Dear Fay Proposer," in page
    assert not MailText.objects.exists()
    assert not Message.objects.filter(event="text_test").exists()


def test_the_html_of_a_preview_runs_and_loads_nothing(lead_client):
    body = BODY + "\n\n<script>alert(1)</script>"
    lead_client.post(page_of("moved"), posted("preview", body=body))

    response = lead_client.get(page_of("moved", "html"), {"typed": 1})

    assert "&lt;script&gt;" in response.content.decode()
    assert "<script" not in response.content.decode()
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "sandbox" in response["Content-Security-Policy"]


def test_nobody_opens_the_preview_of_somebody_else(client, cast):
    client.force_login(cast.lead)
    client.post(page_of("moved"), posted("preview"))
    client.force_login(cast.oxford)

    assert client.get(page_of("moved", "html"), {"typed": 1}).status_code == 404


def test_a_text_is_saved_and_mails_say_it(lead_client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = lead_client.post(page_of("moved"), posted("save"))

    assert (response.status_code, response["Location"]) == (302, LIST)
    assert MailText.objects.values_list("key", "subject", "why").get() == (
        "moved",
        SUBJECT,
        "Warmer.",
    )
    assert in_force.is_changed(WORDINGS["moved"])


def test_a_test_goes_to_whoever_asks_and_keeps_what_was_typed(lead_client, cast):
    make_at(Stage.TRIAGE)

    page = lead_client.post(page_of("moved"), posted("test", why="")).content.decode()

    mail = Message.objects.get(event="text_test")
    assert (mail.to, mail.user) == (cast.lead.email, cast.lead)
    assert mail.subject == "[Test] News of Sampling for shift leads"
    assert "A test is on its way to lena@miami.example." in page
    assert "Dear {name}," in page
    ledger = lead_client.get(reverse("admin:outbox_message_changelist"), {"event": "text_test"})
    assert len(ledger.context["cl"].result_list) == 1


def test_a_test_to_an_address_that_does_not_work_says_so(lead_client, cast):
    addresses.came_back(address=cast.lead.email, detail="550")

    page = lead_client.post(page_of("moved"), posted("test")).content.decode()

    assert "Mail to this address came back." in page
    assert "on its way" not in page


def test_a_test_of_a_partners_mail_has_nobodys_link(lead_client):
    make_at(Stage.TRIAGE)
    subject, body = WORDINGS["partner_update"].default

    lead_client.post(page_of("partner_update"), posted("test", subject=subject, body=body))

    assert "[personal link]" in Message.objects.get(event="text_test").body
    assert not Share.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"subject": "{titel}"}, "subject", "There is no {titel}"),
        ({"body": "x\x00y"}, "body", "Null characters are not allowed"),
        ({"body": "x" * 10_001}, "body", "at most 6000 characters"),
        ({"body": BODY + "'\"<b>{{7*7}}"}, "body", "is no variable"),
        ({"proposal": "MC-1999-0001"}, "proposal", "There is no proposal MC-1999-0001."),
        ({"proposal": "'; --" * 3}, "proposal", "There is no proposal"),
        ({"why": ""}, "why", "Say in up to 400 characters why."),
        ({"why": "x" * 401}, "why", "at most 400 characters"),
        ({"seen": "x"}, "seen", "Enter a whole number."),
        ({"seen": "9" * 400}, "seen", ""),
    ],
)
def test_bad_input_is_said_at_its_field_and_kept(lead_client, changed, field, said):
    response = lead_client.post(page_of("moved"), posted("save", **changed))

    assert response.status_code == 422
    errors = response.context["form"].errors
    assert list(errors) == [field]
    assert said in " ".join(errors[field])
    kept = response.context["form"][field].value()
    assert kept == str(changed[field])
    assert not MailText.objects.exists()


def test_versions_show_what_changed_in_words_and_come_back(lead_client, cast):
    lead_client.post(page_of("moved"), posted("save"))
    lead_client.post(page_of("moved"), posted("save", subject="Good news of {title}", seen=1))

    page = lead_client.get(page_of("moved", "versions")).content.decode()
    assert '<ins><span class="visually-hidden">new: </span>Good' in page
    against = lead_client.get(page_of("moved", "versions"), {"against": "program"})
    assert '<del><span class="visually-hidden">taken out: </span>Hello' in against.content.decode()

    lead_client.post(page_of("moved", "versions"), {"back": "1"})
    lead_client.post(page_of("moved", "versions"), {"back": "0"})
    subjects = MailText.objects.order_by("number").values_list("subject", flat=True)
    assert list(subjects) == [SUBJECT, "Good news of {title}", SUBJECT, ""]


@pytest.mark.parametrize("count", [1, 3])
def test_versions_take_as_many_statements_for_any_number(
    lead_client, cast, count, django_assert_num_queries
):
    for number in range(count):
        MailText.objects.create(
            key="moved", number=number + 1, subject="x", body="x", why="x", by=cast.lead,
            at="2026-11-02T12:00Z",
        )  # fmt: skip
    lead_client.get(page_of("moved", "versions"))

    with django_assert_num_queries(3):
        lead_client.get(page_of("moved", "versions"))


@pytest.mark.parametrize("back", ["", "x", "-1", "9" * 30, "\u0661"])
def test_what_is_no_version_is_404(lead_client, back):
    assert lead_client.post(page_of("moved", "versions"), {"back": back}).status_code == 404


@pytest.mark.parametrize("page", ["change", "html", "versions"])
@pytest.mark.parametrize("key", ["nonsense", "account", "moved:nobody"])
def test_a_text_that_is_none_is_404(lead_client, page, key):
    assert lead_client.get(page_of(key, page)).status_code == 404


@pytest.mark.parametrize("who", ["oxford", "auditor"])
def test_others_of_the_desk_read_and_do_not_write(client, cast, who):
    proposal = make_at(Stage.TRIAGE)
    client.force_login(getattr(cast, who))

    page = client.get(page_of("moved"), {"proposal": proposal.reference}).content.decode()
    assert "Hello {name}," in page
    assert "Hello Fay Proposer," in page
    assert 'name="save"' not in page
    assert client.get(page_of("moved", "html")).status_code == 200
    assert client.post(page_of("moved"), posted("save")).status_code == 403
    assert client.post(page_of("moved"), posted("test")).status_code == 403
    assert client.post(page_of("moved", "versions"), {"back": "0"}).status_code == 403


@pytest.mark.parametrize("page", ["change", "html", "versions"])
@pytest.mark.parametrize(("who", "status"), [("deans", 403), ("committee", 404), ("proposer", 404)])
def test_whoever_is_not_of_the_desk_meets_none(client, cast, who, status, page):
    client.force_login(getattr(cast, who))

    assert client.get(page_of("moved", page)).status_code == status
    assert client.get(LIST).status_code == status


def test_without_any_proposal_an_example_is_shown(lead_client):
    assert (
        "An example: there is no proposal yet" in lead_client.get(page_of("moved")).content.decode()
    )
    said = lead_client.get(page_of("moved"), {"proposal": "MC-1-1"}).content.decode()
    assert "There is no proposal MC-1-1." in said
