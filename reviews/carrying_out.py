"""What a plan says, written: part of the transaction of ``reviews.services``, and called by it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, Value, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from microcreds.outbox.links import placeholder
from microcreds.outbox.models import Message
from microcreds.outbox.services import enqueue, recall, recall_all
from partners.continuing import continue_in
from partners.services import issue_links
from proposals.models import Proposal, Revision
from proposals.services import copy_as_draft, readers
from reviews.change_requests import end_asks, grant_asks, reopen_asks
from reviews.checklists import lay_out, take_in
from reviews.draft_looks import reopen_looks
from reviews.ladder.calling_back import call_back
from reviews.models import StageChange
from reviews.next_steps import end_steps, give_back
from reviews.notifications.moves import LINK_TO_COME
from reviews.plans import WRITTEN, Along, Plan, UndoPlan
from reviews.return_points import keep_points
from reviews.todos import set_next_steps
from reviews.withdrawal_requests import grant_withdrawals, reopen_withdrawals
from reviews.workflow import Move


def carry_out(plan: Plan, revision: Revision | None = None) -> list[StageChange]:
    """One INSERT of history, one UPDATE of proposals, one INSERT of mails (and one of links)."""
    for item in plan.items:
        item.change.revision = revision
    changes = StageChange.objects.bulk_create([item.change for item in plan.items])
    _write([item.after for item in plan.items], [*WRITTEN, "last_activity_at"])
    letters = _letters(plan, changes)
    call_back([item.proposal for item in plan.items])
    enqueue(letters, is_settled=True)
    laid = [(change, item.lines) for item, change in zip(plan.items, changes, strict=True)]
    if any(lines for _change, lines in laid):
        lay_out(laid=laid, by=plan.actor, at=plan.at)
    if plan.actor and plan.given.step_is_done and plan.actor.is_elearning:
        end_steps(proposals=[item.after for item in plan.items], change=changes[0], by=plan.actor)
    if plan.actor:
        set_next_steps(
            proposals=[item.after for item in plan.items],
            words=plan.given.next_step,
            by_day=plan.given.next_step_on,
            by=plan.actor,
            at=plan.at,
        )
    keep_points(plan, changes)
    grant_asks(plan, changes)
    end_asks(plan, changes)
    if plan.move == Move.WITHDRAW:
        grant_withdrawals(
            proposals=[item.proposal.pk for item in plan.items], by=plan.actor, at=plan.at
        )
    for item in plan.items:
        if item.along:
            carry(item.along, plan.at)
        if item.from_stage in plan.info.copies_from and plan.actor:
            copy_as_draft(proposal=item.after, by=plan.actor, at=plan.at)
    return changes


def take_back(plans: list[UndoPlan]) -> list[StageChange]:
    """One INSERT of history, one UPDATE of proposals, one of mails, however many moves are taken
    back; all of them were made at one moment.

    Raises ``ValidationError`` where a worker has taken one of their mails since the plan was built.
    """
    items = [item for plan in plans for item in plan.items]
    undone = [item.undone for item in items]
    at = plans[0].at
    changes = StageChange.objects.bulk_create([item.change for item in items])
    _write([item.after for item in items], [*WRITTEN, "last_activity_at"])
    # Receipts go at once, so one that leaves now is no surprise.
    meant = {mail.pk for plan in plans for mail in plan.recalled if mail.due_at > at}
    if recall_all(causes=[f"stage_change:{change.pk}" for change in undone]) < len(meant):
        raise ValidationError(_("Its mails are leaving right now, so it cannot be undone."))
    for item in items:
        if item.along:
            carry(item.along, at)
    reopen_asks(undone)
    reopen_withdrawals(undone)
    reopen_looks(undone)
    take_in(changes=undone, at=at)
    give_back(item.step for item in items)
    call_back([item.proposal for item in items])
    return changes


def _write(rows: list[Proposal], names: list[str]) -> None:
    """One UPDATE. ``bulk_update`` would say of each column and each row what it gets; most columns
    get one value or a few, and to say which rows get each takes a tenth of the time."""
    written: dict[str, Any] = {}
    for name in names:
        field: Any = Proposal._meta.get_field(name)
        keys_of: dict[Any, list[int]] = {}
        for row in rows:
            value = getattr(row, field.attname)
            keys_of.setdefault(tuple(value) if isinstance(value, list) else value, []).append(
                row.pk
            )
        if len(keys_of) == 1:
            written[name] = getattr(rows[0], field.attname)
            continue
        whens = [
            When(pk__in=keys, then=Value(value, output_field=field))
            for value, keys in keys_of.items()
        ]
        written[name] = Cast(Case(*whens, output_field=field), output_field=field)
    Proposal.objects.filter(pk__in=[row.pk for row in rows]).update(**written)


def carry(along: Along, at: datetime) -> None:
    """What the plan of a merge showed to go along is there now, or back."""
    home = along.proposal if along.is_back else along.into
    continue_in(engagement_ids=along.engagement_ids, proposal=home)
    if along.is_back:
        recall(cause=along.recalls)
        readers.let_out(proposal=along.into, user_ids=along.reader_ids)
    else:
        readers.let_in(proposal=along.into, user_ids=along.reader_ids, at=at)


def _letters(plan: Plan, changes: list[StageChange]) -> list[Message]:
    """The mails of the plan: each knows the stage change behind it, a partner's has their link."""
    contacts = {contact.pk: contact for item in plan.items for contact in item.contacts.values()}
    links = (
        issue_links(contacts=contacts.values(), event="partner_update", at=plan.at)
        if contacts
        else {}
    )
    for item, change in zip(plan.items, changes, strict=True):
        for message in item.messages:
            message.cause = f"stage_change:{change.pk}"
            message.dedupe_key = f"{message.cause}:{message.event}:{message.to}"
            if contact := item.contacts.get(message.to):
                link = placeholder(links[contact.pk].uuid)
                message.body = message.body.replace(LINK_TO_COME, link)
    return [message for item in plan.items for message in item.messages]
