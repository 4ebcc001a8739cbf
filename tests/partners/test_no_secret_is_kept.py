"""From the invitation to a code: tokens and codes are in the mailbox and nowhere else."""

import io
import re

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse

from microcreds.logs import Formatter
from microcreds.outbox.delivery import drain
from microcreds.outbox.models import Message
from partners import codes, services
from partners.models import Contact, Share
from tests.factories import make_submitted
from tests.partners.sharing import share_it, summarized

TOKEN = re.compile(r"/partners/link/([\w-]{43})/")


def mailbox() -> str:
    """All mails that left, as they arrived."""
    return "\n".join(f"{each.subject}\n{each.body}" for each in mail.outbox)


def dump() -> str:
    """Every table as a backup holds it, without fractions of moments: they have six digits, too."""
    held = io.StringIO()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', held)
    return re.sub(r"\.\d{1,6}\+00", "", held.getvalue())


def walk(client, share: Share) -> None:
    """Open the mailed link as a scanner and as a person, read every page, leave, come back."""
    [token] = set(TOKEN.findall(mailbox()))
    link = reverse("partners:link", args=[token])
    for _ in range(5):
        client.get(link)
        client.head(link)
    ref = share.engagement.proposal.reference
    assert client.post(link)["Location"] == reverse("partners:engagement_detail", args=[ref])
    for path in ("", f"{ref}/", "mail/", "mail/preferences/", "inquiries/INQ-1/", "nothing/"):
        client.get(f"/partners/{path}")
    client.post("/partners/leave/")
    client.post(link)
    client.post(f"{link}fresh/")


def ledger(client, admin) -> str:
    """What staff can read of every mail and link."""
    client.force_login(admin)
    paths = [f"/admin/outbox/message/{mail.pk}/change/" for mail in Message.objects.all()]
    paths += [f"/admin/partners/contact/{each.pk}/links/" for each in Contact.objects.all()]
    paths += ["/admin/outbox/message/", "/admin/partners/link/", "/admin/partners/access/"]
    return "".join(client.get(path).content.decode() for path in paths)


@pytest.mark.django_db
def test_logs_dump_and_ledger_hold_no_token_and_no_code(client, cast, caplog, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    caplog.set_level("DEBUG")
    share = share_it(summarized(make_submitted()), cast.oxford)
    drain()
    mail.outbox[:] = [each for each in mail.outbox if each.to == [share.contact.email]]
    walk(client, share)
    codes.send(contact=share.contact, purpose="mou:1", about=share.engagement.proposal.reference)
    while_it_waits = dump()
    drain()

    tokens = set(TOKEN.findall(mailbox()))
    [code] = re.findall(r"^ {4}(\d{6})$", mailbox(), re.MULTILINE)
    with pytest.raises(Exception, match="not the code"):
        codes.confirm(contact=share.contact, purpose="mou:1", code="x")
    codes.confirm(contact=share.contact, purpose="mou:1", code=code)
    services.revoke_links(contact=share.contact, by=cast.oxford)

    assert len(tokens) == 2
    kept = [while_it_waits, dump(), ledger(client, cast.admin_user)]
    kept += [Formatter().format(record) for record in caplog.records]
    for token in tokens:
        assert not [where for where in kept if token in where]
    assert not [where for where in kept[:2] if re.search(rf"\b{code}\b", where)]
