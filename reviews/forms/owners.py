"""Who is to own proposals."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Role, User
from proposals.models import Proposal
from reviews.workload import LONGEST_HAND_OVER, with_workload


class OwnerChoice(forms.ModelChoiceField):
    """A person with how much they have already, and whether they are away."""

    def label_from_instance(self, person: Any) -> str:
        words = _("%(who)s: %(n)d open, %(late)d late") % {
            "who": person,
            "n": person.at_work,
            "late": person.late,
        }
        if person.away_until is None:
            return words
        return _("%(words)s; away until %(day)s, %(who)s stands in") % {
            "words": words,
            "day": f"{person.away_until:%a} {person.away_until.day} {person.away_until:%b}",
            "who": person.stand_in_name,
        }


class AssignForm(forms.Form):
    """Who is to own these proposals: somebody who works for the unit of each, or a lead."""

    def __init__(self, *args: Any, proposals: Iterable[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = User.objects.holding(Role.Kind.LEAD)
        people = User.objects.holding(Role.Kind.LEAD, Role.Kind.ELEARNING)
        for unit_id in {proposal.unit_id for proposal in proposals} - {None}:
            staff = Role.objects.current().filter(kind=Role.Kind.ELEARNING, unit=unit_id)
            people = people.filter(Q(pk__in=leads) | Q(pk__in=staff.values("user")))
        self.fields["to"] = OwnerChoice(
            label=_("Owner"), queryset=with_workload(people), empty_label=_("Choose a person")
        )
        self.fields["note"] = forms.CharField(
            label=_("What they should know"),
            help_text=_("Goes into the mail, and stays on record for eLearning."),
            max_length=LONGEST_HAND_OVER,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
