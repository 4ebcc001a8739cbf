"""A word of its own in every column of every model, of what is shared with a partner and of what is
not: where it turns up tells what leaked."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils import timezone

from reviews.visibility import fields_of, models_of_ours

# What the program looks things up by or reads as code, kept as it is. What of it only the
# neighbour's rows have must not turn up either.
KEPT = {
    "accounts.User.password",
    "outbox.Message.to",
    "outbox.Message.about",
    "outbox.Message.event",
    "outbox.Message.dedupe_key",
    "outbox.MailText.key",
    "outbox.Preference.address",
    "partners.Contact.email",
    "partners.Code.keyed_hash",
    "partners.Endorsement.recognition",
    "partners.Inquiry.token_sha256",
    "partners.Link.event",
    "partners.Link.token_sha256",
    "proposals.Attachment.stored_name",
    "proposals.Attachment.content_type",
    "proposals.NamedPartner.share_status",
    "proposals.Proposal.reference",
    "proposals.Revision.form",
    "reviews.Policy.key",
    "reviews.Policy.value",
    "reviews.StageChange.before",
}
# The same of JSON, by key.
CODES = {"id", "verdict", "recognition", "assessed_by"}
TEXTS = (models.CharField, models.TextField)
Side = Callable[[models.Model, str], bool]


def columns() -> list[tuple[type[models.Model], Any]]:
    """Every column of every model of ours, always in the same order."""
    return [(model, field) for model in models_of_ours() for field in fields_of(model)]


def carries(model: type[models.Model], field: Any) -> bool:
    """Whether a word can be put there: no key, no choice of a few, nothing that is code."""
    if field.is_relation or field.generated or field.choices or field.primary_key:
        return False
    return f"{model._meta.label}.{field.name}" not in KEPT


def open_up() -> None:
    """Checks, uniqueness and triggers are off until the transaction of the test ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in _statements_that_open(cursor):
            cursor.execute(statement)


def let_out(is_theirs: Side) -> None:
    """One into each column of each row; ``is_theirs`` says on which side a field of a row is."""
    numbered = list(enumerate(columns()))
    for model in models_of_ours():
        fields = [(n, field) for n, (each, field) in numbered if each is model]
        for row in model._base_manager.all():
            values = {
                field.name: _canary(
                    field,
                    getattr(row, field.attname),
                    f"zqx{n:04}{'o' if is_theirs(row, field.name) else 'n'}",
                    row.pk,
                )
                for n, field in fields
                if carries(model, field)
            }
            values = {name: value for name, value in values.items() if value is not None}
            if values:
                model._base_manager.filter(pk=row.pk).update(**values)


def _canary(field: Any, old: Any, token: str, pk: Any) -> Any:
    """What stands in the column instead of ``old``; ``None``: it stays. So do moments, by which the
    program tells what was done already."""
    number = int(re.sub(r"\D", "", token))
    match field:
        case models.EmailField():
            return f"{token}-{str(pk)[:8]}@x.example"
        case models.URLField():
            return f"https://{token}.example/{str(pk)[:8]}"
        case models.CharField() | models.TextField():
            room = (field.max_length or 999) - len(token)
            if room < 0:
                return None
            return token + (f" {str(pk)[:8]}" if room > 9 else "")
        case ArrayField():
            return None if old is None or not isinstance(field.base_field, TEXTS) else [token]
        case models.JSONField():
            return _in_json(old, token, "")
        case models.DateField() if isinstance(old, date) and not isinstance(old, datetime):
            return old.replace(year=4000 + number, day=15)
        case models.IntegerField() if isinstance(old, int):
            return 20_000 + number
    return None


def _in_json(value: Any, token: str, where: str) -> Any:
    """Each text in it, with the key under which it stands."""
    if isinstance(value, dict):
        return {
            key: each if key in CODES else _in_json(each, token, f"{where}.{key}")
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_in_json(each, token, where) for each in value]
    return f"{token}{where} " if isinstance(value, str) else value


def _statements_that_open(cursor: Any) -> Iterator[str]:
    tables = [model._meta.db_table for model in models_of_ours()]
    cursor.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype IN ('c', 'u') AND conrelid::regclass::text = ANY(%s)",
        [tables],
    )
    for table, name in cursor.fetchall():
        yield f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"'
    cursor.execute(
        "SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indisunique"
        " AND NOT i.indisprimary AND i.indrelid::regclass::text = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        [tables],
    )
    for (name,) in cursor.fetchall():
        yield f"DROP INDEX {name}"
    cursor.execute(
        "SELECT DISTINCT t.tgrelid::regclass::text FROM pg_trigger t"
        " WHERE NOT t.tgisinternal AND t.tgrelid::regclass::text = ANY(%s)",
        [tables],
    )
    for (table,) in cursor.fetchall():
        yield f'ALTER TABLE "{table}" DISABLE TRIGGER USER'


def bare(model: type[models.Model], known: dict[type[models.Model], Any]) -> models.Model | None:
    """A row with what the model asks for, its relations from ``known``, past every check; ``None``
    where a relation has nobody yet."""
    values: dict[str, Any] = {}
    for field in fields_of(model):
        is_numbered = field.get_internal_type().endswith("AutoField")
        if is_numbered or field.generated or field.has_default():
            continue
        if field.is_relation:
            if field.related_model in known:
                values[field.name] = known[field.related_model]
            elif not field.null:
                return None
        elif not field.null:
            values[field.name] = _something(field)
    return model(**values)


def _something(field: Any) -> Any:
    if field.choices:
        return next(iter(field.flatchoices))[0]
    match field:
        case models.DateTimeField():
            return timezone.now()
        case models.DateField():
            return timezone.localdate()
        case models.IntegerField():
            return 1
        case models.BooleanField():
            return False
        case models.UUIDField():
            return uuid.uuid4()
        case models.JSONField():
            return {}
        case ArrayField():
            return []
    return "x"


# Long enough that no random token of a page reads like one.
FOUND = re.compile(r"zqx(\d{4})([on])((?:\.\w+)*)", re.IGNORECASE)
YEAR = re.compile(r"[A-Za-z]{3,9}\.? (4\d{3})\b|\b(4\d{3})-\d\d-\d\d")
NUMBER = re.compile(r"(?<![\w.#&/-])(20,?\d{3})(?![\w-])")


def found_in(text: str) -> set[tuple[str, str, str]]:
    """(column, side, path within JSON) of every canary in it; of a number and a day the side is
    not known: ``?``."""
    names = [f"{model._meta.label}.{field.name}" for model, field in columns()]
    hits = {(names[int(n)], side.lower(), path) for n, side, path in FOUND.findall(text)}
    days = {int(a or b) - 4000 for a, b in YEAR.findall(text)}
    days |= {int(n.replace(",", "")) - 20_000 for n in NUMBER.findall(text)}
    return hits | {(names[n], "?", "") for n in days if n < len(names)}
