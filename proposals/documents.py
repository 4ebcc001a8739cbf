"""The files of a proposal as one reader meets them: what they are, and what may be done here."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from microcreds.accounts.models import User
from proposals.files import ACCEPT, LIMITS
from proposals.models import Attachment, Proposal
from proposals.services.files import DOCUMENTS, form_of, has_ended, may_open, may_remove
from proposals.visibility import Audience


@dataclass(frozen=True)
class Document:
    """One file in the list."""

    attachment: Attachment
    may_open: bool
    may_remove: bool


@dataclass(frozen=True)
class Documents:
    """The list with its control. ``place`` says where it stands: on the form, on a page of the
    proposal or on the desk; ``refusals`` are those of what was just sent."""

    proposal: Proposal
    place: str
    rows: list[Document]
    may_add: bool
    is_staff: bool
    limit: int
    refusals: list[str] = field(default_factory=list)
    accept: str = ACCEPT

    @property
    def may_change(self) -> bool:
        """Whether anything here can be pressed."""
        return self.may_add or any(row.may_remove for row in self.rows)

    @property
    def room(self) -> int:
        """How many more may be added here."""
        form = "" if self.is_staff else form_of(self.proposal)
        here = [row for row in self.rows if not row.attachment.removed_at]
        return self.limit - sum(row.attachment.form == form for row in here)


def documents_for(
    *,
    proposal: Proposal,
    user: User,
    audience: str,
    is_editor: bool = False,
    place: str = "page",
    refusals: Iterable[str] = (),
) -> Documents:
    """What this person finds; ``is_editor`` says that they may write the proposal's answers.

    One statement. On the form stands what goes with the form, and nothing else.
    """
    is_staff = audience == Audience.STAFF and user.is_elearning and not is_editor
    may_write = is_editor or is_staff
    found = DOCUMENTS.rows(
        audience, Attachment.Form.INTEREST if place == "form" else "", proposal=proposal
    )
    return Documents(
        proposal=proposal,
        place=place,
        rows=[
            Document(
                attachment=attachment,
                may_open=may_open(attachment),
                may_remove=may_write
                and may_remove(
                    attachment=attachment, proposal=proposal, by=user, is_staff=is_staff
                ),
            )
            for attachment in found
        ],
        may_add=may_write and not has_ended(proposal),
        is_staff=is_staff,
        limit=LIMITS["" if is_staff else form_of(proposal)],
        refusals=[*refusals],
    )
