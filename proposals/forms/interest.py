"""The pages of the interest form, built from its table; saving is the service's job."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.formsets import formset_factory
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from microcreds.keys import KeyField
from proposals.forms.fields import NOT_OFFERED, as_answer, as_posted, field_for
from proposals.forms.offered import Offered
from proposals.forms.parts import Group, Item, RowForm, Rows, Shown, answers_as_sent, grouped
from proposals.forms.posted import (
    answer_at,
    choices_of,
    number_of,
    page_keys_of,
    path_of,
    posted_row,
    put_row,
    with_closed_kept,
)
from proposals.interest import ATTESTATIONS, QUESTIONS, Kind, Question, advice_by_question
from proposals.merging import stored_questions
from proposals.services import Conflict, Typed

# How many rows stand ready where there are fewer; otherwise one.
ROWS_SHOWN = {"outcomes": 2}
# How the idea started tells who spoke first.
FIRST_MOVE = {"partner_asked": "they_did", "we_approached": "we_did"}


class TitleForm(forms.Form):
    """What a proposal begins with; ``form_key`` lets the same post make only one."""

    form_key = KeyField(widget=forms.HiddenInput, required=False)

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
                label=text, error_messages={"required": _("Check this box to submit.")}
            )


class PageForm(forms.Form):
    """One page of the interest form: a field for each question, ``rows`` for those with rows.

    ``answers`` is the whole form as it is stored. What is valid can be saved (``given``) though
    something else on the page is not.
    """

    # A browser that goes back must not fill it in again as it was: of an input of type hidden HTML
    # does not let a page say so, of a hidden input it does.
    form_version = forms.IntegerField(
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "hidden": True, "aria-label": "Version of the form"}
        ),
        required=False,
        min_value=0,
    )
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
        data = with_closed_kept(page, data, answers, self.closed)
        super().__init__(data, initial={"form_version": version})
        self.page = page
        self.answers = answers
        self.offered = Offered(answers)
        self.rows: dict[str, Rows] = {}
        self.conflicts: dict[str, Shown] = {}
        self.choices_made = choices_of(page, self.data)
        if "both" in self.choices_made.values():
            self.data = self._joined()
        for question in stored_questions(page):
            if question.kind is Kind.ROWS:
                self.rows[question.key] = self._rows(question)
            else:
                self.fields[question.key] = field_for(
                    question, self.offered.choices(question), answers.get(question.key, "")
                )
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
        pair = self.answers.get("department"), self.answers.get("division")
        if department and division and (department, division) != pair:
            offered = {key: departments for key, _name, departments in self.offered.divisions}
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
            if question.key in cleaned and question.key not in self.left_to_others
        }
        given |= {
            key: rows.given(self.left_to_others)
            for key, rows in self.rows.items()
            if rows.management_form.is_valid()
        }
        return given | ({"together": cleaned["together"]} if "together" in cleaned else {})

    @property
    def left_to_others(self) -> dict[str, str]:
        """Paths where somebody else's answer stands: for good, or until a choice is made."""
        return {
            path: choice for path, choice in self.choices_made.items() if choice in ("", "theirs")
        }

    @property
    def typed(self) -> Typed:
        """The page as the service takes it; ask ``is_valid`` first."""
        return Typed(
            answers=self.given,
            form_version=self.base_version,
            page_keys=page_keys_of(self.data),
            sequence=number_of(self.data.get("sequence")),
            invalid=frozenset(self._paths_with_errors()),
            held=frozenset(path for path, choice in self.choices_made.items() if not choice),
            given_up={
                path: self._cleaned(path)
                for path, choice in self.choices_made.items()
                if choice == "theirs"
            },
        )

    def name_of(self, path: str) -> str:
        """The name of the input at this path, or of the row; empty where the page has none."""
        key, row_id, column = (*path.split("."), "", "")[:3]
        if key not in self.rows:
            return key
        for form in self.rows[key].forms:
            if self.rows[key].id_of(form) == row_id:
                return form.add_prefix(column) if column else str(form.prefix)
        return ""

    def row_ids(self) -> dict[str, str]:
        """The id of each row that was posted, by the name of its input."""
        return {
            form.add_prefix("id"): rows.id_of(form) for rows in self.rows.values() for form in rows
        }

    def errors_by_path(self) -> dict[str, forms.BoundField]:
        """The inputs that are wrong, by path."""
        wrong = {name: self[name] for name in self.errors if name in self.fields}
        for key, rows in self.rows.items():
            for form in rows.forms:
                prefix = f"{key}.{rows.id_of(form)}."
                wrong |= {prefix + name: form[name] for name in form.errors if name in form.fields}
        return wrong

    def _paths_with_errors(self) -> list[str]:
        return [path for path in self.errors_by_path() if path not in self.left_to_others]

    def _cleaned(self, path: str) -> Any:
        """What was typed at this path, as the answers hold it; None where it is not valid."""
        key, row_id, column = (*path.split("."), "", "")[:3]
        if key not in self.rows:
            return as_answer(QUESTIONS[key], self.cleaned_data.get(key))
        question = next(each for each in QUESTIONS[key].columns if each.key == column)
        for form in self.rows[key].forms:
            if self.rows[key].id_of(form) == row_id:
                return as_answer(question, form.cleaned_data.get(column))
        return None

    def joined(self) -> dict[str, list[str]]:
        """The texts that were put together because both shall stand, by path."""
        chosen = [path for path, choice in self.choices_made.items() if choice == "both"]
        return {path: self.data.getlist(self.name_of(path)) for path in chosen}

    def _joined(self) -> MultiValueDict[str, Any]:
        """What was typed, with the other's text before it where both shall stand."""
        data = self.data.copy()
        for name in self.data.getlist("conflict"):
            path = path_of(self.page, name, self.data)
            if self.choices_made.get(path) == "both":
                question, theirs = answer_at(path, self.answers)
                between = "\n\n" if question.kind is Kind.TEXT else " "
                texts = [theirs, data.get(name, "")]
                data[name] = between.join(text for text in texts if text)
        return data

    @property
    def base_version(self) -> int:
        """The version this page was read at; without a sane one, the oldest."""
        return self.cleaned_data.get("form_version") or 0

    @property
    def page_key(self) -> uuid.UUID | None:
        """The open page that was posted; none where the form is fresh."""
        return next(iter(page_keys_of(self.data)), None)

    @property
    def has_row_errors(self) -> bool:
        return any(rows.total_error_count() for rows in self.rows.values())

    @property
    def groups(self) -> list[Group]:
        """The page in its order, as the template walks it."""
        together = self["together"].value() or []
        advice = advice_by_question(self.answers)
        sent = answers_as_sent(self.page, self.answers) if self.closed else {}
        items = [
            Item(
                question,
                field=None if question.key in self.rows else self[question.key],
                rows=self.rows.get(question.key),
                is_together=question.key in together,
                advice=advice.get(question.key),
                is_closed=question.key in self.closed,
                sent=sent.get(question.key),
                conflict=self.conflicts.get(question.key),
            )
            for question in stored_questions(self.page)
        ]
        return list(grouped(self, items, QUESTIONS))

    def with_one_more(self, key: str) -> "PageForm":
        """The page as typed, with one more row of this question."""
        data = self.data.copy()
        rows = self.rows.get(key)
        if rows is not None and rows.total_form_count() < rows.absolute_max:
            put_row(data, rows.question, rows.total_form_count(), self._blank_row(rows.question))
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
        data.setlist("page_key", self.data.getlist("page_key"))
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
            put_row(data, question, number, row)
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
        """Beside the answer stands what the other person made of it."""
        name = self.name_of(conflict.path)
        if not conflict.row_id:
            self.conflicts[name] = self.shown(conflict)
            return
        for form in self.rows[conflict.key].forms:
            if form["id"].value() == conflict.row_id:
                form.conflicts[conflict.column] = self.shown(conflict)

    def shown(self, conflict: Conflict) -> Shown:
        question, theirs = answer_at(conflict.path, self.answers)
        can_be_joined = question.kind in (Kind.TEXT, Kind.LINE) and bool(theirs)
        return Shown(self.name_of(conflict.path), conflict, question.label, can_be_joined)

    @property
    def all_conflicts(self) -> list[Shown]:
        """Every conflict on the page, in its order."""
        rows = [form for rows in self.rows.values() for form in rows.forms]
        return [*self.conflicts.values(), *(c for form in rows for c in form.conflicts.values())]

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
        initial = [posted_row(question, row) for row in stored]
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
        rows.page_key = self.page_key
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
