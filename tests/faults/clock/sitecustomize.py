"""For a process whose clock is wrong: Python imports this first, from the path it is started with.

The machine has one clock and no library here that bends it for one process, so this bends what
Python reads of it (``time``, ``datetime``), which is all that a worker of ours ever asks.
"""

import os
from datetime import UTC, datetime, timedelta

import time_machine

_AHEAD = timedelta(seconds=int(os.environ["CLOCK_AHEAD_SECONDS"]))
time_machine.travel(datetime.now(UTC) + _AHEAD, tick=True).start()
