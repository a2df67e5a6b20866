"""`dfp-train evaluate`: release weights in figures."""

import argparse
import json
from pathlib import Path

from dfp.errors import DfpError
from dfp.model.weights import RELEASE, checksum, read_config
from dfp.runtime.torch import choose_device
from dfp_training.commands import likeness as likeness_commands
from dfp_training.commands.common import Commands, add_command, number
from dfp_training.commands.likeness import report_on
from dfp_training.data.pack import Pack
from dfp_training.metrics.evaluate import TestSet, evaluate
from dfp_training.metrics.feature_networks import FeatureNetworks
from dfp_training.metrics.registry import METRICS
from dfp_training.metrics.telling import Kept, Painter, Telling, kept
from dfp_training.metrics.trust import Obedience, obedience
from dfp_training.networks.face_parser import FaceParser
from dfp_training.report.drawings import read_pairs
from dfp_training.report.likeness import LikenessReport
from dfp_training.report.terminal import as_json, parts_tables, table


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    measures = ", ".join(metric.title for metric in METRICS)
    command = add_command(commands, "evaluate", f"Measure release weights at several d: {measures}.")
    command.add_argument("--weights", type=Path, default=RELEASE, help="made by dfp-train export")
    command.add_argument("--pack", type=Path, required=True, help="made by dfp-train data")
    command.add_argument("--metrics", type=Path, required=True, help="folder of the measuring networks")
    command.add_argument("--data", type=Path, nargs="+", default=[], help="folders the pack was made of: label maps")
    command.add_argument("--split", default="val", choices=("train", "val", "test"), help="which faces")
    command.add_argument("--limit", type=int, help="only the first so many faces by name")
    command.add_argument("--offsets", type=float, nargs="+", default=[0, 11, 30], help="deformations d")
    command.add_argument("--seed", type=int, default=7, help="decides the deformations")
    command.add_argument("--inception", type=Path, help="pt_inception-2015-12-05 weights, for FID and IS")
    command.add_argument("--classes", action="store_true", help="mIoU of every class as well")
    command.add_argument(
        "--colours",
        choices=[t.value for t in Telling],
        default="photo",
        help="which ones a model that knows any is told",
    )
    command.add_argument("--trust", type=number(-1, 1), default=0.0, help="how exactly all lines are meant")
    command.add_argument("--bent", action="store_true", help="is trust obeyed, by faces that are bent as a whole")
    command.add_argument("--drawings", type=Path, help="folder with sketch/ and photo/ of equal names, for likeness")
    likeness_commands.add_frame(command)
    command.add_argument("--json", type=Path, help="file for all figures")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.set_defaults(run_command=_evaluate)


def _evaluate(args: argparse.Namespace) -> None:
    config = read_config(args.weights)
    # First, so that an unusable drawing is told before an hour of measuring.
    likeness = report_on(read_pairs(args.drawings), [args.weights], args)[0] if args.drawings else None
    painter, pack = Painter.load(args.weights, args.device, Telling(args.colours), args.trust), Pack(args.pack)
    networks = FeatureNetworks.load(args.metrics, choose_device(args.device), args.inception)
    test = TestSet(pack, args.split, config.size, args.data, args.limit, args.seed)
    report = evaluate(painter, test, networks, args.offsets)
    head = f"{args.weights.name} {checksum(args.weights)}, {args.split} split, {report.faces} faces"
    colours = f"colours: {args.colours}, " if config.codes else ""
    colours += f"trust {args.trust:g}, " if args.trust else ""
    print(f"{head}, {config.size} px, {colours}seed {args.seed}; +- is one standard error")
    print("\n".join([*table(report), *(parts_tables(report) if args.classes else [])]))
    more: dict[str, LikenessReport | Kept | Obedience] = {"likeness": likeness} if likeness else {}
    if config.codes or config.regions:
        more["kept"] = kept(painter, test.batches(args.offsets[0]))
    if args.bent:
        more["trust"] = obedience(painter, test, FaceParser.load(args.metrics))
    for part in more.values():
        print("\n".join(part.lines()))
    if args.json:
        parts = {name: part.plain() for name, part in more.items()}
        _write_json(args.json, {"model": head, "seed": args.seed, **as_json(report), **parts})


def _write_json(path: Path, values: dict[str, object]) -> None:
    try:
        path.write_text(json.dumps(values, indent=2) + "\n")
    except OSError as error:
        raise DfpError(f"The figures could not be written to {path}: {error.strerror}.") from error
