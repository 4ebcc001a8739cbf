"""Copying rows inside the database: one INSERT … SELECT a table, whatever the number of copies.

A copy has the columns its original has, also those that a later migration adds. Its key follows
from the original's and from the number of the copy, so that keys which point at each other go on
doing so without being looked up.

In the statements ``t`` is the original row and ``c`` the copy's line in the table ``scale_copy``.
"""

from django.db import models
from django.db.backends.utils import CursorWrapper

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from partners.models import (
    Contact,
    Engagement,
    Mou,
    MouClause,
    MouEntry,
    MouSignatory,
    MouVersion,
    Organization,
    Share,
)
from proposals.models import (
    Attachment,
    Comment,
    InterestForm,
    NamedPartner,
    Participant,
    Proposal,
    Revision,
    SearchText,
    Thread,
)
from reviews.models import StageChange

Model = type[models.Model]

# How the rows of each table find the copies of their proposal.
_BY_PROPOSAL = "JOIN scale_copy c ON c.source_id = t.proposal_id"
_BY_ENGAGEMENT = (
    "JOIN partners_engagement o ON o.id = t.{key} JOIN scale_copy c ON c.source_id = o.proposal_id"
)
_BY_MOU = _BY_ENGAGEMENT.format(key="mou_id")  # which has the key of its engagement
_NOT_LEFT = ", ".join(f"'{state}'" for state in (*Message.WAITING, Message.State.SENDING))
COPIED: dict[Model, str] = {
    Proposal: "JOIN scale_copy c ON c.source_id = t.id",
    InterestForm: _BY_PROPOSAL,
    NamedPartner: _BY_PROPOSAL,
    Revision: _BY_PROPOSAL,
    SearchText: _BY_PROPOSAL,
    StageChange: _BY_PROPOSAL,
    Participant: _BY_PROPOSAL,
    Thread: _BY_PROPOSAL,
    Comment: "JOIN proposals_thread o ON o.id = t.thread_id"
    " JOIN scale_copy c ON c.source_id = o.proposal_id",
    Engagement: _BY_PROPOSAL,
    Share: _BY_ENGAGEMENT.format(key="engagement_id"),
    # Of files, those of memoranda alone; their bytes are not there a second time.
    Attachment: f"{_BY_PROPOSAL} AND t.record LIKE 'mou:%'",
    Mou: _BY_ENGAGEMENT.format(key="engagement_id"),
    MouVersion: _BY_MOU,
    MouClause: _BY_MOU,
    MouSignatory: _BY_MOU,
    MouEntry: _BY_MOU,
    # Nothing that has still to leave: a worker beside it would mail the copies.
    Message: f"JOIN scale_copy c ON c.source_reference = t.about AND t.state NOT IN ({_NOT_LEFT})",
}
# Outside organizations and the people there: far fewer copies, each met in many proposals.
POOLED: tuple[Model, ...] = (Organization, Contact)
# Rows of answers carry ids; a named partner's is its key, and changes with it.
_ID_IN_ANSWERS = '("id": ")[0-9a-f]{8}-'


class Copier:
    """Copies what ``scale_copy`` lists. A key's copy is the newest key there was, plus the
    original, plus as many spans as copies were made before it."""

    def __init__(self, cursor: CursorWrapper, pools: int) -> None:
        self.cursor, self.pools = cursor, pools
        self.newest = {model: self._newest(model) for model in (*COPIED, *POOLED)}

    def copy_pools(self) -> None:
        """The organizations and contacts of the originals stand there ``pools`` times in all."""
        pool = (
            f"CROSS JOIN (SELECT pool, 0 AS weeks FROM generate_series(1, {self.pools - 1}) pool) c"
            " WHERE t.{key} IN (SELECT e.{column} FROM partners_engagement e"
            " JOIN scale_copy s ON s.source_id = e.proposal_id)"
        )
        of_organization = pool.format(key="id", column="organization_id")
        name = f"t.name || ' ' || ({self.newest[Organization]} + c.pool)"
        self._insert(Organization, of_organization, {"name": name})
        of_contact = pool.format(key="id", column="contact_id")
        self._insert(Contact, of_contact, {"email": self._email_in_pool("t.email")})
        self.cursor.execute(
            "INSERT INTO partners_contact_organizations (contact_id, organization_id)"
            f" SELECT {self._in_pool(Contact, 't.contact_id')},"
            f" {self._in_pool(Organization, 't.organization_id')}"
            " FROM partners_contact_organizations t "
            + pool.format(key="contact_id", column="contact_id")
        )

    def copy_proposals(self) -> None:
        """Each proposal of ``scale_copy`` stands there, with everything that is its own."""
        for model, join in COPIED.items():
            self._insert(model, join, self._written_anew(model))

    def _written_anew(self, model: Model) -> dict[str, str]:
        """The columns of a copy that say something else than the original's."""
        if model is Proposal:
            return {"reference": "c.reference", "working_title": "c.title", "form_key": "NULL"}
        if model is SearchText:
            return {"title": "c.title"}
        if model is Attachment:
            mou = self._copy_of(Mou, "split_part(t.record, ':', 2)::bigint")
            return {
                "record": f"'mou:' || {mou}",
                "stored_name": "left('copy-' || c.id || '-' || t.stored_name, 100)",
                "scan": f"'{Attachment.Scan.NOT_SCANNED}'",
            }
        if model is Mou:
            # As the original's, or thousands would run out in the same days.
            return {"start_on": "t.start_on", "end_on": "t.end_on"}
        if model is MouEntry:
            return {"before": self._before_in_mou()}
        if model is Message:
            to = 't."to"'
            made_by = self._copy_of(StageChange, "split_part(t.cause, ':', 2)::bigint")
            cause = (
                "CASE WHEN t.cause LIKE 'stage_change:%'"
                f" THEN 'stage_change:' || ({made_by})::text ELSE t.cause END"
            )
            return {
                "about": "c.reference",
                "cause": cause,
                "dedupe_key": "'copy:' || t.id || ':' || c.id",
                "to": "CASE WHEN t.user_id = c.source_owner_id THEN c.owner_email"
                " WHEN t.user_id IS NULL AND c.pool > 0"
                f" THEN {self._email_in_pool(to)} ELSE {to} END",
                "subject": "left(replace(replace(t.subject, c.source_reference, c.reference),"
                " c.source_title, c.title), 255)",
                "body": "replace(replace(t.body, c.source_reference, c.reference),"
                " c.source_title, c.title)",
            }
        return {}

    def _before_in_mou(self) -> str:
        """What a move of a memorandum overwrote, with the copy's versions in it."""
        versions = ("version_id", "agreed_by_partner_id", "agreed_by_university_id")
        pairs = ", ".join(
            f"'{name}', " + self._copy_of(MouVersion, f"(t.before->>'{name}')::bigint")
            for name in versions
        )
        copied = f"t.before || jsonb_build_object({pairs})"
        return f"CASE WHEN t.before = '{{}}'::jsonb THEN t.before ELSE {copied} END"

    def _insert(self, model: Model, join: str, written_anew: dict[str, str]) -> None:
        values = {
            column: written_anew.get(column) or self._value(model, each)
            for each, column in ((each, each.column or "") for each in model._meta.concrete_fields)
            if not each.generated
        }
        table, columns = model._meta.db_table, ", ".join(f'"{column}"' for column in values)
        self.cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {', '.join(values.values())}"
            f" FROM {table} t {join}"
        )
        if isinstance(model._meta.pk, models.AutoField):
            self.cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )

    def _value(self, model: Model, column: models.Field) -> str:
        """What a copy has in this column: the original's value, moved to the copy's people, time
        and keys."""
        name = f't."{column.column}"'
        target = column.related_model if column.is_relation else None
        if column.primary_key and target is None:
            target = model
        # The proposal that another was merged into, or renews, stays the one it is.
        if target is Proposal and model is Proposal and not column.primary_key:
            return name
        if target in COPIED:
            return self._copy_of(target, name)
        if target in POOLED and column.primary_key:
            return self._in_pool(target, name)
        if target in POOLED:
            return f"CASE WHEN c.pool = 0 THEN {name} ELSE {self._in_pool(target, name)} END"
        if target is User:
            return f"CASE WHEN {name} = c.source_owner_id THEN c.owner_id ELSE {name} END"
        if isinstance(column, models.UUIDField):
            return _uuid(name)
        if isinstance(column, models.DateTimeField):
            return f"{name} - c.weeks * interval '7 days'"
        if isinstance(column, models.DateField):
            return f"{name} - c.weeks * 7"
        if isinstance(column, models.JSONField):
            copied = (
                f"regexp_replace({name}::text, '{_ID_IN_ANSWERS}',"
                " '\\1' || lpad(to_hex(c.id), 8, '0') || '-', 'g')::jsonb"
            )
            return f"CASE WHEN {name}::text LIKE '%\"id\": %' THEN {copied} ELSE {name} END"
        return name

    def _copy_of(self, model: Model, key: str) -> str:
        if model is Proposal:
            return "c.id"
        pk = model._meta.pk
        if pk.related_model:  # its key is that of what it belongs to
            return self._copy_of(pk.related_model, key)
        if isinstance(pk, models.UUIDField):
            return _uuid(key)
        return f"({self.newest[model]} * c.number + {key})"

    def _in_pool(self, model: Model, key: str) -> str:
        return f"({self.newest[model]} * c.pool + {key})"

    def _email_in_pool(self, email: str) -> str:
        return f"replace({email}, '@', '.' || ({self.newest[Contact]} + c.pool) || '@')"

    def _newest(self, model: Model) -> int:
        pk = model._meta.pk
        if not isinstance(pk, models.AutoField):
            return 0
        self.cursor.execute(f"SELECT COALESCE(max(id), 0) FROM {model._meta.db_table}")
        return self.cursor.fetchone()[0]


def _uuid(name: str) -> str:
    """The original's, its first eight digits those of the copy."""
    return f"(lpad(to_hex(c.id), 8, '0') || substr({name}::text, 9))::uuid"
