"""What a browser sends for one page of the interest form."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from proposals.forms.fields import as_posted
from proposals.interest import Kind
from proposals.merging import stored_questions
from proposals.models import Proposal
from proposals.services import answers_of


def as_post(page: str, answers: Mapping[str, Any], version: int = 99) -> dict[str, Any]:
    """All inputs of the page with these answers in them, rows with Django's own count."""
    data: dict[str, Any] = {"form_version": version, "together": answers.get("together", [])}
    for question in stored_questions(page):
        value = answers.get(question.key)
        if question.kind is not Kind.ROWS:
            data[question.key] = as_posted(question, value)
            continue
        data[f"{question.key}-TOTAL_FORMS"] = len(value or ())
        data[f"{question.key}-INITIAL_FORMS"] = 0
        for number, row in enumerate(value or ()):
            data[f"{question.key}-{number}-id"] = row.get("id", "")
            for column in question.columns:
                posted = as_posted(column, row.get(column.key))
                data[f"{question.key}-{number}-{column.key}"] = posted
    return data


def address(proposal: Proposal, page: str) -> str:
    return reverse("proposals:proposal_edit", args=[proposal.reference, page])


def stored(proposal: Proposal) -> dict[str, Any]:
    """The answers of this proposal as the database holds them now."""
    return answers_of(Proposal.objects.with_answers().get(pk=proposal.pk), confidential=True)


def inputs_of(form: Any) -> dict[str, Any]:
    """What a browser would send back of this page, untouched."""
    forms = [form, *(row for rows in form.rows.values() for row in rows)]
    data = {field.html_name: field.value() for each in forms for field in each}
    for key, rows in form.rows.items():
        data |= {f"{key}-TOTAL_FORMS": len(rows.forms), f"{key}-INITIAL_FORMS": len(rows.forms)}
    return {name: value for name, value in data.items() if value not in (None, False)}
