"""What a page of the interest form is made of: questions under a condition, rows, conflicts."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _

from proposals.forms.fields import as_answer
from proposals.interest import Advice, Question, ReadAnswer, When, read_view
from proposals.merging import valid_id
from proposals.services import Conflict
from proposals.visibility import Audience


@dataclass(frozen=True)
class Shown:
    """A conflict as it stands beside the answer: ``name`` is that of the input, or of the row."""

    name: str
    conflict: Conflict
    label: str
    can_be_joined: bool = False


@dataclass(frozen=True)
class Item:
    """One question on the page: its input, or its rows; closed, its answer as it was sent.
    ``advice``: where some may stand."""

    question: Question
    field: forms.BoundField | None = None
    rows: "Rows | None" = None
    is_together: bool = False
    advice: list[Advice] | None = None
    is_closed: bool = False
    sent: ReadAnswer | None = None
    conflict: "Shown | None" = None


@dataclass(frozen=True)
class Group:
    """Questions that stand together under one condition, said in ``words``, or under none.

    ``controller`` is the name of the input that decides, ``applies`` whether it does so now.
    """

    items: list[Item]
    condition: When | None = None
    controller: str = ""
    words: str = ""
    applies: bool = True


class RowForm(forms.Form):
    """One row; its id comes back from the browser so that rows keep apart."""

    id = forms.Field(required=False, widget=forms.HiddenInput)
    question: Question
    stored_ids: frozenset[str]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.conflicts: dict[str, Shown] = {}  # by column; a whole row's under ""

    @property
    def conflict(self) -> Shown | None:
        return self.conflicts.get("")

    @property
    def is_stored(self) -> bool:
        return self["id"].value() in self.stored_ids

    @property
    def groups(self) -> list[Group]:
        columns = {column.key: column for column in self.question.columns}
        items = [
            Item(column, field=self[column.key], conflict=self.conflicts.get(column.key))
            for column in columns.values()
        ]
        return list(grouped(self, items, columns))


class Rows(BaseFormSet):
    """The rows of one question. One that was left as it was offered is no row."""

    question: Question
    presets: Mapping[str, str]
    stored_ids: list[str]
    page_key: uuid.UUID | None = None

    def id_of(self, form: forms.BaseForm) -> str:
        """The row's id; one that came without gets one that the same page always gives it."""
        sent = valid_id(form.cleaned_data.get("id"))
        if sent or not self.page_key:
            return sent
        return str(uuid.uuid5(self.page_key, str(form.prefix)))

    def given(self, without: Collection[str]) -> list[dict[str, Any]]:
        """What was typed, row by row: valid cells only, without removed and emptied rows and
        ``without`` the cells at these paths.

        A stored row that did not come back at all is named by its id alone, which leaves it as it
        is: only what somebody ticked or emptied goes.
        """
        rows = []
        for form in self.forms:
            cells = form.cleaned_data
            row = {
                column.key: as_answer(column, cells[column.key])
                for column in self.question.columns
                if column.key in cells
            }
            row_id = self.id_of(form)
            left = {k: v for k, v in row.items() if f"{self.prefix}.{row_id}.{k}" not in without}
            has_reason = self._is_filled(row) or (form.errors and form.is_stored)
            if (has_reason or left != row) and not cells.get("DELETE"):
                rows.append({"id": row_id, **left})
        posted = {self.id_of(form) for form in self.forms}
        return rows + [{"id": row_id} for row_id in self.stored_ids if row_id not in posted]

    def _is_filled(self, row: Mapping[str, Any]) -> bool:
        return any(
            value not in (None, "", []) and value != self.presets.get(key)
            for key, value in row.items()
        )


def grouped(
    form: forms.Form, items: Iterable[Item], questions: Mapping[str, Question]
) -> Iterator[Group]:
    """The inputs of a page, those under one condition together, with whether it holds now."""
    for condition, group in groupby(items, key=lambda item: item.question.condition):
        if condition is None:
            yield Group(list(group))
            continue
        decides = form[condition.key]
        yield Group(
            list(group),
            condition,
            decides.html_name,
            _in_words(condition, questions[condition.key]),
            applies=condition.holds({condition.key: decides.value()}),
        )


def _in_words(condition: When, question: Question) -> str:
    labels = [f"“{question.label_of(value)}”" for value in condition.values]
    listed = ", ".join(labels[:-1]) + (" or " if labels[:-1] else "") + labels[-1]
    words = _("Unless you choose %s above") if condition.negate else _("If you choose %s above")
    return words % listed


def answers_as_sent(page: str, answers: Mapping[str, Any]) -> dict[str, ReadAnswer]:
    """The page's answers in words, by key."""
    sections = read_view(answers, Audience.PROPOSER)
    return {
        answer.key: answer
        for section in sections
        if section.page.key == page
        for answer in section.answers
    }
