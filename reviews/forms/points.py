"""What a return asks of its proposers, point by point, and why an answer stays closed."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from partners.fields import day_input
from proposals.interest import PAGES, questions_of
from reviews.points import LONGEST_POINT, MOST_POINTS, Point, may_be_asked
from reviews.workflow import MOVES, Move

_RETURN = MOVES[Move.RETURN]


def _question_choices() -> list[tuple[str, Any]]:
    """The questions by page, the proposal as a whole first."""
    pages = [
        (
            f"{page.number} {page.title}",
            [(each.key, each.label) for each in questions_of(page.key) if may_be_asked(each.key)],
        )
        for page in PAGES.values()
    ]
    return [("", _("The proposal as a whole")), *pages]


class PointForm(forms.Form):
    """One row of the points of a return; left empty, it is none. Rules stand in the plan."""

    field = forms.ChoiceField(label=_("Question"), required=False, choices=_question_choices)
    text = forms.CharField(
        label=_("What is asked"),
        required=False,
        max_length=LONGEST_POINT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason_code = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=lambda: [("", _("As above")), *((c, str(w)) for c, w in _RETURN.reasons.items())],
    )
    due_on = forms.DateField(label=_("Wanted by"), required=False, widget=day_input())

    field_order = ("field", "text", "reason_code", "due_on")

    @property
    def is_given(self) -> bool:
        """Somebody wrote or chose something here; the offered day alone is nothing."""
        return any(self[name].value() for name in ("field", "text", "reason_code"))


class Points(forms.BaseFormSet):
    """The points of a return, any number of them, each an own row."""

    data: QueryDict

    def given(self) -> tuple[Point, ...]:
        """What was typed and is fit to use, without rows left empty."""
        return tuple(
            Point(
                key=cleaned.get("field", ""),
                text=cleaned.get("text", "").replace("\r\n", "\n"),
                reason_code=cleaned.get("reason_code", ""),
                due_on=cleaned.get("due_on"),
            )
            for cleaned in (form.cleaned_data for form in self._filled())
        )

    def tell(self, errors: Mapping[str, list[str]]) -> None:
        """Say beside each input what the plan finds wrong with it."""
        for place, form in enumerate(self._filled()):
            for name in form.fields:
                found = errors.get(f"requests-{place}-{name}")
                if found and name not in form.errors:
                    form.add_error(name, found)

    @property
    def has_errors(self) -> bool:
        return bool(self.total_error_count())

    def _filled(self) -> list[Any]:
        return [form for form in self.forms if form.is_given and not _is_removed(form)]


def _is_removed(form: forms.BaseForm) -> bool:
    return bool(getattr(form, "cleaned_data", {}).get("DELETE"))


def points_formset(
    data: Mapping[str, Any] | None, *, due_on: date | None, asked: Iterable[Point] = ()
) -> Points:
    """The rows of a return; unbound, with those ``asked`` for and one more. Without its count, as
    where a machine gives reason and message alone, there are no points."""
    if data is not None and "requests-TOTAL_FORMS" not in data:
        data = {"requests-TOTAL_FORMS": "0", "requests-INITIAL_FORMS": "0"}
    initial: list[dict[str, Any]] = [
        {"field": point.key, "text": point.text, "reason_code": point.reason_code, "due_on": due_on}
        for point in asked
    ]
    if not initial:
        initial = [{"due_on": due_on}]
    made: Any = forms.formset_factory(
        PointForm,
        formset=Points,
        extra=0,
        can_delete=True,
        max_num=MOST_POINTS,
        absolute_max=2 * MOST_POINTS,
        validate_max=True,
    )
    return made(
        data,
        initial=initial if data is None else None,
        prefix="requests",
        error_messages={
            "too_many_forms": _("Ask at most %(max)d points at once.") % {"max": MOST_POINTS}
        },
        form_kwargs={"use_required_attribute": False},
    )


class RefuseChangeForm(forms.Form):
    """Why the answers stay as they are."""

    words = forms.CharField(
        label=_("Why not"),
        help_text=_("The proposers get it by mail."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why not; the proposers read it.")},
    )
