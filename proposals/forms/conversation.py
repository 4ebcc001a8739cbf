"""What one writes in a conversation; its limits are the service's."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import User
from proposals.services.conversation import LONGEST


class MessageForm(forms.Form):
    """One message, and whom of its possible readers to notify."""

    body = forms.CharField(
        label=_("Your message"), widget=forms.Textarea(attrs={"rows": 5}), required=False
    )

    def __init__(self, *args: Any, people: Iterable[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text: Any = self.fields["body"]
        # Shown below the text; what is wrong with a text is said by the service.
        text.asked, text.max_length = True, LONGEST
        self.people = {str(user.pk): user for user in people}
        if self.people:
            self.fields["notify"] = forms.MultipleChoiceField(
                label=_("Also notify"),
                help_text=_("They get a mail that leads here. The message itself is not in it."),
                choices=[(pk, str(user)) for pk, user in self.people.items()],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                error_messages={"invalid_choice": _("Choose people from this list.")},
            )

    @property
    def notified(self) -> list[User]:
        return [self.people[pk] for pk in self.cleaned_data.get("notify", ())]
