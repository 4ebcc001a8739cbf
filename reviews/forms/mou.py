"""What staff type about an MoU; the rules stand in ``reviews.mou``."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from partners.fields import Words
from partners.models import Contact, Mou, MouClause, MouEntry, MouSignatory
from partners.models.asks import LONGEST_ASK
from partners.models.mou import LONGEST_CLAUSE, LONGEST_MOU_WORDS
from partners.mou import CLAUSES
from partners.on_behalf import LONGEST_WHY
from proposals.files import ACCEPT
from reviews.mou.plan import Given
from reviews.mou.record import CHANGES_LATER, FACTS, MOST_SIGNATORIES, Signing
from reviews.mou.table import MOVES, MouMove, Who

_FILES = _("PDF, Word, Excel, PowerPoint, PNG or JPEG, at most 10 MB.")
_NOT_AMONG = {"invalid_choice": _("Choose one of the answers offered here.")}


def _day(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "invalid": _("Enter a date, such as 2026-08-23."),
            "required": _("Enter a date, such as 2026-08-23."),
        },
    )


def _file(label: Any, help_text: Any = "", *, required: bool = False) -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=format_lazy("{} {}", help_text, _FILES) if help_text else _FILES,
        required=required,
        allow_empty_file=True,  # the look at its content says so in better words
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={"required": _("Choose a file.")},
    )


_WORDS: dict[MouMove, tuple[Any, Any]] = {
    MouMove.SEND_TO_PARTNER: (
        _("What we ask of them"),
        _("It appears in the mail and on their page."),
    ),
    MouMove.PASS_TO_PARTNER: (
        _("What we ask of them"),
        _("It appears in the mail and on their page."),
    ),
    MouMove.AGREE: (
        _("What they said"),
        _("As close to their words as you can. They read it, too."),
    ),
    MouMove.ASK_CHANGES: (
        _("What should change"),
        _("As close to their words as you can. They read it, too."),
    ),
    MouMove.NOT_NEEDED: (_("Why none is needed"), ""),
    MouMove.REDRAFT: (_("Why it goes back"), _("For your colleagues.")),
    MouMove.LET_END: (_("Why it is not renewed"), _("For your colleagues.")),
    MouMove.TERMINATE: (_("Why it ends"), _("For your colleagues.")),
}


class MouMoveForm(forms.Form):
    """What is given with one move; of a partner's own move, whom staff heard it from and how."""

    def __init__(self, *args: Any, move: MouMove, contacts: list[Contact], **options: Any) -> None:
        super().__init__(*args, **options)
        self.contacts = {str(each.pk): each for each in contacts}
        info = MOVES[move]
        if Who.PARTNER in info.who:
            self._ask_how_it_was_heard()
        asked = (*info.needs, *info.takes)
        if "words" in asked:
            label, help_text = _WORDS.get(move, (_("A note"), _("For your colleagues.")))
            self.fields["words"] = Words(
                label=label,
                help_text=help_text,
                longest=LONGEST_ASK if "due_on" in info.needs else LONGEST_MOU_WORDS,
                lines=4,
                required="words" in info.needs,
                error_messages={"required": _("Say it in a few words.")},
            )
        if "due_on" in asked:
            self.fields["due_on"] = _day(_("By when"), required="due_on" in info.needs)
        if "ended_on" in asked:
            self.fields["ended_on"] = _day(_("The date it ended"), required=True)
        if "upload" in asked:
            self.fields["upload"] = _file(_("Their text, if they sent one"))
        if Who.PARTNER in info.who:
            self.fields["untold_because"] = Words(
                label=_("Why they are not told, if they are not"),
                help_text=_(
                    "Leave it empty: a mail tells them what was recorded, and how to object. To"
                    " leave that mail out, give a reason; it is kept."
                ),
                longest=LONGEST_WHY,
                lines=2,
            )

    def _ask_how_it_was_heard(self) -> None:
        self.fields["contact"] = forms.ChoiceField(
            label=_("Whom did you hear it from?"),
            choices=[(pk, f"{each.name}, {each.email}") for pk, each in self.contacts.items()],
            widget=forms.RadioSelect,
            error_messages=_NOT_AMONG | {"required": _("Say whom you heard it from.")},
        )
        self.fields["channel"] = forms.ChoiceField(
            label=_("How?"),
            choices=MouEntry.Channel.choices,
            widget=forms.RadioSelect,
            error_messages=_NOT_AMONG | {"required": _("Say how you heard it.")},
        )
        self.fields["heard_on"] = _day(_("On what date?"), required=True)
        self.fields["evidence"] = _file(
            _("Their mail or letter, as a file"), _("Needed for a mail or a letter.")
        )

    def given(self) -> Given:
        """As the service takes it."""
        said = dict(self.cleaned_data)
        if contact := said.pop("contact", ""):
            said["contact"] = self.contacts[contact]
        return Given(**said)


class CorrectForm(forms.Form):
    """Why a move is taken back after it was told; of what is with the partner again, by when they
    are to answer."""

    words = Words(
        label=_("Why it is taken back"),
        help_text=_("Whoever at the university was told of the move reads it."),
        longest=LONGEST_MOU_WORDS,
        lines=4,
        required=True,
        error_messages={"required": _("Say why it is taken back.")},
    )
    due_on = _day(_("By when the partner is to answer"), required=True)

    def __init__(self, *args: Any, needs_day: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not needs_day:
            del self.fields["due_on"]


class VersionForm(forms.Form):
    """The next version of the text, or the signed copy."""

    upload = _file(_("File"), required=True)
    changed = Words(
        label=_("What changed"),
        help_text=_("Whoever may have the file reads it."),
        longest=LONGEST_MOU_WORDS,
        lines=2,
        required=True,
        error_messages={"required": _("Say what changed.")},
    )
    is_signed_copy = forms.BooleanField(label=_("This is the signed copy"), required=False)
    is_for_proposers = forms.BooleanField(
        label=_("The proposers may have it"), required=False, initial=True
    )
    is_for_partner = forms.BooleanField(
        label=_("The partner may have it now"),
        help_text=_("A text is opened to them when it is sent to them."),
        required=False,
    )

    def __init__(self, *args: Any, mou: Mou, **options: Any) -> None:
        super().__init__(*args, **options)
        if mou.status not in Mou.AGREED:
            del self.fields["is_signed_copy"]


class FactsForm(forms.Form):
    """Dates and numbers; once it is signed, those that can still change."""

    start_on = _day(FACTS["start_on"])
    end_on = _day(FACTS["end_on"], _("At most five years after the first."))
    renewal_notice_days = forms.IntegerField(
        label=FACTS["renewal_notice_days"], required=False, min_value=0, max_value=1000
    )
    minimum_learners = forms.IntegerField(
        label=FACTS["minimum_learners"], required=False, min_value=0, max_value=100_000
    )
    template_version = Words(label=FACTS["template_version"], longest=60)
    buyway_number = Words(label=FACTS["buyway_number"], longest=40)

    def __init__(self, *args: Any, mou: Mou, **options: Any) -> None:
        options["initial"] = {name: getattr(mou, name) for name in FACTS}
        super().__init__(*args, **options)
        if mou.status in Mou.SIGNED_ONCE:
            for name in set(FACTS) - CHANGES_LATER:
                del self.fields[name]


class ClausesForm(forms.Form):
    """How far each head is, and its words."""

    def __init__(self, *args: Any, clauses: list[MouClause], **options: Any) -> None:
        super().__init__(*args, **options)
        standing = {each.head: each for each in clauses}
        for head, label in CLAUSES.items():
            known = standing.get(head)
            self.fields[f"{head}_state"] = forms.ChoiceField(
                label=str(label),
                choices=MouClause.State.choices,
                initial=known.state if known else MouClause.State.OPEN,
                error_messages=_NOT_AMONG | {"required": _("Choose how far it is.")},
            )
            self.fields[head] = Words(
                label=_("Words"),
                longest=LONGEST_CLAUSE,
                lines=2,
                initial=known.words if known else "",
            )

    def clauses(self) -> dict[str, tuple[str, str]]:
        """State and words by head."""
        said = self.cleaned_data
        return {head: (said[f"{head}_state"], said[head]) for head in CLAUSES}

    def rows(self) -> list[tuple[Any, Any]]:
        """The two inputs of each head."""
        return [(self[f"{head}_state"], self[head]) for head in CLAUSES]


class SignatoriesForm(forms.Form):
    """Who signs for which side; a row without a name is none."""

    def __init__(self, *args: Any, signatories: list[MouSignatory], **options: Any) -> None:
        super().__init__(*args, **options)
        rows: list[MouSignatory | None] = [*signatories]
        self.numbers = range(min(MOST_SIGNATORIES, max(len(rows) + 1, 2)))
        for number in self.numbers:
            known = rows[number] if number < len(rows) else None
            blank = list(MouSignatory.Side)[number % 2]
            self.fields[f"{number}_side"] = forms.ChoiceField(
                label=_("Signs for"),
                choices=MouSignatory.Side.choices,
                initial=known.side if known else blank,
                error_messages=_NOT_AMONG,
            )
            for name, label in (("name", _("Name")), ("title", _("Title"))):
                self.fields[f"{number}_{name}"] = Words(
                    label=label, longest=120, initial=getattr(known, name, "")
                )
            self.fields[f"{number}_signed_on"] = _day(_("Signed on"))
            self.fields[f"{number}_signed_on"].initial = getattr(known, "signed_on", None)

    def signatories(self) -> list[Signing]:
        """Those with a name."""
        names = ("side", "name", "title", "signed_on")
        rows = [
            Signing(**{name: self.cleaned_data[f"{number}_{name}"] for name in names})
            for number in self.numbers
        ]
        return [row for row in rows if row.name]

    def rows(self) -> list[list[Any]]:
        """The inputs of each of them."""
        names = ("side", "name", "title", "signed_on")
        return [[self[f"{number}_{name}"] for name in names] for number in self.numbers]
