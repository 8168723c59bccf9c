"""What reading a message costs: the processor's time for loading and for one message, and the process's memory."""

import resource
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from bot.dialogue.understanding import Understanding, corpus, engine

_MESSAGES = 600
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds and milliseconds of the processor, so that a busy machine measures the same; megabytes."""

    loading: float
    median: float
    late: float  # the 95th percentile
    resident: float
    peak: float

    def lines(self) -> Iterator[str]:
        yield f"loading: {self.loading:.2f} s"
        yield f"a message: {self.median:.1f} ms in the median, {self.late:.1f} ms at the 95th percentile"
        yield f"the process: {self.resident:.0f} MB, {self.peak:.0f} MB at most"


def measure(folder: Path, cache: Path) -> Cost:
    """Of a model that is in `cache`, or is made by another process first; messages of every kind in `folder`."""
    begun = time.process_time()
    understanding = engine.load(folder, cache)
    loading = time.process_time() - begun
    texts = [example.text for example in corpus.read(folder)]
    median, late = milliseconds(understanding, texts[:: max(1, len(texts) // _MESSAGES)], date(2026, 1, 1))
    return Cost(round(loading, 2), median, late, _resident(), _peak())


def milliseconds(understanding: Understanding, texts: Sequence[str], today: date) -> tuple[float, float]:
    """The median and the 95th percentile of the processor's time that one message takes."""
    times = []
    for text in texts:
        begun = time.process_time()
        understanding.understand(text, locale="en", today=today)
        times.append((time.process_time() - begun) * 1000)
    return round(float(np.percentile(times, 50)), 2), round(float(np.percentile(times, 95)), 2)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


def _resident() -> float:
    """What the process has in memory now; the most that it had, where the system does not tell."""
    if not _STATUS.exists():
        return _peak()
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
