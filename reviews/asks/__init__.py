"""What is asked of whom, worked out from the records themselves: one row for each thing asked, gone
when it is done. ``SOURCES`` has a line for each kind of record that asks; a later one adds its."""

from reviews.asks.ask import MOST, Ask
from reviews.asks.listing import asks_of, asks_of_contact

__all__ = ["MOST", "Ask", "asks_of", "asks_of_contact"]
