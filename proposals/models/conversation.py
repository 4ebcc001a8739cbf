"""What is said about a proposal, and between whom."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Value, Window
from django.db.models.functions import Coalesce, JSONObject, NullIf, RowNumber
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.kept import Annotations, kept_for
from proposals.models.proposal import Proposal

# A comment keeps who said it where and when; other words need the row that keeps the earlier ones.
_NOTHING_BUT_THE_WORDS_CHANGES = """
    IF (NEW.thread_id, NEW.author_id, NEW.from_outside, NEW.at)
        IS DISTINCT FROM (OLD.thread_id, OLD.author_id, OLD.from_outside, OLD.at)
        OR NEW.body <> OLD.body AND NOT EXISTS (
            SELECT 1 FROM proposals_commentedit
            WHERE comment_id = OLD.id AND body = OLD.body AND replaced_at = NEW.edited_at
        )
    THEN
        RAISE EXCEPTION 'comment % changes without a record of what it said', OLD.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
# Whoever deletes a draft that was never sent takes its conversation along; all other ones stay.
_STAYS_ONCE_SENT = """
    IF EXISTS (
        SELECT 1 FROM proposals_thread
        JOIN proposals_revision ON proposals_revision.proposal_id = proposals_thread.proposal_id
        WHERE proposals_thread.id = {thread}
    ) THEN
        RAISE EXCEPTION 'what was said about a proposal that was sent is a university record'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
"""


class Thread(models.Model):
    """One conversation of a proposal: between its proposers and staff, internal, or outside."""

    class Kind(models.TextChoices):
        PROPOSERS = "proposers", _("With the proposers")
        INTERNAL = "internal", _("Internal: eLearning only")
        OUTSIDE = "outside", _("With a partner")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="threads")
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "kind"],
                condition=~Q(kind="outside"),
                name="thread_one_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, proposal {self.proposal_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def said_in(self, proposal: Proposal, *kinds: str) -> "CommentQuerySet":
        """What stands in these threads of a proposal."""
        return self.filter(thread__proposal=proposal, thread__kind__in=kinds)

    def new_to(self, user: User) -> "CommentQuerySet":
        """What somebody else wrote, and this person has not come so far yet."""
        return self.filter(_is_new_to(user))

    def with_files(self) -> "CommentQuerySet":
        """Each with the ``files`` that stand with it, and what it came by; one query."""
        return _with_files(self.select_related("author", "mail"))

    def for_page(self, user: User, *, newest: int | None = None) -> "CommentQuerySet":
        """All that a page says of each, in one query: author, earlier wordings, who was notified,
        the ``files`` that stand with it, whether it ``is_new``; of its thread how much there is
        (``total``), how much of it is new (``unread``), and where that begins (``first_unread``).
        ``place`` counts from the newest of its thread; ``newest`` of each are kept.
        """
        marked = (
            _with_what_belongs_to_it(self)
            .select_related("author", "thread", "mail")
            .annotate(is_new=_is_new_to(user))
            .annotate(
                place=Window(RowNumber(), partition_by=F("thread_id"), order_by=F("pk").desc()),
                total=Window(Count("pk"), partition_by=F("thread_id")),
                unread=Window(Count("pk", filter=Q(is_new=True)), partition_by=F("thread_id")),
                first_unread=Window(Min("pk", filter=Q(is_new=True)), partition_by=F("thread_id")),
            )
            .order_by("pk")
        )
        return marked.filter(place__lte=newest) if newest else marked


def _is_new_to(user: User) -> Q:
    last = LastRead.objects.filter(thread=OuterRef("thread_id"), user=user)
    return Q(pk__gt=Coalesce(Subquery(last.values("comment_id")), 0)) & ~Q(author=user)


class Comment(models.Model):
    """One message in a thread; a university record. Its text may change, what it said stays."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )
    from_outside = models.CharField(
        max_length=300,
        blank=True,
        editable=False,
        help_text=_("Who of a partner wrote it, as they were called then; they have no account."),
    )
    is_for_proposers = models.BooleanField(
        default=False, help_text=_("Written to a partner, and for the proposers to read as well.")
    )
    body = models.TextField(max_length=5000)
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    post_key = models.UUIDField(
        null=True,
        unique=True,
        editable=False,
        help_text=_("Digest of what was posted, so that the same post makes no second message."),
    )

    mail = models.OneToOneField(
        "outbox.Incoming",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        editable=False,
        help_text=_("The mail that it came by."),
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ("at", "id")
        constraints = [
            models.CheckConstraint(
                name="comment_says_something",
                condition=~Q(body=""),
                violation_error_message=_("Write a message."),
            ),
            models.CheckConstraint(
                name="comment_is_of_one_author",
                condition=Q(author__isnull=False, from_outside="")
                | Q(author__isnull=True) & ~Q(from_outside=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="comment_keeps_what_it_said",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=_NOTHING_BUT_THE_WORDS_CHANGES,
            ),
            pgtrigger.Trigger(
                name="comment_stays_once_sent",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_STAYS_ONCE_SENT.format(thread="OLD.thread_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author or self.from_outside}, {self.at:%Y-%m-%d}"


def _files() -> Any:
    """What stands with a message, as it came."""
    # A relation that points here is asked for its model; importing it would be a circle.
    attachments: Any = Comment._meta.get_field("attachments").related_model
    return attachments.objects.filter(comment=OuterRef("pk")).kept().order_by("uploaded_at")


@kept_for(Comment)
def _with_files() -> Annotations:
    # A partner's part may go on in another proposal than the one a file came to.
    reference = F("proposal__reference")
    file = JSONObject(id="id", name="name", size="size", scan="scan", reference=reference)
    return {"files": ArraySubquery(_files().values(file=file))}


@kept_for(Comment)
def _with_what_belongs_to_it() -> Annotations:
    edits = CommentEdit.objects.filter(comment=OuterRef("pk")).order_by("pk")
    told = Mention.objects.filter(comment=OuterRef("pk")).order_by("user__name", "pk")
    file = JSONObject(id="id", name="name", size="size", scan="scan")
    name = Coalesce(NullIf("user__name", Value("")), "user__email", output_field=models.CharField())
    return {
        "earlier": ArraySubquery(edits.values(said=JSONObject(body="body", at="written_at"))),
        "notified": ArraySubquery(told.values_list(name)),
        "files": ArraySubquery(_files().values(file=file)),
    }


class CommentEdit(models.Model):
    """What a message said before its author changed it; written once."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="edits")
    body = models.TextField(max_length=5000)
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        triggers = [
            pgtrigger.Protect(name="comment_edit_is_frozen", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="comment_edit_stays_once_sent",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_STAYS_ONCE_SENT.format(
                    thread="(SELECT thread_id FROM proposals_comment WHERE id = OLD.comment_id)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Comment {self.comment_id} until {self.replaced_at:%Y-%m-%d %H:%M}"


class Mention(models.Model):
    """Somebody a message was addressed to by name."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mentions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "user"], name="mention_once_in_a_comment"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in comment {self.comment_id}"


class LastRead(models.Model):
    """How far a person has read a thread: to this message."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "user"], name="last_read_once_in_a_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: thread {self.thread_id} to comment {self.comment_id}"
