"""What live work does to the window and to the server, watched from inside Krita."""

import time
from collections.abc import Generator
from typing import Any

from .inside import Qt, QtCore, plugin


class Requests:
    """Counts the requests of live work: how many were sent, and how many were on their way at the same time."""

    def __init__(self) -> None:
        self.live = plugin("live.session")
        self.really_send = self.live.send_sketch
        self.live.send_sketch = self.send
        self.sent = self.open = self.most = 0
        self.channels: set[tuple[str, str]] = set()

    def send(self, client: Any, url: str, sketch: Any, channel: str = "") -> Any:
        call = self.really_send(client, url, sketch, channel=channel)
        self.channels.add((client.name, channel))
        self.sent += 1
        self.open += 1
        self.most = max(self.most, self.open)
        call.finished.connect(self.came)
        return call

    def came(self, _: Any) -> None:
        self.open -= 1


class Checks:
    """Times the steps in which live work looks at the sketch."""

    def __init__(self) -> None:
        self.live = plugin("live.session")
        self.really_detect = self.live.detect_change
        self.live.detect_change = self.detect
        self.ms: list[float] = []
        self.looks = 0

    def detect(self, *given: Any) -> Generator[bool, None, Any]:
        self.looks += 1
        steps = self.really_detect(*given)
        while True:
            begun = time.perf_counter()
            try:
                waits = next(steps)
            except StopIteration as end:
                return end.value
            finally:
                self.ms.append((time.perf_counter() - begun) * 1000)
            yield waits


class Gaps:
    """Ticks as often as it can; a gap between two ticks is a time without the window."""

    def __init__(self) -> None:
        self.ms: list[float] = []
        self.timer = QtCore.QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.tick)

    def start(self) -> None:
        self.ms = []
        self.last = time.perf_counter()
        self.timer.start(2)

    def stop(self) -> float:
        """The longest gap."""
        self.timer.stop()
        return round(max(self.ms), 1)

    def tick(self) -> None:
        now = time.perf_counter()
        self.ms.append((now - self.last) * 1000)
        self.last = now
