"""Print one fresh personal link of a contact, for whoever has to hand it over another way."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Value
from django.db.models.functions import Lower

from microcreds.outbox import links
from partners import services
from partners.models import Contact


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # their warnings would stand beside the URL
    help = "Prints one absolute URL that opens what is shared with the contact of this address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    def handle(self, *, address: str, **options: Any) -> None:
        same_address = Contact.objects.alias(key=Lower("email"))
        contact = same_address.filter(key=Lower(Value(address))).first()
        if contact is None:
            raise CommandError(f"There is no contact with the address {address}.")
        if not services.has_a_page(contact):
            raise CommandError(f"Nothing is shared with {address} today.")
        link = services.issue_links(contacts=[contact])[contact.pk]
        self.stdout.write(links.fill(links.placeholder(link.uuid)))
