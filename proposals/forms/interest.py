"""The pages of the interest form, built from its table; saving is the service's job."""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.db.models import F, IntegerField, Q, Value
from django.forms.formsets import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
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
from proposals.merging import stored_questions, valid_id
from proposals.models import Term
from proposals.services import Conflict, Typed
from proposals.visibility import Audience

TERMS_OFFERED = 8
# How many rows stand ready where there are fewer; otherwise one.
ROWS_SHOWN = {"outcomes": 2}
# How the idea started tells who spoke first.
FIRST_MOVE = {"partner_asked": "they_did", "we_approached": "we_did"}


class Place(NamedTuple):
    """A campus, or a department with its division; a division without departments has no key."""

    key: str
    name: str
    position: int
    division: str
    division_name: str
    is_active: bool | None


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
        return list(_grouped(self, items, columns))


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


class PageForm(forms.Form):
    """One page of the interest form: a field for each question, ``rows`` for those with rows.

    ``answers`` is the whole form as it is stored. What is valid can be saved (``given``) though
    something else on the page is not.
    """

    # A browser that goes back must not fill them in again as they were.
    form_version = forms.IntegerField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False, min_value=0
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
        data = _with_closed_kept(page, data, answers, self.closed)
        super().__init__(data, initial={"form_version": version})
        self.page = page
        self.answers = answers
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
                    question, self._choices(question), answers.get(question.key, "")
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
                conflict=self.conflicts.get(question.key),
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

    def _choices(self, question: Question) -> Callable[[], list[Any]] | None:
        """What the reference data offers, with what was chosen before though it is no more."""
        chosen = self.answers.get(question.key)
        match question.source:
            case "campus":
                return lambda: self._campuses
            case "division":
                return lambda: [(key, name) for key, name, _departments in self._divisions]
            case "department":
                return lambda: [(name, offered) for _, name, offered in self._divisions if offered]
            case "start":
                return cache(lambda: _starts(question, chosen or ""))
        return None

    @cached_property
    def _campuses(self) -> list[tuple[str, str]]:
        rows = [row for row in self._places if not row.division]
        rows.sort(key=lambda row: (row.position, row.name))
        return [(row.key, row.name) for row in rows]

    @cached_property
    def _divisions(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Key and name of each division, with those of its departments."""
        rows = [row for row in self._places if row.division]
        rows.sort(key=lambda row: (row.division_name, row.name))
        divisions = []
        for (key, name), departments in groupby(rows, lambda r: (r.division, r.division_name)):
            chosen = self.answers.get("department")
            offered = [
                (row.key, row.name)
                for row in departments
                if row.key and (row.is_active or row.key == chosen)
            ]
            divisions.append((key, name, offered))
        return divisions

    @cached_property
    def _places(self) -> list["Place"]:
        """The campuses, and the divisions with their departments, in one statement."""
        campuses = Campus.objects.filter(
            Q(is_active=True) | Q(pk=self.answers.get("campus_home"))
        ).annotate(division=Value(None, IntegerField()), division_name=Value(""), place=F("name"))
        divisions = Division.objects.filter(
            Q(is_active=True) | Q(pk=self.answers.get("division"))
        ).annotate(place=F("departments__name"), position=Value(0))
        rows = (
            campuses.order_by()
            .values_list("pk", "place", "position", "division", "division_name", "is_active")
            .union(
                divisions.order_by().values_list(
                    "departments", "place", "position", "pk", "name", "departments__is_active"
                ),
                all=True,
            )
        )
        return [
            Place(str(pk or ""), name or "", position, str(division or ""), its_name, is_active)
            for pk, name, position, division, its_name, is_active in rows
        ]


def choices_of(page: str, data: MultiValueDict[str, Any]) -> dict[str, str]:
    """What its writer chose for each conflict the page showed, by path: ``mine``, ``theirs``,
    ``both``, or nothing yet."""
    made = {}
    for name in data.getlist("conflict") if data else ():
        if path := path_of(page, name, data):
            choice = data.get(f"keep-{name}", "")
            made[path] = choice if choice in ("mine", "theirs", "both") else ""
    return made


def path_of(page: str, name: str, data: MultiValueDict[str, Any]) -> str:
    """The path of the input of this name; empty where the page has no such text or choice."""
    for question in stored_questions(page):
        if question.kind is not Kind.ROWS:
            if name == question.key:
                return name
            continue
        for column in question.columns:
            number = name.removeprefix(f"{question.key}-").removesuffix(f"-{column.key}")
            if name == f"{question.key}-{number}-{column.key}":
                row_id = valid_id(data.get(f"{question.key}-{number}-id"))
                return f"{question.key}.{row_id}.{column.key}" if row_id else ""
    return ""


def page_keys_of(data: MultiValueDict[str, Any]) -> tuple[uuid.UUID, ...]:
    """The open page that sent this, and those it continues."""
    sent = data.getlist("page_key")[:5] if data else []
    return tuple(uuid.UUID(valid_id(key)) for key in sent if valid_id(key))


def number_of(text: object) -> int:
    """A count as the page sends it; 0 for what is none."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else 0


def answer_at(path: str, answers: Mapping[str, Any]) -> tuple[Question, Any]:
    """The question at this path and what stands there."""
    key, row_id, column = (*path.split("."), "", "")[:3]
    question = QUESTIONS[key]
    if not row_id:
        return question, answers.get(key)
    rows: Mapping[str, Any] = {row["id"]: row for row in answers.get(key, ())}
    if not column:
        return question, None
    return next(each for each in question.columns if each.key == column), rows.get(row_id, {}).get(
        column
    )


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
