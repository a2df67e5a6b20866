"""Numbers for whoever watches the server, in Prometheus's format."""

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.process_collector import ProcessCollector

from dfp_server.inference.engine import Engine
from dfp_server.middleware.answers import Handler
from dfp_server.middleware.connection_limits import ConnectionLimiter
from dfp_server.middleware.logs import Behind
from dfp_server.version import server_version

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STATES = ("loading", "ready", "busy", "failed")


class Metrics:
    """What one server has done so far and how it stands."""

    def __init__(self, engine: Engine):
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        Info("dfp_server", "The program", registry=self._registry).info({"version": server_version()})
        self._answers = Counter(
            "dfp_answers", "Answers by address and status", ["path", "status"], registry=self._registry
        )
        self._steps = Histogram(
            "dfp_step_seconds",
            "Where the time of drawn requests went",
            ["step", "kind"],
            buckets=SECONDS,
            registry=self._registry,
        )
        waiting = Gauge("dfp_waiting", "Requests that wait for the model", registry=self._registry)
        waiting.set_function(lambda: engine.waiting)
        held = Gauge("dfp_held_bytes", "Bytes of all requests and answers that are here", registry=self._registry)
        held.set_function(lambda: engine.held_bytes)
        state = Gauge("dfp_state", "1 for the state that health tells", ["state"], registry=self._registry)
        for name in STATES:
            state.labels(name).set_function(lambda name=name: float(engine.health().state == name))

    def watch(self, limiter: ConnectionLimiter) -> None:
        """Tell of the connections, too."""
        connections = Gauge("dfp_connections", "Connections that are open", registry=self._registry)
        connections.set_function(lambda: limiter.open)
        away = Gauge("dfp_turned_away", "Connections that there was no place for so far", registry=self._registry)
        away.set_function(lambda: limiter.turned_away)

    def watch_log(self, log: Behind) -> None:
        """Tell of the lines that could not be written, too."""
        lost = Gauge("dfp_log_lines_lost", "Lines that the log had no room for so far", registry=self._registry)
        lost.set_function(lambda: log.lost)

    def answered(self, path: str, status: int) -> None:
        """One more answer."""
        self._answers.labels(path, str(status)).inc()

    def drawn(self, batch: bool, timings: dict[str, float]) -> None:
        """One more face; `timings` are the answer's, in milliseconds."""
        for step, ms in timings.items():
            self._steps.labels(step, "batch" if batch else "live").observe(ms / 1000)

    def text(self) -> tuple[bytes, str]:
        """All of it, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST


METRICS = web.AppKey("metrics", Metrics)


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count every answer by address and status."""
    response = await handler(request)
    resource = request.match_info.route.resource
    # Other addresses are whatever somebody thinks of: each would be a counter of its own.
    path = resource.canonical if resource is not None else "other"
    request.app[METRICS].answered(path, response.status)
    return response
