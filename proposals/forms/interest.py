"""The pages of the interest form, built from its table; saving is the service's job."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Q
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from microcreds.accounts.models import Campus, Division
from proposals.forms.fields import NOT_OFFERED, as_answer, as_posted, field_for
from proposals.interest import (
    ATTESTATIONS,
    QUESTIONS,
    Advice,
    Kind,
    Question,
    ReadAnswer,
    When,
    advice_by_question,
    read_view,
)
from proposals.merging import stored_questions
from proposals.models import Term
from proposals.services import Conflict
from proposals.visibility import Audience

TERMS_OFFERED = 8
# How many rows stand ready where there are fewer; otherwise one.
ROWS_SHOWN = {"outcomes": 2}
# How the idea started tells who spoke first.
FIRST_MOVE = {"partner_asked": "they_did", "we_approached": "we_did"}


class TitleForm(forms.Form):
    """What a proposal begins with; ``form_key`` lets the same post make only one."""

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
    """One question on the page: its input, or its rows; closed, its answer as it was sent.
    ``advice``: where some may stand."""

    question: Question
    field: forms.BoundField | None = None
    rows: "Rows | None" = None
    is_together: bool = False
    advice: list[Advice] | None = None
    is_closed: bool = False
    sent: ReadAnswer | None = None


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

    @property
    def is_stored(self) -> bool:
        return self["id"].value() in self.stored_ids

    @property
    def groups(self) -> list[Group]:
        columns = {column.key: column for column in self.question.columns}
        items = [Item(column, field=self[column.key]) for column in columns.values()]
        return list(_grouped(self, items, columns))


class Rows(BaseFormSet):
    """The rows of one question. One that was left as it was offered is no row."""

    question: Question
    presets: Mapping[str, str]
    stored_ids: list[str]

    def given(self) -> list[dict[str, Any]]:
        """What was typed, row by row: valid cells only, without removed and emptied rows.

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
            has_reason = self._is_filled(row) or (form.errors and form.is_stored)
            if has_reason and not cells.get("DELETE"):
                rows.append({"id": cells.get("id"), **row})
        posted = {form.cleaned_data.get("id") for form in self.forms}
        return rows + [{"id": row_id} for row_id in self.stored_ids if row_id not in posted]

    def _is_filled(self, row: Mapping[str, Any]) -> bool:
        return any(
            value not in (None, "", []) and value != self.presets.get(key)
            for key, value in row.items()
        )


class PageForm(forms.Form):
    """One page of the interest form: a field for each question, ``rows`` for those with rows.

    ``answers`` is the whole form as it is stored. What is valid can be saved (``given``) though
    something else on the page is not.
    """

    form_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    data: MultiValueDict[str, Any]
    is_after_saving = False

    def __init__(
        self,
        page: str,
        *,
        answers: Mapping[str, Any],
        version: int = 0,
        data: MultiValueDict[str, Any] | None = None,
    ) -> None:
        self.closed = frozenset(answers.get("closed", ()))
        data = _with_closed_kept(page, data, answers, self.closed)
        super().__init__(data, initial={"form_version": version})
        self.page = page
        self.answers = answers
        self.rows: dict[str, Rows] = {}
        for question in stored_questions(page):
            if question.kind is Kind.ROWS:
                self.rows[question.key] = self._rows(question)
            else:
                self.fields[question.key] = field_for(question, self._choices(question))
                posted = as_posted(question, answers.get(question.key))
                is_list = question.kind is Kind.CHOICES
                self.initial[question.key] = posted if is_list else "".join(posted)
        self.fields["together"] = forms.MultipleChoiceField(
            choices=[(q.key, q.label) for q in stored_questions(page) if q.can_be_together],
            required=False,
            error_messages={"invalid_choice": NOT_OFFERED},
        )
        self.initial["together"] = answers.get("together", [])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        department, division = cleaned.get("department"), cleaned.get("division")
        if department and division:
            offered = {key: departments for key, _name, departments in self._divisions}
            if department not in dict(offered[division]):
                self.add_error("department", _("Choose a department of the college you chose."))
        return cleaned

    def is_valid(self) -> bool:
        """Everything on the page is; asks every part, so that each shows its errors."""
        return all([super().is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    @property
    def given(self) -> dict[str, Any]:
        """What was typed and is valid, by key; what is not valid is left out."""
        cleaned = self.cleaned_data
        given = {
            question.key: as_answer(question, cleaned[question.key])
            for question in stored_questions(self.page)
            if question.key in cleaned
        }
        given |= {
            key: rows.given() for key, rows in self.rows.items() if rows.management_form.is_valid()
        }
        return given | ({"together": cleaned["together"]} if "together" in cleaned else {})

    @property
    def base_version(self) -> int:
        """The version this page was read at; without a sane one, the oldest."""
        return self.cleaned_data.get("form_version") or 0

    @property
    def has_row_errors(self) -> bool:
        return any(rows.total_error_count() for rows in self.rows.values())

    @property
    def groups(self) -> list[Group]:
        """The page in its order, as the template walks it."""
        together = self["together"].value() or []
        advice = advice_by_question(self.answers)
        sent = _as_sent(self.page, self.answers) if self.closed else {}
        items = [
            Item(
                question,
                field=None if question.key in self.rows else self[question.key],
                rows=self.rows.get(question.key),
                is_together=question.key in together,
                advice=advice.get(question.key),
                is_closed=question.key in self.closed,
                sent=sent.get(question.key),
            )
            for question in stored_questions(self.page)
        ]
        return list(_grouped(self, items, QUESTIONS))

    def with_one_more(self, key: str) -> "PageForm":
        """The page as typed, with one more row of this question."""
        data = self.data.copy()
        rows = self.rows.get(key)
        if rows is not None and rows.total_form_count() < rows.absolute_max:
            _put_row(data, rows.question, rows.total_form_count(), self._blank_row(rows.question))
            data[f"{key}-TOTAL_FORMS"] = str(rows.total_form_count() + 1)
        return PageForm(self.page, answers=self.answers, data=data)

    def after_saving(
        self, *, answers: Mapping[str, Any], version: int, conflicts: Iterable[Conflict]
    ) -> "PageForm":
        """The page as it is stored now, with what could not be saved still as it was typed.

        The next save starts from here, so what stands beside a conflict is replaced knowingly.
        """
        conflicts = list(conflicts)
        unsaved = {(each.key, each.row_id, each.column) for each in conflicts}
        unsaved |= {(name, "", "") for name in self.errors}
        data: MultiValueDict[str, Any] = MultiValueDict({"form_version": [str(version)]})
        data.setlist("together", list(answers.get("together", [])))
        if "together" in self.errors:
            data.setlist("together", self.data.getlist("together"))
        for question in stored_questions(self.page):
            if question.kind is Kind.ROWS:
                self._put_rows(data, question, answers.get(question.key, ()), unsaved)
            elif (question.key, "", "") in unsaved:
                data.setlist(question.key, self.data.getlist(question.key))
            else:
                data.setlist(question.key, as_posted(question, answers.get(question.key)))
        again = PageForm(self.page, answers=answers, data=data)
        again.is_after_saving = True
        again.is_valid()
        for conflict in conflicts:
            again._tell(conflict)
        return again

    def _put_rows(
        self,
        data: MultiValueDict[str, Any],
        question: Question,
        stored: Iterable[Mapping[str, Any]],
        unsaved: set[tuple[str, str, str]],
    ) -> None:
        """The stored rows with what could not be saved of them, and rows that were not saved."""
        forms = [form for form in self.rows[question.key] if not form.cleaned_data.get("DELETE")]
        typed = {form["id"].value(): form for form in forms}
        rows = list(stored)
        known = {row["id"] for row in rows}
        rows += [
            {"id": row_id} for row_id, form in typed.items() if form.errors and row_id not in known
        ]
        while len(rows) < ROWS_SHOWN.get(question.key, 1):
            rows.append(self._blank_row(question))
        for number, row in enumerate(rows):
            _put_row(data, question, number, row)
            form = typed.get(row["id"])
            if form is None:
                continue
            for column in question.columns:
                if column.key in form.errors or (question.key, row["id"], column.key) in unsaved:
                    typed_value = self.data.getlist(form.add_prefix(column.key))
                    data.setlist(f"{question.key}-{number}-{column.key}", typed_value)
        data[f"{question.key}-TOTAL_FORMS"] = str(len(rows))
        data[f"{question.key}-INITIAL_FORMS"] = "0"

    def _tell(self, conflict: Conflict) -> None:
        """Say beside the answer what the other person made of it."""
        day = date_format(timezone.localtime(conflict.at), "j M, g:i a")
        told = {"who": conflict.by, "when": day, "theirs": conflict.theirs}
        if conflict.row_id and not conflict.column:
            words = _("%(who)s changed this on %(when)s, so it was not removed.") % told
        elif conflict.theirs:
            words = (
                _("%(who)s changed this on %(when)s to “%(theirs)s”. Save again to replace that.")
                % told
            )
        else:
            words = _("%(who)s emptied this on %(when)s. Save again to replace that.") % told
        if not conflict.row_id:
            self.add_error(conflict.key, words)
            return
        first = QUESTIONS[conflict.key].columns[0].key
        for form in self.rows[conflict.key].forms:
            if form["id"].value() == conflict.row_id:
                form.add_error(conflict.column or first, words)

    def _rows(self, question: Question) -> Rows:
        stored = self.answers.get(question.key, [])
        ids = frozenset(row["id"] for row in stored)
        fields = {column.key: field_for(column) for column in question.columns}
        for key, value in self._presets(question).items():
            fields[key].initial = value
        row_form = type(
            "QuestionRow", (RowForm,), {"question": question, "stored_ids": ids, **fields}
        )
        formset: Any = formset_factory(
            row_form,
            formset=Rows,
            extra=0,
            can_delete=True,
            max_num=question.max_rows,
            absolute_max=2 * question.max_rows,
            validate_max=True,
        )
        initial = [_posted_row(question, row) for row in stored]
        while len(initial) < ROWS_SHOWN.get(question.key, 1):
            initial.append(self._blank_row(question))
        rows = formset(
            self.data if self.is_bound else None,
            initial=None if self.is_bound else initial,
            prefix=question.key,
            error_messages={
                "too_many_forms": _("Keep at most %(max)d.") % {"max": question.max_rows},
                "missing_management_form": _("This part was not sent whole, so it was not saved."),
            },
        )
        rows.question, rows.presets = question, self._presets(question)
        rows.stored_ids = [row["id"] for row in stored]
        return rows

    def _presets(self, question: Question) -> dict[str, str]:
        if question.key == "co_proposers":
            return {"access": "edit"}
        if question.key != "partners":
            return {}
        return {
            "who_approached": FIRST_MOVE.get(self.answers.get("origin", ""), ""),
            "share_status": "no",
        }

    def _blank_row(self, question: Question) -> dict[str, Any]:
        return {"id": str(uuid.uuid4()), **self._presets(question)}

    def _choices(self, question: Question) -> list[Any] | None:
        """What the reference data offers, with what was chosen before though it is no more."""
        chosen = self.answers.get(question.key)
        match question.source:
            case "campus":
                offered = Campus.objects.filter(Q(is_active=True) | Q(pk=chosen))
                return [(str(campus.pk), campus.name) for campus in offered]
            case "division":
                return [(key, name) for key, name, _departments in self._divisions]
            case "department":
                return [(name, offered) for _key, name, offered in self._divisions if offered]
            case "start":
                return _starts(question, chosen or "")
        return None

    @cached_property
    def _divisions(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Key and name of each division, with those of its departments; one statement."""
        rows = (
            Division.objects.filter(Q(is_active=True) | Q(pk=self.answers.get("division")))
            .order_by("name", "departments__name")
            .values_list("pk", "name", "departments", "departments__name", "departments__is_active")
        )
        divisions = []
        for (pk, name), departments in groupby(rows, key=lambda row: row[:2]):
            offered = [
                (str(department), label)
                for *_division, department, label, is_active in departments
                if is_active or str(department) == self.answers.get("department")
            ]
            divisions.append((str(pk), name, offered))
        return divisions


def _starts(question: Question, chosen: str) -> list[tuple[str, str]]:
    """As soon as possible, the next terms (and the one chosen before), a date, no hurry."""
    upcoming = Q(starts_on__gt=timezone.localdate())
    number = chosen.removeprefix("term:")
    if number != chosen:
        upcoming |= Q(pk=number)
    terms = [(f"term:{term.pk}", term.name) for term in Term.objects.filter(upcoming)]
    first, *others = question.choices
    return [first, *terms[: TERMS_OFFERED + 1], *others]


def _posted_row(question: Question, row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row as the initial values of its inputs."""
    posted: dict[str, Any] = {"id": row["id"]}
    for column in question.columns:
        values = as_posted(column, row.get(column.key))
        posted[column.key] = values if column.kind is Kind.CHOICES else "".join(values)
    return posted


def _put_row(
    data: MultiValueDict[str, Any], question: Question, number: int, row: Mapping[str, Any]
) -> None:
    """A stored row as a browser would send it."""
    data[f"{question.key}-{number}-id"] = row["id"]
    for column in question.columns:
        name = f"{question.key}-{number}-{column.key}"
        data.setlist(name, as_posted(column, row.get(column.key)))


def _with_closed_kept(
    page: str,
    data: MultiValueDict[str, Any] | None,
    answers: Mapping[str, Any],
    closed: frozenset[str],
) -> MultiValueDict[str, Any] | None:
    """What was sent, with every closed answer as it stands, whatever the browser said of it."""
    if data is None or not closed:
        return data
    kept: MultiValueDict[str, Any] = data.copy()
    left = [key for key in kept.getlist("together") if key not in closed]
    kept.setlist("together", left + [key for key in answers.get("together", ()) if key in closed])
    for question in stored_questions(page):
        if question.key not in closed:
            continue
        if question.kind is not Kind.ROWS:
            kept.setlist(question.key, as_posted(question, answers.get(question.key)))
            continue
        for name in [name for name in kept if name.startswith(f"{question.key}-")]:
            del kept[name]
        rows = answers.get(question.key, ())
        for number, row in enumerate(rows):
            _put_row(kept, question, number, row)
        kept[f"{question.key}-TOTAL_FORMS"] = str(len(rows))
        kept[f"{question.key}-INITIAL_FORMS"] = "0"
    return kept


def _as_sent(page: str, answers: Mapping[str, Any]) -> dict[str, ReadAnswer]:
    """The page's answers in words, by key."""
    sections = read_view(answers, Audience.PROPOSER)
    return {
        answer.key: answer
        for section in sections
        if section.page.key == page
        for answer in section.answers
    }


def _grouped(
    form: forms.Form, items: Iterable[Item], questions: Mapping[str, Question]
) -> Iterator[Group]:
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
