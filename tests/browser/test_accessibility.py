"""axe finds nothing on any page a role can reach, wide and narrow, light and dark."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from microcreds.accounts.models import User
from microcreds.outbox.links import token_for
from partners.leaving import end_engagement
from partners.models import (
    Contact,
    Endorsement,
    Engagement,
    FacultyAsk,
    Inquiry,
    Mou,
    Organization,
    PartnerAsk,
)
from partners.services import issue_links
from proposals.models import Proposal
from tests.browser.conftest import press, sign_in, violations_of

pytestmark = pytest.mark.browser

PUBLIC = ["/", "/accounts/login/", "/accounts/login/code/", "/accounts/signup/", "/partners/"]
PUBLIC += ["/partners/start/", "/partners/start/sent/", "/partners/link/nonsense/"]
PUBLIC += ["/accounts/password/reset/", "/no-such-page/", "/dev/mail/"]
DESK_LISTS = [
    "reviews_triageitem",
    "reviews_draftline",
    "reviews_holiday",
    "reviews_checklistitem",
    "outbox_message",
    "outbox_incoming",
    "partners_organization",
    "partners_contact",
    "partners_engagement",
    "accounts_unit",
    "accounts_campus",
    "accounts_department",
    "proposals_term",
]


def proposals_by_stage() -> dict[str, Proposal]:
    return {proposal.stage: proposal for proposal in Proposal.objects.order_by("pk")}


def pages_of(email: str) -> list[str]:
    """Every kind of page that this person of the demo reaches."""
    at = proposals_by_stage()
    if email.startswith("faculty"):
        draft, waiting = at["draft"].reference, at["submitted"].reference
        edit = [
            f"/proposals/{draft}/edit/{page}/"
            for page in ("about", "need", "skills", "shape", "partners", "finish")
        ]
        return [
            "/proposals/",
            "/proposals/?q=zzzz",
            "/proposals/new/",
            "/asks/",
            "/mail/",
            "/mail/preferences/",
            f"/proposals/{draft}/",
            *edit,
            f"/proposals/{draft}/check/",
            f"/proposals/{draft}/delete/",
            f"/proposals/{waiting}/",
            f"/proposals/{waiting}/partners/",
            f"/proposals/{waiting}/take-back/",
            f"/proposals/{waiting}/withdraw/",
            f"/proposals/{at['returned'].reference}/",
            f"/proposals/{at['full_proposal'].reference}/full-proposal/",
            *[f"/proposals/asked/{ask.key}/" for ask in FacultyAsk.objects.all()],
            *endorsement_pages_of(email),
            "/accounts/password/change/",
            "/accounts/logout/",
        ]
    desk = "/admin/reviews/triageitem/"
    if email.startswith("oxford"):
        triage = f"{desk}{at['triage'].pk}/"
        lists = [reverse(f"admin:{name}_changelist") for name in DESK_LISTS]
        moves = [f"{triage}move/{move}/" for move in ("consult", "return", "hold", "decline")]
        first = Contact.objects.order_by("pk").first()
        return [
            "/admin/",
            f"{desk}?q=zzzz",
            f"{desk}?queue=late&stage=triage&stage=consultation",
            f"{desk}queues/",
            f"{desk}queues/new/?stage=triage&q=waits:>3",
            f"{desk}columns/",
            f"{desk}process/",
            *lists,
            f"{triage}change/",
            *moves,
            f"{triage}sharing/",
            f"{triage}partners/",
            reverse("admin:reviews_triageitem_partners", args=[asked_one().pk]),
            reverse("proposals:proposal_record", args=[asked_one().reference]),
            f"{triage}opened/",
            f"{desk}visibility/",
            reverse("admin:partners_contact_links", args=[first.pk]),
            reverse("admin:partners_access_changelist"),
            f"{desk}nudge/?ids={at['returned'].pk},{at['on_hold'].pk}",
            f"{desk}next-step/?ids={at['triage'].pk},{at['declined'].pk}",
            reverse("admin:reviews_coveragerun_changelist"),
            *inquiry_pages(),
            *directory_pages(),
            *endorsement_pages(),
            *memorandum_pages(),
            reverse("admin:partners_contact_change", args=[first.pk]),
            reverse("admin:accounts_unit_add"),
        ]
    if email.startswith("lead"):
        return [
            reverse("admin:accounts_user_changelist"),
            reverse("admin:accounts_user_add"),
            reverse("admin:accounts_role_changelist"),
            reverse("admin:accounts_role_add"),
            reverse("admin:admin_logentry_changelist"),
            reverse("admin:outbox_mailtext_changelist"),
            reverse("admin:outbox_mailtext_change", args=["returned"]),
            reverse("admin:outbox_mailtext_versions", args=["returned"]),
        ]
    reached = at["apc_review"] if email.startswith("committee") else at["cad_consent"]
    move = "recommend" if email.startswith("committee") else "consent"
    pages = [desk, f"{desk}{reached.pk}/change/", f"{desk}{reached.pk}/move/{move}/"]
    endorsed = Endorsement.objects.of(reached).values_list("asked", flat=True)
    return pages + [
        reverse("proposals:proposal_endorsement", args=[reached.reference, asked])
        for asked in endorsed
    ]


def endorsement_pages_of(email: str) -> list[str]:
    """Whom its proposer asked, and what was signed."""
    theirs = PartnerAsk.objects.filter(engagement__proposal__submitter__email=email)
    asked = theirs.values_list("engagement__proposal__reference", "pk", "state")
    pages = [reverse("proposals:proposal_endorsements", args=[ref]) for ref, _pk, _state in asked]
    signed = [(ref, pk) for ref, pk, state in asked if state == PartnerAsk.State.ANSWERED]
    return pages + [reverse("proposals:proposal_endorsement", args=each) for each in signed]


def endorsement_pages() -> list[str]:
    """The same on the desk, and where staff record one."""
    pages = []
    for asked in PartnerAsk.objects.select_related("engagement"):
        pk = asked.engagement.proposal_id
        pages.append(reverse("admin:reviews_triageitem_endorsements", args=[pk]))
        if asked.state == PartnerAsk.State.ANSWERED:
            pages.append(reverse("admin:reviews_triageitem_endorsement", args=[pk, asked.pk]))
    return [*pages, reverse("admin:reviews_triageitem_endorsement_record", args=[pk])]


def endorsement_pages_for(contact: Contact) -> list[str]:
    """What a contact is asked, and where they decline."""
    asked = PartnerAsk.objects.filter(contact=contact).select_related("engagement__proposal")
    names = ("endorsement", "endorsement_decline")
    return [
        reverse(f"partners:{name}", args=[each.engagement.proposal.reference, each.pk])
        for each in asked
        for name in names
    ]


def asked_one() -> Proposal:
    """The one whose partner is asked for something."""
    found: Proposal = PartnerAsk.objects.select_related("engagement__proposal")[
        0
    ].engagement.proposal
    return found


def asked_pages() -> list[str]:
    """What the demo's partner is asked, open and answered, and the pages beside it."""
    reference = asked_one().reference
    pages = [
        reverse(f"partners:{asked.kind}", args=[reference, asked.pk])
        for asked in PartnerAsk.objects.filter(engagement__proposal__reference=reference)
    ]
    others = ("engagement_detail", "write", "colleague", "history")
    return pages + [reverse(f"partners:{name}", args=[reference]) for name in others]


def inquiry_pages() -> list[str]:
    """The queue of inquiries, each of them, and what staff type."""
    pages = ["partners_inquiry_changelist", "partners_inquiry_typed"]
    pages += ["partners_inquiry_for_faculty", "partners_inquiry_wanted"]
    each = [reverse("admin:partners_inquiry_change", args=[i.pk]) for i in Inquiry.objects.all()]
    return [reverse(f"admin:{name}") for name in pages] + each


def directory_pages() -> list[str]:
    """Of an organization with a duplicate: its page, its facts, the merge; parts of each kind."""
    known = Organization.objects.get(name="Tallgrass Fasteners")
    double = Organization.objects.get(name="Tallgrass Fasteners, Inc.")
    left = Engagement.objects.get(ended_at__isnull=False)
    pages = [
        reverse(f"admin:partners_organization_{name}", args=[known.pk])
        for name in ("change", "facts", "merge")
    ]
    parts = [
        reverse("admin:reviews_triageitem_engagement", args=[part.proposal_id, part.pk])
        for part in (left, Engagement.objects.filter(ended_at=None).latest("pk"))
    ]
    return [*pages, f"{pages[2]}?with={double.pk}", *parts]


def memorandum_pages() -> list[str]:
    """The list of memoranda, one at each status that the demo has, and the moves open there."""
    pages = [reverse("admin:partners_mou_changelist")]
    for mou in {mou.status: mou for mou in Mou.objects.order_by("pk")}.values():
        pages.append(reverse("admin:partners_mou_change", args=[mou.pk]))
    with_partner = Mou.objects.filter(status=Mou.Status.WITH_PARTNER)[0].pk
    moves = ("agree", "ask_changes", "redraft")
    pages.append(reverse("admin:partners_mou_correct", args=[with_partner]))
    return pages + [reverse("admin:partners_mou_move", args=[with_partner, m]) for m in moves]


def found_on(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        assert page.locator("h1").count() == 1, f"{path} has not one h1"
        found += violations_of(page)
    return found


def test_no_page_of_any_role_breaks_wcag_2_2_aa(demo_site, visit):
    wide = {"width": 1280, "color_scheme": "light"}
    narrow = {"width": 390, "color_scheme": "dark"}
    found = []
    for options in (wide, narrow):
        found += found_on(visit(**options), PUBLIC)
        for email in ("faculty@", "oxford@", "lead@", "committee-chair@", "deans@"):
            page = visit(**options)
            sign_in(page, f"{email}miami.example")
            found += found_on(page, pages_of(email))
        partner = partner_page(visit(**options))
        mails = ["/partners/", "/partners/mail/", "/partners/mail/preferences/"]
        found += found_on(partner, mails + asked_pages())
        contacts = Contact.objects.filter(asks__kind=PartnerAsk.Kind.ENDORSEMENT).distinct()
        for contact in contacts:
            reader = partner_page(visit(**options), contact)
            found += found_on(reader, endorsement_pages_for(contact))
        sender = Contact.objects.get(email="darnell@sugarcreek.example")
        found += found_on(partner_page(visit(**options), sender), ["/partners/"])
    assert found == []


def partner_page(page: Page, contact: Contact | None = None) -> Page:
    """A browser with a partner's session, on the status page."""
    contact = contact or Contact.objects.get(email="pat@tallgrass.example")
    token = token_for(issue_links(contacts=[contact])[contact.pk].uuid)
    page.goto(f"/partners/link/{token}/")
    assert violations_of(page) == []
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    assert violations_of(page) == []
    return page


def test_a_page_whose_part_ended_breaks_no_rule(demo_site, visit):
    pat = Contact.objects.get(email="pat@tallgrass.example")
    part, staff = pat.engagements.get(), User.objects.get(email="lead@miami.example")
    end_engagement(engagement=part, reason="withdrew", words="Thank you.", by=staff)

    page = partner_page(visit(width=390, color_scheme="dark"))

    assert page.locator("h1").inner_text() == part.proposal.working_title
    assert "Thank you." in page.locator("main").inner_text()


def test_a_refused_form_leads_to_its_errors(demo_site, visit):
    """The summary names each error in the words beside the field, and its links lead there."""
    page = visit()
    sign_in(page, "faculty@miami.example")
    draft = proposals_by_stage()["draft"]
    page.goto(f"/proposals/{draft.reference}/edit/shape/")
    page.locator("[name=effort_hours]").fill("many")
    press(page, "Save")
    assert violations_of(page) == []
    link = page.locator("[role=alert] a").first
    beside_the_field = page.locator("#id_effort_hours_error").inner_text()
    assert link.inner_text().endswith(beside_the_field)
    assert page.locator("[name=effort_hours]").input_value() == "many"
    link.click()
    assert page.evaluate("document.activeElement.name") == "effort_hours"
