"""The pages of the interest form, built from its table; saving is the service's job."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from microcreds.accounts.models import Campus, Department, Division
from proposals.forms.fields import as_answer, as_posted, field_for
from proposals.interest import ATTESTATIONS, QUESTIONS, Kind, Question, When
from proposals.merging import stored_questions
from proposals.models import Term
from proposals.services import Conflict

TERMS_OFFERED = 8
# Where a row is one's own to begin, how many empty ones a page shows.
ROWS_SHOWN = {"outcomes": 2}
# The answer to "how did it start" tells who spoke first.
FIRST_MOVE = {"partner_asked": "they_did", "we_approached": "we_did"}

# (key, id of the row, column); the last two are empty for a question without rows.
type_Place = tuple[str, str, str]


class TitleForm(forms.Form):
    """What a proposal begins with."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["working_title"] = field_for(QUESTIONS["working_title"])


class SubmitForm(forms.Form):
    """What the submitter confirms, and the version of the answers they read."""

    form_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key, text in ATTESTATIONS.items():
            self.fields[key] = forms.BooleanField(
                label=text, error_messages={"required": _("Tick this to submit.")}
            )


@dataclass(frozen=True)
class Item:
    """One question on the page: its input or its rows."""

    question: Question
    field: forms.BoundField | None
    rows: "RowSet | None"
    is_together: bool


@dataclass(frozen=True)
class Group:
    """Questions that stand under one condition, or under none."""

    items: list[Item]
    condition: When | None
    controller: str
    words: str


class Rows(BaseFormSet):
    """The rows of one question. A row left as it was offered is no row."""

    question: Question

    def given(self) -> list[dict[str, Any]]:
        """What was typed, row by row: valid cells only, without removed and empty rows."""
        rows = []
        for form in self.forms:
            cells = form.cleaned_data
            row = {
                column.key: as_answer(column, cells[column.key])
                for column in self.question.columns
                if column.key in cells
            }
            if not cells.get("DELETE") and any(
                value not in (None, "", [], self.preset(key)) for key, value in row.items()
            ):
                rows.append({"id": cells.get("id", ""), **row})
        return rows
