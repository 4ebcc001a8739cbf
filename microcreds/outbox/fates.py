"""How each fate of a mail looks: tone and icon, beside its name."""

from microcreds.outbox.models import Message

LOOKS: dict[str, tuple[str, str]] = {
    Message.State.QUEUED: ("info", "clock"),
    Message.State.SENDING: ("info", "send"),
    Message.State.SENT: ("success", "check"),
    Message.State.FAILED: ("danger", "triangle-alert"),
    Message.State.BOUNCED: ("danger", "mail-x"),
    Message.State.RECALLED: ("neutral", "undo-2"),
    Message.State.GATHERED: ("info", "layers"),
    Message.State.DIGESTED: ("success", "layers"),
    Message.State.SUPPRESSED: ("warning", "bell-off"),
}
