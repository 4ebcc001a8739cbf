"""Files in S3 by a setting alone, against an S3 server of its own process (moto)."""

import hashlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from time import monotonic, sleep

import boto3
import pytest
from django.conf import settings as configured
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone

from proposals import services
from proposals.models import Attachment
from proposals.services import files
from tests.factories import make_draft
from tests.proposals.filing import PDF
from tests.proposals.test_attachments import add

pytestmark = pytest.mark.django_db
KEYS = {"aws_access_key_id": "demo", "aws_secret_access_key": "demo", "region_name": "us-east-2"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = monotonic() + 60
    while monotonic() < until:
        with closing(socket.socket()) as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                break
        sleep(0.1)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def bucket(server, settings):
    """What docs/files.md says to set, with the address and the keys of this server."""
    s3 = boto3.resource("s3", endpoint_url=server, **KEYS)
    made = s3.create_bucket(
        Bucket="microcreds-files", CreateBucketConfiguration={"LocationConstraint": "us-east-2"}
    )
    options = {
        "bucket_name": "microcreds-files",
        "default_acl": "private",
        "querystring_auth": True,
        "file_overwrite": False,
        "endpoint_url": server,
        "access_key": KEYS["aws_access_key_id"],
        "secret_key": KEYS["aws_secret_access_key"],
        "region_name": KEYS["region_name"],
    }
    settings.STORAGES = {
        **configured.STORAGES,
        "attachments": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
    }
    yield made
    storages["attachments"].connection.meta.client.close()
    made.objects.all().delete()
    made.delete()
    s3.meta.client.close()


def names(bucket) -> list[str]:
    return [each.key for each in bucket.objects.all()]


def test_a_file_goes_there_comes_back_whole_and_is_gone_with_its_draft(
    bucket, client, cast, django_capture_on_commit_callbacks
):
    draft = make_draft()
    attachment = add(draft)
    assert names(bucket) == [attachment.stored_name]
    assert "letter" not in attachment.stored_name

    client.force_login(cast.proposer)
    response = client.get(reverse("proposals:file_download", args=[draft.reference, attachment.pk]))
    content = response.getvalue()

    assert content == PDF
    assert hashlib.sha256(content).hexdigest() == attachment.sha256
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_draft(proposal=draft, by=cast.proposer)
    assert names(bucket) == []


def test_what_no_row_knows_is_swept(bucket, cast):
    attachment = add(make_draft())
    Attachment.objects.all().delete()
    later = timezone.now() + files.ORPHAN_AFTER + timezone.timedelta(minutes=1)

    assert files.sweep(at=later) == 1
    assert attachment.stored_name not in names(bucket)
