"""What goes compressed over the wire, and what goes as it is."""

import gzip

import pytest
from django.urls import reverse

from tests.factories import make_submitted

pytestmark = pytest.mark.django_db
LIST = reverse("admin:reviews_triageitem_changelist")
ASKED = {"accept-encoding": "gzip"}


def test_a_page_goes_compressed_to_who_takes_that(client, oxford):
    client.force_login(oxford)
    plain = client.get(LIST)
    sent = client.get(LIST, headers=ASKED)
    assert (plain.get("Content-Encoding"), sent["Content-Encoding"]) == (None, "gzip")
    assert b"Triage desk" in gzip.decompress(sent.content)
    assert len(sent.content) < len(plain.content) / 3


def test_a_table_goes_compressed_as_it_streams(client, oxford):
    row = make_submitted()
    client.force_login(oxford)
    sent = client.get(f"{LIST}export/csv/", headers=ASKED)
    assert row.reference in gzip.decompress(sent.getvalue()).decode()


def test_a_file_goes_as_it_is_with_its_length(client, oxford):
    make_submitted()
    client.force_login(oxford)
    sent = client.get(f"{LIST}export/xlsx/", headers=ASKED)
    assert "Content-Encoding" not in sent
    assert int(sent["Content-Length"]) == len(sent.getvalue())
