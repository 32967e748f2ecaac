"""What processes cost: processor time and memory, with their children."""

import contextlib
from collections.abc import Iterator

import psutil

MEGABYTE = 1024 * 1024


def family(pid: int) -> Iterator[psutil.Process]:
    """The process and all it started."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        yield process
        yield from process.children(recursive=True)


class ProcessorTime:
    """Milliseconds of processor time that a process and its children spend between ``begin`` and ``end``."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.before: dict[int, float] = {}
        self.spent = 0.0

    def begin(self) -> None:
        self.before = self._by_process()

    def end(self) -> None:
        """Add what was spent since; a child that ended meanwhile takes its share with it."""
        self.spent += sum(spent - self.before.get(pid, 0.0) for pid, spent in self._by_process().items())

    def _by_process(self) -> dict[int, float]:
        found = {}
        for process in family(self.pid):
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                found[process.pid] = (times.user + times.system) * 1000
        return found


def largest_mb(pid: int) -> float:
    """Resident memory of the largest of them: the worker, where its master is small."""
    sizes = []
    for process in family(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            sizes.append(process.memory_info().rss / MEGABYTE)
    return max(sizes, default=0.0)
