"""A file as it leaves: always saved, never shown; kept by no cache."""

from django.http import FileResponse

from proposals.models import Attachment
from proposals.services.files import open_file

HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


def download_of(attachment: Attachment) -> FileResponse:
    """Streamed from the storage. Raises ``FileNotFoundError`` where the bytes are gone."""
    return FileResponse(
        open_file(attachment),
        as_attachment=True,
        filename=attachment.download_name,
        content_type=attachment.content_type,
        headers=HEADERS,
    )
