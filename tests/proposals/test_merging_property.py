"""Two editors in any order: no text of theirs is ever dropped (hypothesis)."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from microcreds.accounts.models import User
from proposals.models import InterestEdit, InterestForm, Proposal
from proposals.services import Typed, create_draft, save_typed

ANN, BEN = (UUID(int=number) for number in (1, 2))
KEYS = ("need_statement", "audience_note")
ROW = UUID(int=9)
# Who saves, which answer, and whether they had seen what the other saved before.
STEPS = st.lists(
    st.tuples(
        st.sampled_from((ANN, BEN)),
        st.sampled_from((*KEYS, "outcomes")),
        st.booleans(),
        st.sampled_from(("", "mine", "theirs")),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def two_people(db) -> tuple[User, User]:
    return User.objects.create_user("ann@miami.example"), User.objects.create_user(
        "ben@miami.example"
    )


class Page:
    """One editor's open page: what it holds, the version it knows, its conflicts, as shown."""

    def __init__(self, key: UUID, version: int) -> None:
        self.key, self.version, self.sequence = key, version, 0
        self.holds: dict[str, str] = {}
        self.open: dict[str, str] = {}

    def save(self, proposal: Proposal, by: User, page: str, choice: str) -> None:
        """As the browser does: everything on the page, and what was chosen for each conflict."""
        self.sequence += 1
        chosen = {path: choice for path in self.open}
        left = {path for path, each in chosen.items() if each != "mine"}
        answers: dict[str, Any] = {
            key: text for key, text in self.holds.items() if key in KEYS and key not in left
        }
        row = f"outcomes.{ROW}.text"
        if row in self.holds:
            cells = {"text": self.holds[row]} if row not in left else {}
            answers["outcomes"] = [{"id": str(ROW), **cells}]
        sent = {key: text for key, text in answers.items() if self.is_of(page, key)}
        typed = Typed(
            answers=sent,
            form_version=self.version,
            page_keys=(self.key,),
            sequence=self.sequence,
            held=frozenset(path for path, each in chosen.items() if not each),
            given_up={path: self.holds[path] for path, each in chosen.items() if each == "theirs"},
        )
        saved = save_typed(
            proposals=Proposal.objects.filter(pk=proposal.pk),
            page=page,
            read=lambda stored: typed,
            by=by,
        )
        self.version = saved.version
        for path in chosen:
            self.open.pop(path)
        self.open |= {each.path: each.theirs for each in saved.conflicts}
        for path, value in saved.differs.items():
            if path in self.holds:
                self.holds[path] = value or ""

    @staticmethod
    def is_of(page: str, key: str) -> bool:
        return (key == "outcomes") == (page == "skills")


def texts_of(proposal: Proposal, pages: list[Page]) -> str:
    """Every text that is anywhere: standing, in the history, or shown in an open conflict."""
    form = InterestForm.objects.get(proposal=proposal)
    history = [edit.before for edit in InterestEdit.objects.filter(form=form)]
    shown = [page.holds[path] for page in pages for path in page.open if path in page.holds]
    return str([form.answers, history, shown])


# Each example begins a proposal of its own, so the people may stay.
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_interleaving_of_two_editors_drops_a_text(two_people, steps):
    ann, ben = two_people
    proposal = create_draft(owner=ann, working_title="Reading charts")
    people = {ANN: ann, BEN: ben}
    pages: dict[tuple[UUID, str], Page] = {}
    typed = []
    for number, (who, key, is_fresh, choice) in enumerate(steps):
        place = "skills" if key == "outcomes" else "need"
        version = InterestForm.objects.get(proposal=proposal).version
        page = pages.get((who, place))
        if page is None or (is_fresh and not page.open):
            page = Page(UUID(int=100 + number), version if is_fresh else 1)
            pages[who, place] = page
        path = f"outcomes.{ROW}.text" if key == "outcomes" else key
        if path not in page.open:  # while two texts stand side by side one chooses first
            text = f"text {number} of {who.int}."
            page.holds[path] = text
            typed.append(text)
        page.save(proposal, people[who], place, choice)

        everywhere = texts_of(proposal, [*pages.values()])
        assert [text for text in typed if text not in everywhere] == []
