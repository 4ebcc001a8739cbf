"""What people outside can read of mails, field by field."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A field that is in neither table fails tests/partners/test_canaries.py.
OUTSIDE: dict[str, dict[str, str | Promise]] = {
    "outbox.Message": {
        "uuid": _("in the address of a mail of their own"),
        "subject": _("of a mail of their own"),
        "body": _("of a mail of their own"),
        "to": _("of a mail of their own"),
        "kind": _("of a mail of their own"),
        "sent_at": _("of a mail of their own"),
        "created_at": _("of a mail of their own"),
        "reply_to": _("of a mail of their own"),
    },
    "outbox.MailText": {
        "subject": _("as the words of a mail to them"),
        "body": _("as the words of a mail to them"),
    },
    "outbox.Incoming": {
        "not_taken": _("of a mail of their own people: which of its files were not kept, and why"),
    },
    "outbox.Preference": {
        "topic": _("of themselves, on the page where they choose it"),
        "frequency": _("of themselves, on the page where they choose it"),
    },
}
INSIDE: dict[str, str] = {
    "outbox.Message": (
        "id event about cause dedupe_key user is_secret priority state due_at attempts claimed_at "
        "claimed_by error answer digest repeats asked_by why is_released"
    ),
    "outbox.Preference": "id address chosen_at",
    "outbox.MailText": "id key number why by at",
    "outbox.Undeliverable": "id address reason detail since cleared_at cleared_by",
    "outbox.Incoming": (
        "id message_id sender to subject text whole sent_at received_at state why about answers "
        "files settled_by settled_at settled_why emptied_at"
    ),
    "outbox.Hold": "id since by why",
    "outbox.Heartbeat": "id beat_at",
}
