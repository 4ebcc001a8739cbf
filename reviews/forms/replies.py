"""What staff say of a mail that did not join by itself, as forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.models import Proposal, Thread
from reviews import threads
from reviews.permits import parties_of


class PutForm(forms.Form):
    """Of which proposal the mail becomes an internal note."""

    reference = forms.CharField(
        label=_("Reference of the proposal"),
        max_length=40,
        help_text=_("Such as MC-2026-0042. The mail becomes an internal note there."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by

    def clean_reference(self) -> Proposal:
        """The proposal; one where this person writes no notes is as good as none."""
        given = self.cleaned_data["reference"]
        found = Proposal.objects.filter(reference=given.upper()).first()
        if found:
            parties = parties_of([found.pk])[found.pk]
            if threads.access_to(found, self._by, parties).may_write(Thread.Kind.INTERNAL):
                return found
        raise ValidationError(_("There is no proposal %(ref)s for your notes.") % {"ref": given})


class SetAsideForm(forms.Form):
    """Why the mail belongs nowhere; and the ``others`` that wait of its sender, where there are
    any."""

    why = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, *args: Any, others: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if others:
            words = _("And all others of this sender that wait: %(n)d")
            label = words % {"n": others}
            field: Any = forms.BooleanField(label=label, required=False)
            field.asked = True
            self.fields["all_of_them"] = field
