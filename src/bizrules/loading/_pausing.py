"""The garbage collector at rest while documents become the model.

Reading makes hundreds of thousands of objects and throws none away. A collector that looks through
them again and again takes as long as the reading itself, and finds nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

import attrs


@attrs.define(eq=False)
class Pause:
    """A rest of the garbage collector that several threads may share.

    Attributes:
        readers: How many are reading at the moment.
        resume: Whether the collector ran before the first of them began.
    """

    readers: int = attrs.field(default=0, init=False)
    resume: bool = attrs.field(default=False, init=False)
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """The collector rests until the last reader is done; one that was off stays off."""
        with self._lock:
            if not self.readers:
                self.resume = gc.isenabled()
                gc.disable()
            self.readers += 1
        try:
            yield
        finally:
            with self._lock:
                self.readers -= 1
                if not self.readers and self.resume:
                    gc.enable()


PAUSE: Final = Pause()
"""The rest of the one collector that a process has."""
