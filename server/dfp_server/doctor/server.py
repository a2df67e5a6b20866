"""What `dfp doctor` looks at of the server: the one that runs, its folder, its log, its port."""

import os
from collections.abc import Iterator
from pathlib import Path

from dfp.doctor.finding import Check, Finding, Level, Subject, fine, warning, wrong
from dfp.doctor.places import MIB, look_at_folder, look_at_privacy
from dfp.doctor.repair import line
from dfp_server import wire
from dfp_server.doctor.asking import Answer, Silence, ask
from dfp_server.doctor.log_lines import last_error
from dfp_server.doctor.ports import is_taken, who_listens
from dfp_server.transport.discovery import is_held
from dfp_server.version import server_version

ROOM = 8 * MIB  # the log with its older parts
NO_SERVER = "The face server cannot start."
IGNORED = "So the plugin does not believe it, and starts a server of its own."


def look_at_server() -> Iterator[Finding]:
    """The file that says where the server is, and whether one is there."""
    path = Path(wire.discovery_path())
    found = list(_look_at_folder(path.parent, "The server's folder", NO_SERVER, 0))
    if found:
        yield from found
        return
    if not path.exists():
        yield fine("No face server runs now: Krita starts one when it needs it, and so does `dfp-server`.")
        return
    end = "End the server; the next one writes the file anew."
    if exposed := look_at_privacy(path, "the file with the server's token", 0o077, Level.WRONG, IGNORED):
        yield exposed
        return
    discovery = wire.read_discovery(str(path))
    if discovery is None:
        yield wrong(f"{path} is not what a face server writes.", f"Remove it. {end}", line("rm", path))
        return
    yield _who_answers(discovery, path)


def _look_at_folder(folder: Path, what: str, without: str, room: int) -> Iterator[Finding]:
    """One of the folders that a server makes private when it starts, if it can."""
    own = os.name != "nt" and folder.is_dir() and folder.stat().st_uid == os.getuid()
    if own and folder.stat().st_mode & 0o700 != 0o700:
        says = f"{what}, {folder}, has lost permissions that its owner needs."
        yield warning(says, "The next server gives them back, and so does the command.", line("chmod", 700, folder))
        return
    name = what[:1].lower() + what[1:]
    yield from look_at_folder(folder, name, without, Level.WRONG, room, others=0o077)


def _who_answers(discovery: wire.Discovery, path: Path) -> Finding:
    # Not by its process's number, which may be another program's by now.
    if not is_held(path):
        says = f"{path} speaks of a face server that has ended (process {discovery.pid})."
        return warning(says, "Remove it; the next server would do so, too.", line("rm", path))
    answer = ask(discovery)
    kill = line("kill", discovery.pid)
    if answer is Silence.UNSEEN:
        return fine(f"A face server {discovery.server_version} for other computers runs (process {discovery.pid}).")
    if isinstance(answer, Silence):
        does = "does not answer" if answer is Silence.NOBODY else "is not who answers at its address"
        says = f"The face server of {path} (process {discovery.pid}) {does}."
        return wrong(says, "End it; Krita starts a new one.", kill)
    return _judge(answer, discovery.pid, kill)


def _judge(answer: Answer, pid: int, kill: str) -> Finding:
    ours = server_version()
    if answer.health.server_version != ours:
        says = f"The face server that runs is {answer.health.server_version}, but this program is {ours}."
        return wrong(says, "End it; Krita starts the new one.", kill)
    if answer.health.state == wire.State.FAILED:
        says = f"The face server runs, but cannot draw: {answer.health.message}"
        return wrong(says, "Mend what is wrong with the model, then end the server; Krita starts a new one.", kill)
    doing = {wire.State.LOADING: "is loading its model"}.get(answer.health.state, f"draws on {answer.health.device}")
    return fine(f"A face server {ours} runs (process {pid}), answers in {answer.ms:.0f} ms and {doing}.")


def look_at_log() -> Iterator[Finding]:
    """Where the server writes what it does, and what went wrong last."""
    from dfp_server.middleware.logs import log_path

    try:
        path = log_path()
    except RuntimeError:  # neither HOME nor an account
        yield warning("There is no home folder: the face server keeps its log among temporary files.", "Set HOME.")
        return
    without = "The face server cannot start without its log, unless it is given another one with --log."
    found = list(_look_at_folder(path.parent, "The folder of the server's log", without, ROOM))
    if not found and path.exists():
        found = list(_look_at_log_file(path))
    yield from found or [fine(f"The server's log, {path}, can be written and tells of no error of the last day.")]


def _look_at_log_file(path: Path) -> Iterator[Finding]:
    if not path.is_file() or not os.access(path, os.R_OK | os.W_OK):
        says = f"The server's log, {path}, is no file that it can write. The face server cannot start."
        yield wrong(says, "Move it away.", line("mv", path, f"{path}.old"))
        return
    if error := last_error(path):
        says = f"The server's log tells of an error, the last one at {error.time}: {error.says}"
        yield warning(says, f"If faces fail to come, send the report with the end of {path}.")


def look_at_port() -> Iterator[Finding]:
    """The port that a server takes that is started by hand."""
    port = wire.DEFAULT_PORT
    if not is_taken(port):
        yield fine(f"Port {port}, which `dfp-server` listens at, is free.")
        return
    discovery = wire.read_discovery(wire.discovery_path())
    if discovery is not None and discovery.address.endswith(f":{port}") and not isinstance(ask(discovery), Silence):
        yield fine(f"At port {port} the face server listens.")
        return
    who = who_listens(port)
    by = f"{who.name} (process {who.pid})" if who is not None else "another program, maybe of another user"
    says = f"Port {port}, which `dfp-server` listens at, is taken by {by}. Krita's own server takes another one."
    yield warning(says, "Start a server by hand at a free port, or end that program.", line("dfp-server", "--port", 0))


def secrets() -> Iterator[str]:
    """The token that a running server wants to hear, even where others may read it."""
    discovery = wire.read_discovery(wire.discovery_path())
    if discovery is not None:
        yield discovery.token


SUBJECT = Subject(
    "Face server",
    30,
    (
        Check("server", "Face server", look_at_server),
        Check("log", "Server's log", look_at_log),
        Check("port", "Server's port", look_at_port),
    ),
    secrets,
)
