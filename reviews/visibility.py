"""What people outside can read of reviews, field by field; and that of all apps together."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy as _

from microcreds.accounts import visibility as of_accounts
from microcreds.outbox import visibility as of_outbox
from microcreds.outbox.wording.source import Text
from partners import visibility as of_partners
from proposals import visibility as of_proposals

# A field that is in neither table fails tests/partners/test_canaries.py.
OUTSIDE: dict[str, dict[str, Text]] = {
    "reviews.StageChange": {
        "at": _("on the status page, as the day a step began"),
        "to_stage": _("as one of six steps, in partner wording"),
        "move": _("as one of six steps, in partner wording"),
        "partner_message": _("on the status page, and in the mail about the move"),
    },
}
INSIDE: dict[str, str] = {
    "reviews.ChecklistItem": "id stage words position days is_active",
    "reviews.CoverageRun": "id at since moves due count gaps",
    "reviews.ToDo": (
        "id proposal words owner by_day is_next made_by made_at item laid_by hidden_at done_at "
        "done_by done_note"
    ),
    "reviews.TalkedWith": (
        "id proposal kind who on said audience made_by made_at struck_at struck_by"
    ),
    "reviews.StageChange": (
        "id proposal from_stage actor reason_code message note target revision before undoes "
        "is_forced overridden silent_because"
    ),
    "reviews.SelfCheck": "id proposal by edition levels saved_at",
    "reviews.Holiday": "id on name",
    "reviews.Look": "id proposal user at before",
    "reviews.Reading": "id change user at",
    "reviews.TriageEdit": "id proposal by at changed note is_override",
    "reviews.RoutingRule": "id place campus division department unit assignee is_active note",
    "reviews.Absence": "id person stand_in starts_on ends_on",
    "reviews.Policy": "id key value why by at",
    "reviews.Queue": "id owner name audience unit query columns place made_at changed_at",
    "reviews.DeskPreference": "person columns start",
    "reviews.QueueWatch": "id person queue key how seen looked_at",
    "reviews.Export": "id person query columns state total done stored_name asked_at touched_at",
    "reviews.LadderStep": "id proposal since rung at together line",
    "reviews.Nudge": "id proposal by at told words",
    "reviews.Request": (
        "id change key text reason_code due_on answer answered_at answered_by accepted_at "
        "accepted_by"
    ),
    "reviews.AskToChange": (
        "id proposal keys reason asked_at asked_by decided_at decided_by change words"
    ),
}

TABLES = {
    "accounts": (of_accounts.OUTSIDE, of_accounts.INSIDE),
    "outbox": (of_outbox.OUTSIDE, of_outbox.INSIDE),
    "proposals": (of_proposals.OUTSIDE, of_proposals.INSIDE),
    "partners": (of_partners.OUTSIDE, of_partners.INSIDE),
    "reviews": (OUTSIDE, INSIDE),
}


def models_of_ours() -> Iterator[type[Model]]:
    """Every model of the apps in ``TABLES`` that has a table of its own."""
    for model in apps.get_models():
        if model._meta.app_label in TABLES and not model._meta.proxy:
            yield model


def fields_of(model: type[Model]) -> list[Field]:
    """Its columns, in order."""
    return list(model._meta.concrete_fields)


def where_outside(model: type[Model], field: str) -> Text:
    """Where people outside can read this field; empty: nowhere."""
    outside, _inside = TABLES[model._meta.app_label]
    return outside.get(model._meta.label, {}).get(field, "")


def is_inside(model: type[Model], field: str) -> bool:
    """Whether its table says that nobody outside reads this field."""
    _outside, inside = TABLES[model._meta.app_label]
    return field in inside.get(model._meta.label, "").split()
