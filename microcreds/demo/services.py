"""The demo's people and proposals come into an empty database, through the services of the product.

Whoever adds a record to the product adds it here or to the files in ``proposals/``, so that the
demo shows it.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from microcreds.accounts.models import Campus, Department, Role, Unit, User
from microcreds.accounts.reference import load_reference
from microcreds.accounts.services import create_person
from microcreds.demo import memoranda
from microcreds.demo.directory import tell_directory
from microcreds.demo.endorsements import tell_endorsements
from microcreds.demo.ideas import Idea, Past, Step, read_ideas
from microcreds.demo.inquiries import tell_inquiries
from microcreds.demo.partner_asks import tell_partner_asks
from microcreds.demo.people import DOMAIN, PEOPLE, SIGN_IN_WORD
from microcreds.demo.sent import count_as_sent
from partners import services as partners_services
from partners.access import network_of
from partners.models import Contact, Engagement, Organization
from partners.outcomes import show_outcomes
from proposals import services as proposals_services
from proposals.interest import ATTESTATIONS, PAGES, questions_of
from proposals.models import Proposal, Term, Thread
from proposals.terms import load_terms
from reviews import services as reviews_services
from reviews import threads, todos
from reviews.checklists import load_checklists
from reviews.clocks import campus_day
from reviews.holidays import load_holidays
from reviews.models import Holiday, TalkedWith, ToDo
from reviews.mou import days
from reviews.plans import Given, build_plan
from reviews.points import Point
from reviews.workflow import Move

# Longer ago than the oldest proposal, so that whoever moved it had their role by then.
YEARS_BACK = 6
NEXT_STEPS = ("next_step_submitter", "next_step_partner")
Cast = dict[str, User]


def is_loaded() -> bool:
    """Whether the demo's people are in this database."""
    return User.objects.filter(email=PEOPLE[0].email).exists()


@transaction.atomic
def load_demo(*, at: datetime | None = None) -> int:
    """Everyone and everything of the demo is there; returns the number of its proposals.

    Each proposal came to its stage in the past of ``at`` (default: now). Mails whose time has come
    by then count as sent, and are delivered to nobody.
    """
    now = at or timezone.now()
    today = timezone.localdate(now)
    load_reference(email_domain=DOMAIN)
    load_terms(today=today)
    load_holidays(years=range(today.year - YEARS_BACK, today.year + 3))
    load_checklists()
    cast = _add_people(now)
    past = Past(now, frozenset(Holiday.objects.values_list("on", flat=True)))
    ideas = read_ideas(past)
    told = [_tell(idea, cast, past) for idea in ideas]
    _tick_off_what_was_left(now)
    days.tend(at=now - timedelta(days=1))
    references = [proposal.reference for proposal in told]
    tell_directory(cast, past)
    references += [inquiry.reference for inquiry in tell_inquiries(cast, past)]
    tell_endorsements(past)
    tell_partner_asks(cast, past)
    Organization.objects.filter(engagements__proposal__in=told).update(is_fictional=True)
    count_as_sent(references=references, by=now)
    return len(told)


def _add_people(now: datetime) -> Cast:
    since = now - timedelta(days=365 * YEARS_BACK)
    units = {campus.name: campus.unit for campus in Campus.objects.select_related("unit")}
    departments = {department.name: department for department in Department.objects.all()}
    cast = {
        person.key: create_person(
            email=person.email, name=person.name, is_superuser=person.is_superuser, at=since
        )
        for person in PEOPLE
    }
    # Made once and not for each: a good hash takes its time.
    User.objects.filter(pk__in=[user.pk for user in cast.values()]).update(
        password=make_password(SIGN_IN_WORD)
    )
    Role.objects.bulk_create(
        Role(
            user=cast[person.key],
            kind=person.role,
            unit=units.get(person.campus),
            department=departments.get(person.department),
            starts_on=since.date(),
            given_by=cast["admin"],
        )
        for person in PEOPLE
        if person.role
    )
    for person in PEOPLE:
        if person.campus:
            Unit.objects.filter(campuses__name=person.campus, contact_name="").update(
                contact_name=person.name, phone="513-555-0100", hours="Weekdays, 9 to 5"
            )
    return cast


def _tell(idea: Idea, cast: Cast, past: Past) -> Proposal:
    """The idea as a draft with its answers, then what happened to it, step by step."""
    owner = cast[idea.owner]
    start = past.moment(idea.began)
    proposal = proposals_services.create_draft(
        owner=owner, working_title=idea.working_title, at=start
    )
    answers = idea.answers | _references(idea.answers, past.now)
    _answer(proposal, answers, idea.together, owner, past.moment(idea.began, 20))
    for minute, step in enumerate(idea.steps, start=1):
        actor = cast[step["by"]] if "by" in step else owner
        at = past.moment(step["ago"], 30 + 10 * minute)
        _take(step, proposal, actor, at, idea)
        proposal = Proposal.objects.get(pk=proposal.pk)
    # Words about what comes next end with the stage they were said at.
    if next_steps := {key: idea.triage[key] for key in NEXT_STEPS if key in idea.triage}:
        triaged = next(step for step in idea.steps if step.get("move") == Move.START_TRIAGE)
        by, later = cast[triaged["by"]], at + timedelta(minutes=5)
        reviews_services.save_triage(proposal=proposal, by=by, values=next_steps, at=later)
    return proposal


def _take(step: Step, proposal: Proposal, actor: User, at: datetime, idea: Idea) -> None:
    """One step of what happened to it, by the service that a page would call."""
    if "move" in step:
        _move(proposal, step, actor, at, idea)
    elif "todo" in step:
        todos.add_todo(
            proposal=proposal,
            words=step["todo"],
            owner=actor,
            by_day=step["todo_on"],
            is_next=step.get("is_next", False),
            by=actor,
            at=at,
        )
    elif "heard" in step:
        audience = TalkedWith.Audience(step.get("audience", "internal"))
        todos.note_talk(
            proposal=proposal,
            kind=step["kind"],
            who=step["who"],
            on=campus_day(at),
            said=step["heard"],
            audience=audience,
            by=actor,
            at=at,
        )
    elif "said" in step:
        kind = Thread.Kind.PROPOSERS
        threads.write(proposal=proposal, kind=kind, by=actor, body=step["said"], at=at)
    elif "file" in step:
        proposals_services.attach(
            proposal=proposal, upload=_letter(step["file"], step["lines"]), by=actor, at=at
        )
    elif "with" in step:
        _share(proposal, step["with"], actor, at)
    elif "mou" in step:
        engagement = Engagement.objects.get(proposal=proposal)
        memoranda.bring_to(engagement, step["mou"], actor, at, _letter)
    else:
        proposals_services.add_note(proposal=proposal, author=actor, body=step["text"], at=at)


def _tick_off_what_was_left(now: datetime) -> None:
    """Checklists of stages that a proposal has left are done, as is what was due by today."""
    standing = ToDo.objects.open().filter(item__isnull=False)
    left = ~Q(laid_by__to_stage=F("proposal__stage")) | Q(by_day__lte=campus_day(now))
    for todo in standing.filter(left).select_related("owner"):
        noon = timezone.make_aware(datetime.combine(todo.by_day, time(12)))
        todo.done_at, todo.done_by = max(min(now, noon), todo.made_at), todo.owner
        todo.save(update_fields=["done_at", "done_by"])


def _answer(
    proposal: Proposal,
    answers: dict[str, Any],
    together: tuple[str, ...],
    owner: User,
    at: datetime,
) -> None:
    """The owner saves each page on which they have something to say."""
    version = proposal.interest.version
    for page in PAGES:
        keys = [question.key for question in questions_of(page)]
        said: dict[str, Any] = {key: answers[key] for key in keys if key in answers}
        if left_open := [key for key in together if key in keys]:
            said["together"] = left_open
        if said:
            version = proposals_services.save_page(
                proposal=proposal, page=page, answers=said, form_version=version, by=owner, at=at
            ).version


def _references(answers: dict[str, Any], now: datetime) -> dict[str, str]:
    """What the files name by words and the form by the key of reference data."""
    found = {}
    if campus := answers.get("campus_home"):
        found["campus_home"] = str(Campus.objects.get(name=campus).pk)
    if department := answers.get("department"):
        chosen = Department.objects.get(name=department)
        found |= {"department": str(chosen.pk), "division": str(chosen.division_id)}
    start = answers.get("start_by", "")
    if start.startswith("term:"):
        coming = Term.objects.filter(starts_on__gt=now).order_by("starts_on")
        found["start_by"] = f"term:{coming[int(start.removeprefix('term:')) - 1].pk}"
    return found


def _move(proposal: Proposal, step: Step, actor: User, at: datetime, idea: Idea) -> None:
    key = Move(step["move"])
    if "answers" in step:
        _answer(proposal, step["answers"], (), actor, at - timedelta(minutes=5))
    if key in (Move.SUBMIT, Move.RESUBMIT):
        proposal = Proposal.objects.select_related("interest").get(pk=proposal.pk)
        reviews_services.submit(
            proposal=proposal,
            actor=actor,
            form_version=proposal.interest.version,
            attestations=dict.fromkeys(ATTESTATIONS, True),
            at=at,
        )
        return
    given = Given(**{name: step[name] for name in Given.__dataclass_fields__ if name in step})
    given = replace(given, points=tuple(Point(**point) for point in step.get("points", ())))
    memoranda.open_gate(proposal, key, actor, at, _letter, step.get("ends_on"))
    plan = build_plan(proposals=[proposal], move=key, actor=actor, given=given, at=at)
    reviews_services.move(plan=plan, at=at)
    if key == Move.START_TRIAGE:
        proposal = Proposal.objects.get(pk=proposal.pk)
        values = {key: said for key, said in idea.triage.items() if key not in NEXT_STEPS}
        reviews_services.save_triage(
            proposal=proposal, by=actor, values=values, at=at + timedelta(minutes=5)
        )


def _letter(name: str, lines: list[str]) -> File:
    """A PDF of one page with these lines."""
    shown = "".join(f"({line}) Tj 0 -18 Td " for line in lines)
    drawn = f"BT /F1 12 Tf 72 720 Td {shown}ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    whole, places = "%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(whole))
        whole += f"{number} 0 obj\n{body}\nendobj\n"
    entries = "".join(f"{place:010} 00000 n \n" for place in places)
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}"
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(whole)}"
    return ContentFile(f"{whole}{table}{trailer}\n%%EOF\n".encode("ascii"), name)


def _share(proposal: Proposal, email: str, actor: User, at: datetime) -> None:
    """The contact gets a link, and opens the page with it the same day."""
    contact = Contact.objects.get(email=email)
    engagement = Engagement.objects.get(proposal=proposal, contact=contact)
    partners_services.share(engagement=engagement, contact=contact, by=actor, at=at)
    if engagement.named_partner.stage == "agreement":
        show_outcomes(engagement=engagement, by=actor, at=at)
    link = contact.links.latest("created_at")
    link.network = network_of("203.0.113.7")
    partners_services.note_access(link=link, engagement=engagement, at=at + timedelta(hours=5))
