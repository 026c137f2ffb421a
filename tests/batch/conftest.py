"""What several tests of batches need."""

from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def full_disk() -> Iterator[Callable[[int], None]]:
    """Lets no file grow beyond so many bytes, as on a disk that is full, until the test is over."""
    resource = pytest.importorskip("resource", reason="only POSIX bounds the size of files")
    bounds = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, bounds[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, bounds)
