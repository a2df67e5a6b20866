"""Where the time of one request goes."""

import time


class Timings:
    """Milliseconds by step, counted from when the request's last byte came (time.perf_counter seconds).

    `request` is the number by which logs know it.
    """

    def __init__(self, received: float, request: str = ""):
        self.request = request
        self._start = self._last = received
        self.ms: dict[str, float] = {}

    def lap(self, step: str) -> None:
        """The step ends now; one that is named before goes on."""
        now = time.perf_counter()
        self.ms[step] = self.ms.get(step, 0.0) + (now - self._last) * 1000
        self._last = now

    def stop(self) -> None:
        """Note the total up to the end of the last step."""
        self.ms["total"] = (self._last - self._start) * 1000
