"""Two organizations of the directory that are one: what each has, the merge, and its undoing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ForeignObjectRel, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from microcreds.accounts.models import User
from partners.directory import also_called
from partners.models import Alias, Contact, Engagement, Organization, OrganizationMerge, Share
from partners.models.directory import kind_words

# What the one that stays takes over where it says nothing itself.
FILLED = ("kind", "website")
FACTS = ("place", *FILLED)
MOST_NAMED = 5


@dataclass(frozen=True)
class Holding:
    """So many records of one kind that point at an organization."""

    words: str
    number: int


@dataclass(frozen=True)
class Side:
    """One of the two as it is, or as the one that stays will be."""

    organization: Organization
    facts: dict[str, str]
    names: list[str]
    contacts: list[Contact]
    holdings: list[Holding]

    @property
    def said(self) -> list[tuple[str, str]]:
        """Its facts with what they are called, in the words of the form."""
        return [
            (_("Place"), self.facts["place"]),
            (_("Kind"), kind_words(self.facts["kind"])),
            (_("Website"), self.facts["website"]),
        ]


@dataclass(frozen=True)
class Merger:
    """What staff see before they merge: both sides, and what will be so afterwards."""

    kept: Side
    merged: Side
    after: Side


def merger_of(kept: Organization, merged: Organization) -> Merger:
    """Both sides and the outcome, in a number of statements that follows from the models alone."""
    here, there = _side_of(kept), _side_of(merged)
    names = {name.casefold(): name for name in (*here.names, merged.name, *there.names)}
    names.pop(kept.name.casefold(), None)
    people = {contact.pk: contact for contact in (*here.contacts, *there.contacts)}
    after = Side(
        organization=kept,
        facts={
            key: here.facts[key] or (there.facts[key] if key in FILLED else "") for key in FACTS
        },
        names=sorted(names.values(), key=str.casefold),
        contacts=sorted(people.values(), key=lambda contact: contact.name),
        holdings=[
            Holding(mine.words, mine.number + theirs.number)
            for mine, theirs in zip(here.holdings, there.holdings, strict=True)
        ],
    )
    return Merger(here, there, after)


@transaction.atomic
def merge_organizations(
    *, kept: Organization, merged: Organization, by: User, at: datetime | None = None
) -> OrganizationMerge:
    """``merged`` is part of ``kept``: all that pointed at the one points at the other, its names
    are names of the other and go on meaning it, its contacts are contacts there, and facts that
    were empty are filled. The record says what moved.

    Raises ``ValidationError`` when they are the same, or one of them is merged already.
    """
    at = at or timezone.now()
    kept, merged = _locked(kept, merged)
    for each in (kept, merged):
        if each.merged_into:
            raise ValidationError(
                _("%(name)s has been merged into %(other)s in the meantime. Choose again.")
                % {"name": each, "other": each.merged_into}
            )
    moved: dict[str, Any] = {"rows": _move_rows(kept, merged)}
    moved["contacts"], moved["joined"] = _move_contacts(kept, merged)
    moved["filled"] = {key: "" for key in FILLED if not getattr(kept, key) and getattr(merged, key)}
    for key in moved["filled"]:
        setattr(kept, key, getattr(merged, key))
    kept.save(update_fields=FILLED)
    known = Alias.objects.filter(organization=kept)
    before = set(known.values_list("pk", flat=True))
    also_called(organization=kept, name=merged.name, at=at)
    moved["alias"] = list(known.exclude(pk__in=before).values_list("pk", flat=True))
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    return OrganizationMerge.objects.create(kept=kept, merged=merged, moved=moved, at=at, by=by)


@transaction.atomic
def undo_merge(*, merge: OrganizationMerge, by: User, at: datetime | None = None) -> None:
    """Both stand for themselves again: what moved is back where it was. What came to the one that
    stayed since then is still there.

    Raises ``ValidationError`` where something was built on top (``why_not_undo``).
    """
    at = at or timezone.now()
    # The same order as a merge takes them in, so that the two never wait for each other.
    kept, merged = _locked(merge.kept, merge.merged)
    merge = OrganizationMerge.objects.select_for_update().get(pk=merge.pk)
    if obstacles := why_not_undo(merge):
        raise ValidationError(obstacles)
    moved = merge.moved
    for relation in pointing_relations():
        pks = moved["rows"].get(_key_of(relation), [])
        _rows_of(relation).filter(pk__in=pks).update(**{relation.field.name: merged})
    Alias.objects.filter(pk__in=moved["alias"], organization=kept).delete()
    kept.contacts.remove(*moved["joined"])
    merged.contacts.add(*moved["contacts"])
    for key, value in moved["filled"].items():
        if getattr(kept, key) == getattr(merged, key):
            setattr(kept, key, value)
    kept.save(update_fields=FILLED)
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    merge.undone_at, merge.undone_by = max(at, merge.at), by
    merge.save(update_fields=["undone_at", "undone_by"])


def why_not_undo(merge: OrganizationMerge) -> list[str]:
    """What was built on top of a merge, in words fit to show; empty where it can be undone."""
    names = {"kept": merge.kept.name, "merged": merge.merged.name}
    if merge.undone_at:
        return [_("This merge is undone already.")]
    further = merge.kept.merged_into
    if further:
        return [
            _("%(kept)s was merged into %(further)s since. Undo that first.")
            % (names | {"further": further})
        ]
    obstacles = []
    gone = sum(_gone(merge, relation) for relation in pointing_relations())
    if gone:
        words = ngettext(
            "%(n)d record that moved from %(merged)s points elsewhere now, by a later correction.",
            "%(n)d records that moved from %(merged)s point elsewhere now, by later corrections.",
            gone,
        )
        obstacles.append(words % (names | {"n": gone}))
    built = _built_on(merge)
    if built:
        obstacles.append(
            _(
                "People of %(merged)s take part in what is %(kept)s's since then: %(proposals)s."
                " Correct that first."
            )
            % (names | {"proposals": ", ".join(built)})
        )
    return obstacles


def pointing_relations() -> Iterator[ForeignObjectRel]:
    """Every key in any model by which a record points at an organization and moves with it. A
    record of what happened hides its key (``related_name="+"``), and stays as it was written."""
    for relation in Organization._meta.related_objects:
        if relation.one_to_many:
            yield relation


def _side_of(organization: Organization) -> Side:
    names = organization.aliases.values_list("name", flat=True)
    holdings = [
        Holding(
            str(relation.related_model._meta.verbose_name_plural),
            _rows_of(relation).filter(**{relation.field.name: organization}).count(),
        )
        for relation in pointing_relations()
        if relation.related_model not in (Alias, Organization)
    ]
    return Side(
        organization=organization,
        facts={key: getattr(organization, key) for key in FACTS},
        names=list(names),
        contacts=list(organization.contacts.all()),
        holdings=holdings,
    )


def _locked(kept: Organization, merged: Organization) -> tuple[Organization, Organization]:
    """Both under their lock, taken in one order whichever of them stays.

    Nothing else locks a row of the directory: a form that names ``merged`` in this very instant
    may still point at it afterwards; its page leads to the other, and staff correct it there.
    """
    if kept.pk == merged.pk:
        raise ValidationError(_("Choose another organization than this one."))
    rows = Organization.objects.select_for_update(of=("self",)).select_related("merged_into")
    found = {row.pk: row for row in rows.filter(pk__in=[kept.pk, merged.pk]).order_by("pk")}
    return found[kept.pk], found[merged.pk]


def _move_rows(kept: Organization, merged: Organization) -> dict[str, list[Any]]:
    """Points what pointed at ``merged`` at ``kept``; the keys of it by model. A name that ``kept``
    has already stays with the other, where it means the same."""
    moved = {}
    for relation in pointing_relations():
        rows = _rows_of(relation).filter(**{relation.field.name: merged})
        if relation.related_model is Alias:
            taken = Alias.objects.filter(organization=kept).values(key=Lower("name"))
            rows = rows.alias(key=Lower("name")).exclude(
                Q(key__in=taken) | Q(key=kept.name.lower())
            )
        pks = list(rows.values_list("pk", flat=True))
        _rows_of(relation).filter(pk__in=pks).update(**{relation.field.name: kept})
        moved[_key_of(relation)] = [pk if isinstance(pk, int) else str(pk) for pk in pks]
    return moved


def _move_contacts(kept: Organization, merged: Organization) -> tuple[list[int], list[int]]:
    """All contacts of ``merged``, and those of them that are new at ``kept``."""
    theirs = list(merged.contacts.values_list("pk", flat=True))
    known = set(kept.contacts.values_list("pk", flat=True))
    kept.contacts.add(*theirs)
    merged.contacts.clear()
    return theirs, [pk for pk in theirs if pk not in known]


def _gone(merge: OrganizationMerge, relation: ForeignObjectRel) -> int:
    """How many of the moved records of one model point at the one that stayed no more."""
    pks = merge.moved["rows"].get(_key_of(relation), [])
    if not pks or relation.related_model is Alias:  # a name taken away since is simply gone
        return 0
    here = _rows_of(relation).filter(pk__in=pks, **{relation.field.name: merge.kept_id})
    return len(pks) - int(here.count())


def _built_on(merge: OrganizationMerge) -> list[str]:
    """References of proposals in which somebody who came along stands for the one that stayed."""
    moved, joined = merge.moved["rows"].get("partners.engagement", []), merge.moved["joined"]
    shared = Share.objects.filter(contact__in=joined, until=None, since__gte=merge.at)
    others = Engagement.objects.filter(organization=merge.kept_id).exclude(pk__in=moved)
    since = Q(opened_at__gte=merge.at) | Q(entries__kind="contact", entries__at__gte=merge.at)
    built = others.filter(Q(pk__in=shared.values("engagement")) | Q(since, contact__in=joined))
    references = built.order_by("proposal__reference").values_list("proposal__reference", flat=True)
    return list(references.distinct()[:MOST_NAMED])


def _rows_of(relation: ForeignObjectRel) -> Any:
    return relation.related_model._base_manager.order_by()


def _key_of(relation: ForeignObjectRel) -> str:
    return relation.related_model._meta.label_lower
