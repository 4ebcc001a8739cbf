"""How a file comes in: in pieces, to disk, and never more of it than can be used."""

from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

# Above every limit of ours, so that what was cut is seen to be too big.
CUT_AT = 16 * 1024 * 1024


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Django's handler for files on disk, which reads a file too big to its end but stores no more
    of it, and outlives a full disk: the upload then says ``is_incomplete``, and the rest of the
    form is there."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.is_incomplete = False
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start < CUT_AT and not self.is_incomplete:
            try:
                super().receive_data_chunk(raw_data, start)
            except OSError:
                self.is_incomplete = True
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        try:
            file = super().file_complete(file_size)
        except OSError:  # what was buffered did not fit either
            self.is_incomplete, file = True, self.file
            with suppress(OSError):
                file.close()
        if file is not None:
            file.is_incomplete = self.is_incomplete  # type: ignore[attr-defined]
        return file
