"""Autosave: what the page sends while its writer goes on, and what it is told."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from microcreds.accounts.models import Department, Division
from proposals.interest import PAGES, Kind, questions_of
from proposals.models import InterestEdit, InterestForm, NamedPartner, Participant, Proposal
from proposals.services import answers_of, create_draft
from tests.factories import make_campus, make_draft, make_submitted, whole_answers
from tests.proposals.posting import as_post

pytestmark = pytest.mark.django_db
AJAX = {"Accept": "application/json"}


@pytest.fixture
def draft(proposer, other_proposer):
    """A draft of two people."""
    draft = create_draft(owner=proposer, working_title="Sampling for shift leads")
    Participant.objects.create(
        proposal=draft, user=other_proposer, capacity="editor", since=draft.created_at
    )
    return draft


@pytest.fixture
def me(client, proposer):
    client.force_login(proposer)
    return client


def url_of(proposal, page):
    return reverse("proposals:proposal_autosave", args=[proposal.reference, page])


def autosave(client, proposal, page, answers, *, version=1, **extra):
    return client.post(
        url_of(proposal, page), as_post(page, answers, version) | extra, headers=AJAX
    )


def stored(proposal):
    return answers_of(Proposal.objects.with_answers().get(pk=proposal.pk), confidential=True)


@pytest.mark.parametrize("key", PAGES)
def test_a_page_saves_itself_and_says_when(me, draft, key):
    told = autosave(me, draft, key, whole_answers()[key])

    assert told.status_code == 200
    assert told.json()["version"] == InterestForm.objects.get().version == 2
    assert re.fullmatch(r"\d\d:\d\d", told.json()["at"])
    given = {k: v for k, v in whole_answers()[key].items() if v and k != "together"}
    assert given.keys() <= stored(draft).keys()


def test_the_same_autosave_twice_and_one_without_a_change_make_no_version(me, draft):
    row = {"text": "Read a chart"}
    sent = {"page_key": str(uuid4()), "sequence": 1}
    first = autosave(me, draft, "skills", {"outcomes": [row]}, **sent)
    second = autosave(me, draft, "skills", {"outcomes": [row]}, **sent)

    assert first.json()["version"] == second.json()["version"] == 2
    assert first.json()["ids"] == second.json()["ids"] != {"outcomes-0-id": ""}
    assert [each["text"] for each in stored(draft)["outcomes"]] == ["Read a chart"]
    assert InterestEdit.objects.count() == 1


def test_autosaves_of_one_page_out_of_order_keep_the_later_text(me, draft):
    page_key = str(uuid4())

    def send(text, number):
        answers = {"working_title": draft.working_title, "need_statement": text}
        return autosave(me, draft, "need", answers, page_key=page_key, sequence=number)

    assert send("Shift leads guess at quality", 2).status_code == 200
    late = send("Shift leads", 1)
    assert late.json()["late"] is True
    assert send("Shift leads guess at quality, all of them", 3).json()["conflicts"] == []

    assert stored(draft)["need_statement"] == "Shift leads guess at quality, all of them"


def test_a_second_tab_of_the_same_person_meets_a_conflict_not_a_loss(me, draft):
    for text in ("one tab", "the other tab"):
        answers = {"working_title": draft.working_title, "need_statement": text}
        told = autosave(me, draft, "need", answers, page_key=str(uuid4()), sequence=1)

    assert told.status_code == 409
    assert "one tab" in told.json()["conflicts"][0]["html"]
    assert stored(draft)["need_statement"] == "one tab"


def test_what_is_valid_is_saved_and_what_is_not_is_told_at_its_field(me, draft):
    told = autosave(
        me, draft, "shape", {"credit_kind": "credit"}, effort_hours="many", duration_value="4"
    )

    assert told.status_code == 422
    (error,) = told.json()["errors"]
    assert (error["path"], error["name"]) == ("effort_hours", "effort_hours")
    assert "whole number" in error["html"]
    assert (stored(draft)["credit_kind"], stored(draft)["duration_value"]) == ("credit", 4)


def test_different_answers_of_two_people_both_stay_and_are_told(me, draft, client, other_proposer):
    title = {"working_title": draft.working_title}
    autosave(me, draft, "need", title | {"audience_note": "Night shift"}, sequence=1)
    client.force_login(other_proposer)

    told = autosave(client, draft, "need", title | {"need_statement": "They guess"})

    assert told.status_code == 200
    assert told.json()["differs"] == {"audience_note": ["Night shift"]}
    kept = stored(draft)
    assert (kept["audience_note"], kept["need_statement"]) == ("Night shift", "They guess")


@pytest.fixture
def contested(me, draft, client, other_proposer):
    """Both changed the need; the other's text stands. Gives what the later is told."""
    title = {"working_title": draft.working_title}
    autosave(me, draft, "need", title | {"need_statement": "Fay's text"}, page_key=str(uuid4()))
    client.force_login(other_proposer)
    told = autosave(client, draft, "need", title | {"need_statement": "Gus's text"})
    assert told.status_code == 409
    return told.json()


@pytest.mark.parametrize(
    ("choice", "stands"),
    [
        ("", "Fay's text"),
        ("nonsense", "Fay's text"),
        ("theirs", "Fay's text"),
        ("mine", "Gus's text"),
        ("both", "Fay's text\n\nGus's text"),
    ],
)
def test_a_conflict_shows_both_texts_and_stands_as_chosen(client, draft, contested, choice, stands):
    (conflict,) = contested["conflicts"]
    assert "Fay Proposer changed this too" in conflict["html"]
    assert "Fay&#x27;s text" in conflict["html"]
    answers = {"working_title": draft.working_title, "need_statement": "Gus's text"}
    chosen = {"conflict": "need_statement", "keep-need_statement": choice}

    told = autosave(client, draft, "need", answers, version=contested["version"], **chosen)

    assert stored(draft)["need_statement"] == stands
    is_open = choice in ("", "nonsense")
    assert [each["path"] for each in told.json()["conflicts"]] == ["need_statement"] * is_open
    if not is_open:  # what was not chosen is in the form's history
        before = [edit.before.get("need_statement") for edit in InterestEdit.objects.all()]
        assert {"Fay's text", "Gus's text"} <= {stands, *before} or choice == "both"


def test_choosing_theirs_twice_over_the_page_without_scripts(client, draft, contested):
    answers = {"working_title": draft.working_title, "need_statement": "Gus's text"}
    sent = as_post("need", answers, contested["version"]) | {"conflict": "need_statement"}
    url = reverse("proposals:proposal_edit", args=[draft.reference, "need"])

    unchosen = client.post(url, sent)
    assert unchosen.status_code == 409
    assert b'id="conflict-summary"' in unchosen.content
    assert client.post(url, sent | {"keep-need_statement": "theirs"}).status_code == 302
    assert client.post(url, sent | {"keep-need_statement": "theirs"}).status_code == 302

    assert stored(draft)["need_statement"] == "Fay's text"


@pytest.mark.parametrize(
    "name", ["", "nothing", "outcomes-0-text", "working_title\x00", "outcomes--text", "partners-0"]
)
def test_a_made_up_conflict_does_no_harm(me, draft, name):
    sent = {"conflict": name, f"keep-{name}": "both", "need_statement": "They guess"}

    told = autosave(me, draft, "need", {"working_title": draft.working_title}, **sent)

    assert told.status_code == 200
    assert stored(draft)["need_statement"] == "They guess"


def test_a_confidential_cell_in_conflict_stays_out_of_the_open_history(me, draft):
    row = {"id": str(uuid4()), "org_name": "A", "confidential": "yes"}
    for text in ("my price", "secret price"):
        told = autosave(
            me, draft, "partners", {"partners": [row | {"confidential_text": text}]}
        ).json()
    name = "partners-0-confidential_text"
    autosave(
        me,
        draft,
        "partners",
        {"partners": [row | {"confidential_text": "secret price"}]},
        version=told["version"],
        conflict=name,
        **{f"keep-{name}": "theirs"},
    )

    assert stored(draft)["partners"][0]["confidential_text"] == "my price"
    assert all("price" not in str(edit.before) for edit in InterestEdit.objects.all())
    assert "secret price" in str([edit.confidential_before for edit in InterestEdit.objects.all()])


def test_who_is_signed_out_or_somebody_else_saves_nothing(me, draft, proposer):
    whole = whole_answers()["need"]
    headers = AJAX | {"X-Account": str(proposer.pk + 1)}
    assert (
        me.post(url_of(draft, "need"), as_post("need", whole), headers=headers).status_code == 401
    )
    Session.objects.all().delete()

    told = autosave(me, draft, "need", whole)

    assert (told.status_code, told.json()["refusal"][:18]) == (401, "You are signed out")
    assert InterestForm.objects.get().version == 1


@pytest.mark.parametrize("who", ["oxford", "lead", "admin_user", "chair"])
def test_nobody_else_saves_a_draft(client, draft, request, who):
    client.force_login(request.getfixturevalue(who))

    assert autosave(client, draft, "need", whole_answers()["need"]).status_code == 404


def test_once_sent_nothing_is_saved(me, proposer):
    told = autosave(me, make_submitted(proposer), "need", whole_answers()["need"])

    assert told.status_code == 409
    assert "sent in the meantime" in told.json()["refusal"]


NASTY = {"NUL": "a\\u0000b", "half a character": "a\\ud800b", "other half": "\\udfff"}


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize("name", ["need_statement", "audience_note", "working_title"])
def test_json_with_what_cannot_be_stored_is_told_at_its_field(me, draft, name, text):
    given = '"form_version": 1, "working_title": "Sampling", "origin": "own_idea"'
    body = f'{{{given}, "{name}": "{text}"}}'

    told = me.post(url_of(draft, "need"), body, content_type="application/json", headers=AJAX)

    assert told.status_code == 422
    assert [error["name"] for error in told.json()["errors"]] == [name]
    assert "Remove the characters" in told.json()["errors"][0]["html"]
    assert stored(draft)["origin"] == "own_idea"


@pytest.mark.parametrize(
    "body", ["[]", "{", '"x"', '{"origin": {"a": 1}}', '{"origin": [[1]]}', "\xff", "[" * 9000]
)
def test_json_that_is_none_is_refused_in_words(me, draft, body):
    told = me.post(
        url_of(draft, "need"), body.encode("latin-1"), content_type="application/json", headers=AJAX
    )

    assert told.status_code == 400
    assert told.json()["refusal"] == "This could not be read, so nothing was saved."


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "a%00b%ED%BF%BF"])
def test_a_form_body_with_what_cannot_be_stored_is_no_fault_of_ours(me, draft, text):
    body = f"form_version=1&working_title=Sampling&need_statement={text}"

    told = me.post(
        url_of(draft, "need"),
        body,
        content_type="application/x-www-form-urlencoded",
        headers=AJAX,
    )

    assert told.status_code in (200, 422)
    assert "\x00" not in stored(draft).get("need_statement", "")


def many_rows(count):
    return {
        "outcomes-TOTAL_FORMS": count,
        "outcomes-INITIAL_FORMS": 0,
        **{f"outcomes-{n}-text": f"Row {n}" for n in range(count)},
    }


def test_ten_thousand_pasted_rows_are_refused_as_too_much(me, draft):
    told = me.post(url_of(draft, "skills"), many_rows(10_000), headers=AJAX)

    assert (told.status_code, told.json()["refusal"][:19]) == (413, "This is more than o")
    page = me.post(
        reverse("proposals:proposal_edit", args=[draft.reference, "skills"]), many_rows(10_000)
    )
    assert page.status_code == 413
    assert b"<h1>That is too much at once</h1>" in page.content
    told = me.post(url_of(draft, "skills"), many_rows(200), headers=AJAX)
    assert told.status_code == 422
    assert "Keep at most 7." in told.json()["problems"]


def test_a_huge_body_has_a_page_of_ours(me, draft):
    typed = {"form_version": 1, "need_statement": "x" * 2_600_000}

    assert me.post(url_of(draft, "need"), typed, headers=AJAX).status_code in (413, 422)
    body = "need_statement=" + "x" * 2_600_000
    kind = "application/x-www-form-urlencoded"
    told = me.post(url_of(draft, "need"), body, content_type=kind, headers=AJAX)
    assert (told.status_code, list(told.json())) == (413, ["refusal"])
    assert me.post(url_of(draft, "need"), body, content_type=kind).status_code == 413


def test_a_text_too_long_is_told_and_the_rest_saved(me, draft):
    told = autosave(me, draft, "need", {"working_title": "Sampling", "need_statement": "x" * 5000})

    assert told.status_code == 422
    assert "there are 5000 now" in told.json()["errors"][0]["html"]
    assert stored(draft)["working_title"] == "Sampling"


def statements(client, proposal, page, typed):
    """What one autosave asks the database, without the brackets of its transaction."""
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.post(url_of(proposal, page), typed, headers=AJAX).status_code == 200
    brackets = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [each["sql"] for each in found if not each["sql"].startswith(brackets)]


def everything_changed(proposal, page):
    """Every text, place and row of the page is another than it was."""
    answers = stored(proposal)
    for question in questions_of(page):
        if question.kind is Kind.TEXT:
            answers[question.key] = "changed " * 12
        # Colleagues are told apart by their address, which stays.
        for row in answers.get(question.key, ()) if question.kind is Kind.ROWS else ():
            if question.key != "co_proposers":
                row[question.columns[0].key] += " changed"
    if page == "about":
        other = Division.objects.create(name="Engineering")
        department = Department.objects.create(name="Welding", division=other)
        answers |= {"division": str(other.pk), "department": str(department.pk)}
        answers |= {"campus_home": str(make_campus("Hamilton").pk), "chair_name": "C. Head"}
    if page == "need":
        answers |= {"working_title": "Another title", "start_by": "asap"}
    if page == "partners":
        answers["partners"] = [*answers["partners"][:-1], {"id": str(uuid4()), "org_name": "New"}]
    return as_post(page, answers, InterestForm.objects.get(proposal=proposal).version)


@pytest.mark.parametrize("page", PAGES)
def test_an_autosave_takes_at_most_eight_statements_for_any_rows(me, proposer, page):
    found = []
    for count in (1, 3):
        rows = [{"org_name": f"Partner {n}"} for n in range(count)]
        outcomes = [{"text": f"Outcome {n}"} for n in range(count)]
        draft = make_draft(proposer, partners=rows, outcomes=outcomes)
        found.append(statements(me, draft, page, everything_changed(draft, page)))
        Division.objects.filter(name="Engineering").update(name=f"Engineering {count}")

    assert [len(each) for each in found] == [len(found[0])] * 2
    assert len(found[0]) <= 8, found[0]


def test_an_autosave_without_a_change_writes_nothing(me, proposer):
    draft = make_draft(proposer)
    typed = as_post("finish", stored(draft), InterestForm.objects.get().version)

    writes = ("INSERT", "UPDATE", "DELETE")
    assert not [sql for sql in statements(me, draft, "finish", typed) if sql.startswith(writes)]


def test_a_row_id_of_another_proposal_is_not_taken(me, draft, proposer):
    theirs = make_draft(proposer)
    row = NamedPartner.objects.get(proposal=theirs)

    autosave(me, draft, "partners", {"partners": [{"id": str(row.pk), "org_name": "Mine"}]})

    row.refresh_from_db()
    assert (row.org_name, row.proposal_id) == ("Tallgrass Fasteners", theirs.pk)
    assert [each["org_name"] for each in stored(draft)["partners"]] == ["Mine"]


def test_the_session_tells_how_long_and_is_renewed_by_a_post(me, proposer):
    session = Session.objects.get()
    session.expire_date -= timedelta(hours=7, minutes=58)
    session.save()
    url = reverse("account_session")

    told = me.get(url).json()
    assert told["account"] == str(proposer.pk)
    assert 100 < told["seconds"] <= 120
    assert me.post(url).json()["seconds"] == 8 * 3600
    assert me.get(url).json()["seconds"] > 8 * 3600 - 60
    Session.objects.all().delete()
    assert (me.get(url).status_code, me.post(url).status_code) == (401, 401)


def test_a_lost_token_is_told_in_json(draft, proposer, client):
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(proposer)

    told = autosave(strict, draft, "need", whole_answers()["need"])

    assert (told.status_code, json.loads(told.content)["refusal"][:6]) == (403, "Reload")
