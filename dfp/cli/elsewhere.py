"""Who draws a batch, as the command line says it: the model here, servers, or a Ray cluster."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from dfp.batch.drawing import Drawer
from dfp.errors import DfpError


def add_elsewhere(command: argparse.ArgumentParser) -> None:
    """The arguments of `dfp batch` that say it."""
    group = command.add_argument_group("drawn elsewhere", "The same faces, from more than this program.")
    group.add_argument(
        "--server",
        action="append",
        default=[],
        metavar="URL",
        help="a dfp-server draws: http://HOST:PORT, https://HOST:PORT or unix:/PATH; several share the work",
    )
    group.add_argument(
        "--token-file",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="with the token of servers that are not yours on this computer: one for all, or one for each",
    )
    group.add_argument(
        "--tls-ca", type=Path, metavar="FILE", help="trust https:// servers that this PEM file vouches for"
    )
    group.add_argument(
        "--ray",
        nargs="?",
        const="local",
        metavar="ADDRESS",
        help="the workers of a Ray cluster draw; they need this program and IN at the same place; without an address "
        "the cores of this computer",
    )


@contextmanager
def drawer_of(args: argparse.Namespace) -> Iterator[Drawer]:
    """Who is to draw. Raises DfpError."""
    if args.server and args.ray:
        raise DfpError("Either servers draw or a Ray cluster: give --server or --ray.")
    if args.server:
        _refuse_beside("--server", args)
        # Not before they are asked for: what they need takes time to import.
        from dfp.batch.servers.drawer import ServersDrawer
        from dfp.batch.servers.fleet import Fleet, Servers

        with Fleet(Servers(args.server, args.token_file, args.tls_ca), tell) as fleet:
            yield ServersDrawer(fleet)
        return
    if args.token_file or args.tls_ca:
        raise DfpError("--token-file and --tls-ca say something of servers: give --server, too, or leave them out.")
    if args.ray:
        from dfp.batch.ray.cluster import connected

        with connected(args.ray) as cluster:
            from dfp.batch.ray.drawer import RayDrawer

            yield RayDrawer(cluster, args.sketches, args.weights, args.device, args.runtime)
        return
    from dfp.batch.local import LocalDrawer
    from dfp.generator import FaceGenerator

    yield LocalDrawer(FaceGenerator.load(args.weights, args.device, args.runtime))


def tell(sentence: str) -> None:
    """Say something while a bar may be shown, from any thread."""
    tqdm.write(f"dfp: {sentence}", file=sys.stderr)


def _refuse_beside(what: str, args: argparse.Namespace) -> None:
    """Raise DfpError for options that say what only a model in this program could be told."""
    usual = {"--device": args.device == "auto", "--runtime": args.runtime == "auto", "--weights": args.weights is None}
    if said := [name for name, left_out in usual.items() if not left_out]:
        raise DfpError(f"{' and '.join(said)} would be said to the servers when they start: leave it out with {what}.")
