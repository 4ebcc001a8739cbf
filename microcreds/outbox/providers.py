"""Mail services that report what came back: how each names our mail, what it calls temporary.

A service is the mail server of ``EMAIL_URL``; its reports are read by django-anymail. Here are
those that prove themselves by the name and password in the address they post to.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from microcreds.outbox.models import Message


@dataclass(frozen=True, slots=True)
class Provider:
    """``reader`` is anymail's view; ``header`` asks the service to report ``content`` with each
    event of a mail; of an event whose ``field`` is ``soft`` the address may work again.
    """

    reader: str
    header: str
    content: str
    field: str
    soft: Any
    # Anymail's view of mails that come in, where the service posts them whole.
    inbound: str = ""

    def is_temporary(self, event: Any) -> bool:
        """Whether the address of this event may work again; ``event`` is the service's own."""
        return self.field in event and event[self.field] == self.soft


_WEBHOOKS = "anymail.webhooks"
# Sources: the services' own pages on SMTP headers and on their events, as anymail's documentation
# links them (https://anymail.dev/en/stable/esps/).
PROVIDERS = {
    "brevo": Provider(
        f"{_WEBHOOKS}.brevo.BrevoTrackingWebhookView",
        header="X-Mailin-custom",
        content='{{"message": "{0}"}}',
        field="event",
        soft="soft_bounce",
    ),
    "mailjet": Provider(
        f"{_WEBHOOKS}.mailjet.MailjetTrackingWebhookView",
        header="X-MJ-CustomID",
        content="{0}",
        field="hard_bounce",
        soft=False,
        inbound=f"{_WEBHOOKS}.mailjet.MailjetInboundWebhookView",
    ),
    "mailtrap": Provider(
        f"{_WEBHOOKS}.mailtrap.MailtrapTrackingWebhookView",
        header="X-MT-Custom-Variables",
        content='{{"message": "{0}"}}',
        field="event",
        soft="soft bounce",
    ),
    "postmark": Provider(
        f"{_WEBHOOKS}.postmark.PostmarkTrackingWebhookView",
        header="X-PM-Metadata-message",
        content="{0}",
        field="Type",
        soft="SoftBounce",
        inbound=f"{_WEBHOOKS}.postmark.PostmarkInboundWebhookView",
    ),
}


def provider() -> Provider | None:
    """The one of this deployment; ``None`` where none is named, or nothing proves its reports."""
    return PROVIDERS.get(settings.MAIL_PROVIDER) if settings.MAIL_WEBHOOK_SECRET else None


def headers_for(message: Message) -> dict[str, str]:
    """What a mail carries so that the service's reports name it."""
    known = provider()
    if known is None:
        return {}
    return {known.header: known.content.format(f"o-{message.uuid}")}
