"""Nobody outside the desk can tell a decision in its grace: every page and every answer to a form
is the same, sign for sign, as if it had not happened."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from difflib import unified_diff
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from partners.models import Share
from proposals.models import Stage, Thread, Turn
from proposals.services.conversation import add_comment
from reviews.grace import BEING_RECORDED
from reviews.plans import Given, build_plan
from reviews.services import changes_of
from reviews.workflow import MOVES, STAGES, Move
from tests.architecture.test_urls import addresses
from tests.factories import do_move, given_for, make_at, make_cast, take_part
from tests.partners import contacts, endorsing
from tests.partners.sharing import come_by_link, share_it, summarized
from tests.proposals.test_attachments import add
from tests.reviews.test_plans import actor_of

pytestmark = pytest.mark.django_db

# Who could learn of it, and the pages that are theirs.
READERS = {
    "partner": ("partners:",),
    "proposer": ("proposals:", "asks:", "home"),
    "other_proposer": ("proposals:", "asks:"),
    "chair": ("proposals:",),
    "committee": ("proposals:", "asks:"),
}
WRITERS = ("partner", "proposer", "other_proposer")
CASES = [
    (Move.RECOMMEND, Stage.APC_REVIEW),
    (Move.CONSENT, Stage.CAD_CONSENT),
    (Move.DECLINE, Stage.APC_REVIEW),
]
# What each page makes anew: tokens and keys of forms, signed ids, numbers of messages.
RANDOM = re.compile(
    r"\b(?:[0-9a-zA-Z]{64}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b"
    r"|\d+:\d+:[\w-]+:[\w-]{43}|message-\d+|conversation/\d+"
)
NUMBERS = re.compile(r'name="(?:seen|upto)" value="\d+"')
STAGES_ASKED = (Stage.APC_REVIEW, Stage.CAD_CONSENT, Stage.APPROVED, Stage.DECLINED)
LISTS = [
    f"{tab}{query}"
    for tab in ("", "show=readable&")
    for query in (
        "q=Sampling",
        *(f"stage={stage}" for stage in STAGES_ASKED),
        *(f"whose_turn={turn}" for turn in (Turn.COMMITTEE, Turn.DEANS, Turn.NOBODY)),
    )
]


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("more.pdf", b"%PDF-1.7\nMore.\n%%EOF\n", "application/pdf")


POSTED: dict[str, dict[str, Any]] = {
    "proposals:proposal_new": {"working_title": "Another"},
    "proposals:proposal_edit": {"need_statement": "Changed"},
    "proposals:proposal_autosave": {"need_statement": "Changed"},
    "proposals:proposal_check": {"attest_true": "on"},
    "proposals:proposal_leave_open": {"keys": "need_statement"},
    "proposals:proposal_lookalikes": {},
    "proposals:proposal_partners": {
        "action": "questions",
        "share": lambda: Share.objects.get().pk,
        "words": "Tell us.",
        "due_on": lambda: (timezone.localdate() + timedelta(days=9)).isoformat(),
        "questions-TOTAL_FORMS": "1",
        "text-1": "Which jobs?",
        "kind-1": "text",
    },
    "proposals:proposal_self_check": {"need": "1"},
    "proposals:proposal_delete": {},
    "proposals:proposal_points": {"point": "1"},
    "proposals:proposal_ask": {"keys": "working_title", "reason": "A better one."},
    "proposals:proposal_withdraw": {"message": "No time"},
    "proposals:proposal_take_back": {},
    "proposals:proposal_full": {},
    "proposals:proposal_undo": {},
    "proposals:file_list": {"attachments": upload},
    "proposals:file_remove": {},
    "proposals:conversation": {"body": "Hello"},
    "proposals:conversation_read": {"upto": "1"},
    "proposals:message_edit": {"body": "When, please?"},
    "proposals:proposal_invitation": {"answer": "accept"},
    "proposals:proposal_people": {"action": "remove", "address": "gus@miami.example"},
    "proposals:proposal_hand_over": {"to": lambda: make_cast().other_proposer.pk},
    "proposals:proposal_look": {"question": "Well?"},
    "proposals:proposal_copy": {},
    "proposals:proposal_ask_to_withdraw": {"reason": "The partner left."},
    "proposals:proposal_endorsements": {},
    "partners:write": {"body": "Hello"},
    "partners:colleague": {"name": "Al", "email": "al@tallgrass.example", "why": "Their line."},
    "partners:questions": {"action": "decline", "decline-words": "No"},
    "partners:meeting_time": {"time": "none", "words": "No"},
    "partners:endorsement": {"words": "We need it."},
    "partners:endorsement_decline": {"words": "No"},
    "partners:endorsement_letter": {"letter": upload},
}


class World:
    """One proposal with whatever its readers outside the desk can meet of it, and one beside it.
    Gus takes part in it and may write; everybody else is who they are."""

    def __init__(self, stage: Stage) -> None:
        self.cast = cast = make_cast()
        long_ago = timezone.now() - timedelta(days=2)
        gus = {
            "id": "6b1f6a4e-3c1c-4c49-9e4e-0d9c9c1b7a11",
            "name": "Gus",
            "email": cast.other_proposer.email,
            "access": "edit",
        }
        self.beside = make_at(Stage.SUBMITTED, at=long_ago)
        self.proposal = make_at(
            stage, at=long_ago, chair_informed="i_am_the_chair", co_proposers=[gus]
        )
        take_part(summarized(self.proposal), cast.other_proposer)
        share = share_it(self.proposal, cast.oxford)
        self.contact = share.contact
        self.file = add(self.proposal, "plan.pdf")
        said, _is_new = add_comment(
            proposal=self.proposal,
            kind=Thread.Kind.PROPOSERS,
            author=cast.proposer,
            body="When?",
            key="once",
        )
        asked = contacts.put(share), contacts.offer(share), endorsing.asked_of(share)
        self.known = {
            "ref": self.proposal.reference,
            "page": "need",
            "kind": "proposers",
            "message": said.pk,
            "file": self.file.pk,
            "contact": self.contact.pk,
            "key": "nonsense",
            "uidb36": "1",
            "name": "nobody.eml",
            "token": "nonsense",
        }
        self.pks = dict(zip(("questions", "meeting_time", "endorsement"), asked, strict=True))
        self.seen = changes_of(self.proposal)[0].pk
        self.digest = self._digest()

    def _digest(self) -> str:
        withdrawal = build_plan(
            proposals=[self.proposal],
            move=Move.WITHDRAW,
            actor=self.cast.proposer,
            given=Given(message="No time"),
        )
        return withdrawal.digest

    def paths(self, reader: str) -> Iterator[str]:
        """Of every page of this proposal that could be this reader's, and of their lists."""
        for name, pattern in addresses():
            if name == "partners:start" or not name.startswith(READERS[reader]):  # a signed moment
                continue
            asked = self.pks.get(name.split(":")[-1], self.pks["endorsement"]).pk
            values = self.known | {"pk": asked, "ask": asked}
            yield reverse(
                name, kwargs={key: values[key] for key in pattern.pattern.regex.groupindex}
            )

    def come_as(self, reader: str) -> Client:
        client = Client()
        if reader == "partner":
            come_by_link(client, self.contact)
        elif reader != "anonymous":
            client.force_login(getattr(self.cast, reader))
        return client

    def given(self, path: str) -> dict[str, Any]:
        """What a browser would send there, as its page stood before; files are read but once."""
        name = resolve(path).view_name
        seen = {"seen": self.seen, "digest": self.digest, "key": "once more", "form_version": 99}
        return seen | {
            key: each() if callable(each) else each for key, each in POSTED[name].items()
        }


def signs_of(client: Client, path: str, **posted: Any) -> str:
    """Everything a browser gets, the page it is led to included, but for what is random."""
    response = client.post(path, posted) if posted else client.get(path)
    body = response.getvalue() if response.streaming else response.content
    where = response.get("Location", "")
    shown = signs_of(client, where) if where.startswith("/") else ""
    text = body.decode("utf-8", "replace") if "zip" not in response.get("Content-Type", "") else ""
    names = sorted(ZipFile(BytesIO(body)).namelist()) if body.startswith(b"PK") else []
    text = NUMBERS.sub("*", text)
    return RANDOM.sub("*", f"{response.status_code} {where}\n{text}{names}\n{shown}")


def everything(world: World, reader: str) -> dict[str, str]:
    """Each page, list and answer to a form as this reader gets it; nothing of it stays."""
    found, client, paths = {}, world.come_as(reader), list(world.paths(reader))
    asked: list[tuple[str, dict[str, Any]]] = [(path, {}) for path in paths]
    if reader != "partner":
        asked += [(f"/proposals/?{query}", {}) for query in LISTS]
    if reader in WRITERS:
        asked += [(path, world.given(path)) for path in paths if resolve(path).view_name in POSTED]
    for path, given in asked:
        with transaction.atomic():
            how = "POST" if given else "GET"
            found[f"{reader}: {how} {path}"] = signs_of(client, path, **given)
            transaction.set_rollback(True)
    return found


def as_all_get_it(world: World, readers: Iterable[str]) -> dict[str, str]:
    return {page: signs for who in readers for page, signs in everything(world, who).items()}


def told_apart(
    before: dict[str, str], after: dict[str, str], words: Iterable[str] = ()
) -> dict[str, list[str]]:
    """By page the lines that are not as they were. That something is being recorded may be said to
    whoever wants to do what it may rule out; not in these ``words``."""
    found = {}
    for page, text in before.items():
        lines = unified_diff(text.split("\n"), after[page].split("\n"), n=0, lineterm="")
        new = [line for line in lines if not line.startswith(("@@", "---", "+++"))]
        if str(BEING_RECORDED) in after[page]:
            new = [line for line in new if line[0] == "+" and any(w in line for w in words)]
        if new:
            found[page] = new[:6]
    return found


@pytest.mark.parametrize(("which", "stage"), CASES)
def test_a_decision_in_its_grace_changes_no_sign_outside_the_desk(which, stage, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    world = World(stage)
    # A co-proposer reads what the owner reads: once is enough.
    readers = [who for who in READERS if which == Move.RECOMMEND or who != "other_proposer"]
    with time_machine.travel(timezone.now(), tick=False):
        before = as_all_get_it(world, readers)
        actor = actor_of(which, world.proposal)
        change = do_move(world.proposal, which, actor, **given_for(which))
        after = as_all_get_it(world, readers)

    to = STAGES[Stage(change.to_stage)]
    words = {str(word) for word in (MOVES[which].label, to.name, to.proposer_label)}
    assert told_apart(before, after, words) == {}
