"""The command that prints a partner's link."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from partners import services


def test_it_prints_one_absolute_url_that_works(client, share):
    out = StringIO()

    call_command("partner_link", "PAT@tallgrass.example", stdout=out)

    [url] = out.getvalue().splitlines()
    assert url.startswith("http://testserver/partners/link/")
    assert client.get(url.removeprefix("http://testserver")).status_code == 200


def test_it_refuses_an_unknown_address(db):
    with pytest.raises(CommandError, match="no contact"):
        call_command("partner_link", "nobody@else.example")


def test_it_refuses_where_nothing_is_shared(share, oxford):
    services.end_share(share=share, by=oxford)

    with pytest.raises(CommandError, match="Nothing is shared"):
        call_command("partner_link", "pat@tallgrass.example")
