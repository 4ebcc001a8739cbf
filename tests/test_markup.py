"""The HTML of pages has none of the faults that validators found on them."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from partners.models import Engagement
from proposals.models import Proposal, Stage
from reviews.workflow import Move
from tests.architecture.test_urls import addresses, client_of, path_of
from tests.factories import make_at, make_draft
from tests.markup import faults_in
from tests.partners.sharing import come_by_link, share_it, summarized

PAGE = '<h1>A</h1><label for="a">B</label><input id="a">{}'
DESK = "/admin/reviews/triageitem"


def faults_on(client: Client, paths: list[str], *, posted: bool = False) -> list[str]:
    """What is wrong on each page that is answered; a refused form is one too."""
    found = []
    for path in paths:
        answer = client.post(path, {"q": "\x00"}) if posted else client.get(path)
        if answer.streaming:
            answer.getvalue()  # read to its end, it closes its file
        elif answer.content.lstrip().startswith(b"<!DOCTYPE html>"):  # and no part of a page
            found += [f"{path}: {fault}" for fault in faults_in(answer.content.decode())]
    return found


def named(proposal: Proposal) -> list[str]:
    return [path_of(name, pattern, proposal) for name, pattern in addresses()]


def of_the_admin(proposal: Proposal) -> list[str]:
    """Every list and "add" page, also as a popup, the first of each list, and the desk's pages."""
    paths = [f"{DESK}/?q=waits:zzz", f"{DESK}/?queue=late", "/proposals/?show=readable"]
    paths += [f"{DESK}/{proposal.pk}/move/{move}/" for move in Move]
    for model in admin.site._registry:
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        first = model._default_manager.values_list("pk", flat=True).first()
        for page, args in (("changelist", []), ("add", []), *THOSE_OF_ONE):
            try:
                paths.append(reverse(f"{label}_{page}", args=args and [first]))
            except NoReverseMatch:  # a desk page has no "add", a list none of a first
                continue
    return [*paths, f"{reverse('admin:accounts_campus_add')}?_popup=1"]


THOSE_OF_ONE = [(page, ["first"]) for page in ("change", "delete", "history")]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["anonymous", "proposer"])
def test_pages_outside_the_desk_are_without_a_fault(role):
    proposal, client = make_at(Stage.TRIAGE), client_of(role)

    assert faults_on(client, [*named(proposal), "/proposals/?show=readable"]) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["lead", "auditor"])
def test_pages_of_the_desk_are_without_a_fault(role):
    proposal, client = make_at(Stage.TRIAGE), client_of(role)

    assert faults_on(client, of_the_admin(proposal)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["proposer", "lead"])
def test_refused_forms_are_without_a_fault(role):
    proposal, client = make_at(Stage.TRIAGE), client_of(role)
    paths = named(proposal) + (of_the_admin(proposal) if role == "lead" else [])

    assert faults_on(client, [p for p in paths if "logout" not in p], posted=True) == []


@pytest.mark.django_db
def test_the_pages_of_a_draft_are_without_a_fault(cast):
    draft, client = make_draft(), client_of("proposer")
    pages = ("about", "need", "skills", "shape", "partners", "finish")
    paths = [f"/proposals/{draft.reference}/edit/{page}/" for page in pages]

    assert faults_on(client, paths) + faults_on(client, paths, posted=True) == []


@pytest.mark.django_db
def test_the_pages_of_a_partner_are_without_a_fault(cast):
    proposal, client = summarized(make_at(Stage.TRIAGE)), Client()
    share_it(proposal, cast.oxford)
    come_by_link(client, Engagement.objects.get(proposal=proposal).contact)
    paths = [path for path in named(proposal) if path.startswith("/partners/")]

    assert faults_on(client, paths) + faults_on(client, paths, posted=True) == []


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("", None),
        ("<section><h2>C</h2><img><br/></section><svg><path d=''/></svg>", None),
        ('<section aria-label="C"><p>D</p></section>', None),
        ("<section><p>C</p></section>", "section without a heading"),
        ("<p>C</div>", "</div> closes nothing"),
        ("<p>C", "<p> is never closed"),
        ('<p id="a"></p>', 'id="a" twice'),
        ('<p aria-describedby="a c"></p>', 'aria-describedby="c" leads nowhere'),
        ('<input name="c">', "input c has no label"),
        ("<h1>C</h1>", "2 h1"),
        ("<dl><dt>C</dt><dd></dd><dt> C</dt><dd></dd></dl>", "'C' twice in a dl"),
        ('<a href="/"><button>C</button></a>', "button inside what is pressed itself"),
        ('<input type="hidden" name="c" autocomplete="off">', "hidden c with autocomplete"),
        ('<ul role="list"></ul>', "ul says its own role"),
        ('<table><th scope="colgroup"></th></table>', "a th of columns that are no group"),
        ("<p><time>Tue 1 Dec</time>\n.</p>", "a space before '.'"),
    ],
)
def test_each_fault_is_found(html, fault):
    faults = faults_in(PAGE.format(html))

    assert faults[:1] == ([fault] if fault else [])
