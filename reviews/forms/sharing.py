"""What of one proposal is open to its partners."""

from typing import Any

from django import forms

from partners.models import Contact, Engagement
from proposals.models import Attachment, Proposal


class ShareForm(forms.Form):
    """Open one engagement's status page to one contact, end or close it, or revoke the contact's
    links."""

    ACTIONS = ("share", "end", "close", "rotate", "revoke")
    contact = forms.ModelChoiceField(queryset=Contact.objects.all())
    action = forms.ChoiceField(choices=[(name, "") for name in ACTIONS])

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        engagements = Engagement.objects.filter(proposal=proposal)
        self.fields["engagement"] = forms.ModelChoiceField(queryset=engagements)


class OutcomesForm(forms.Form):
    """Show the outcomes and the shape on one engagement's page, or hide them."""

    action = forms.ChoiceField(choices=[("show_outcomes", ""), ("hide_outcomes", "")])

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        engagements = Engagement.objects.filter(proposal=proposal).select_related("organization")
        self.fields["engagement"] = forms.ModelChoiceField(queryset=engagements)


class FileShareForm(forms.Form):
    """Open one file to one engagement, or close it."""

    action = forms.ChoiceField(choices=[("share_file", ""), ("end_file", "")])

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["engagement"] = forms.ModelChoiceField(
            queryset=Engagement.objects.filter(proposal=proposal).select_related("organization")
        )
        self.fields["attachment"] = forms.ModelChoiceField(
            queryset=Attachment.objects.filter(proposal=proposal)
        )
