"""The conversations of a proposal: who reads and writes which, as a page shows it, who is told."""

from reviews.threads.access import Access, access_of, access_to
from reviews.threads.reading import (
    PAGE_SIZE,
    Conversation,
    Entry,
    conversations,
    page_of_thread,
    readers_of,
    with_talk,
)
from reviews.threads.writing import edit, named_in, write

__all__ = [
    "PAGE_SIZE",
    "Access",
    "Conversation",
    "Entry",
    "access_of",
    "access_to",
    "conversations",
    "edit",
    "named_in",
    "page_of_thread",
    "readers_of",
    "with_talk",
    "write",
]
