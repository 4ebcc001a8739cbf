"""The broker as our worker meets it: junk in its queue, or no room in it, does not end the worker.

Whatever a message that is dropped here would have had done, the next tick does: what is to be done
stands in the database.
"""

import logging
from queue import Empty
from typing import Any

from kombu.transport import redis
from redis.exceptions import OutOfMemoryError

logger = logging.getLogger(__name__)


class Channel(redis.Channel):
    """Celery's for Redis, to which both are an "unrecoverable error" (seen with kombu 5.7): the
    worker would end, and the next one too over each further message of that kind."""

    def _brpop_read(self, **options: Any) -> bool:
        """A message went to the consumer; one that is none, or that cannot be noted as taken,
        has left the queue."""
        try:
            return super()._brpop_read(**options)
        except OutOfMemoryError:
            logger.error("The broker has no room: what it was asked to do waits for the next tick")
        except (ValueError, TypeError, LookupError, AttributeError):
            logger.exception("Something lay in the queue that is no message; it is dropped")
        raise Empty


class Transport(redis.Transport):
    """Celery's for Redis, with our channel."""

    Channel = Channel
