"""What somebody on the desk is to do about a proposal, and what was said outside the tool."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.models import Proposal
from reviews.models.checklists import ChecklistItem


class ToDoQuerySet(models.QuerySet["ToDo"]):
    def open(self) -> "ToDoQuerySet":
        """Those that nobody has ticked off, and that no undoing took away."""
        return self.filter(done_at__isnull=True, hidden_at__isnull=True)


class ToDo(models.Model):
    """One thing to do by a day. The one that comes next for its proposal is its next step.

    Of a checklist: ``item`` is what it came of and ``laid_by`` the move that laid it out; undone,
    that move takes along what nobody has touched (``hidden_at``).
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="todos")
    words = models.CharField(max_length=300)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="todos")
    by_day = models.DateField()
    is_next = models.BooleanField(default=False)
    made_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: the system itself."),
    )
    made_at = models.DateTimeField()
    item = models.ForeignKey(
        ChecklistItem, null=True, blank=True, on_delete=models.PROTECT, related_name="todos"
    )
    laid_by = models.ForeignKey(
        "reviews.StageChange",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="todos_laid",
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done_note = models.CharField(max_length=300, blank=True)

    objects = ToDoQuerySet.as_manager()

    class Meta:
        ordering = ("by_day", "id")
        indexes = [
            models.Index(fields=["proposal", "by_day"], name="todo_of_proposal"),
            models.Index(
                fields=["owner", "by_day"], condition=Q(done_at__isnull=True), name="todo_of_owner"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(is_next=True, done_at__isnull=True),
                name="todo_one_next_step_a_proposal",
            ),
            models.UniqueConstraint(
                fields=["proposal", "item"],
                condition=Q(done_at__isnull=True, hidden_at__isnull=True),
                name="todo_of_a_checklist_open_once",
            ),
            models.CheckConstraint(
                name="todo_of_a_checklist_has_its_move",
                condition=Q(item__isnull=True, laid_by__isnull=True)
                | Q(item__isnull=False, laid_by__isnull=False),
            ),
            models.CheckConstraint(
                name="todo_hidden_is_untouched",
                condition=Q(hidden_at__isnull=True)
                | Q(done_at__isnull=True, laid_by__isnull=False),
            ),
            models.CheckConstraint(name="todo_has_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="todo_done_by_somebody",
                condition=Q(done_at__isnull=True, done_by__isnull=True, done_note="")
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.words


class TalkedWith(models.Model):
    """A call, meeting or mail outside the tool: with whom, when, what was said. Never changed; a
    mistake is struck out and written anew."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")
        MAIL = "mail", _("Mail")

    class Audience(models.TextChoices):
        INTERNAL = "internal", _("eLearning only")
        PROPOSERS = "proposers", _("The proposers too")

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="talks")
    kind = models.CharField(max_length=10, choices=Kind)
    who = models.CharField(max_length=120)
    on = models.DateField()
    said = models.TextField(max_length=2000)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.INTERNAL)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-on", "-id")
        indexes = [models.Index(fields=["proposal", "-on", "-id"], name="talk_of_proposal")]
        constraints = [
            models.CheckConstraint(
                name="talk_says_who_and_what", condition=~Q(who="") & ~Q(said="")
            ),
            models.CheckConstraint(
                name="talk_struck_by_somebody",
                condition=Q(struck_at__isnull=True, struck_by__isnull=True)
                | Q(struck_at__isnull=False, struck_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.who}, {self.on:%Y-%m-%d}"
