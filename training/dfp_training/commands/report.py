"""`dfp-train report`: the paper's tables and figures for models of one's own."""

import argparse
import json
import shlex
from pathlib import Path

from dfp.errors import DfpError
from dfp.runtime.torch import choose_device
from dfp_training.commands.common import Commands, add_command, number, whole
from dfp_training.loop import checkpoint
from dfp_training.report.candidates import candidate
from dfp_training.report.page import page
from dfp_training.report.report import DEFORMATIONS, Request, as_json, find
from dfp_training.report.short import write_short


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(
        commands, "report", "Measure and draw several models on the same sketches: one HTML page, and JSON."
    )
    command.add_argument("models", nargs="+", metavar="NAME=PATH", help="run folders or release weights")
    command.add_argument("--pack", type=Path, required=True, help="made by dfp-train data")
    command.add_argument("--metrics", type=Path, required=True, help="folder of the measuring networks")
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        help="folder for report.html, report.json, a short version in pieces, the cache",
    )
    command.add_argument("--data", type=Path, nargs="+", default=[], help="folders the pack was made of: label maps")
    command.add_argument("--split", default="test", choices=("train", "val", "test"), help="which faces")
    command.add_argument("--limit", type=whole(1), help="only the first so many faces by name")
    command.add_argument("--offsets", type=number(0), nargs="+", default=DEFORMATIONS, help="deformations d")
    command.add_argument("--seed", type=whole(0), default=7, help="decides the deformations")
    command.add_argument("--inception", type=Path, help="pt_inception-2015-12-05 weights, for FID and IS")
    command.add_argument("--sketches", type=Path, help="folder of painters' sketches to draw")
    command.add_argument("--paper", type=Path, help="folder of the paper's own pictures of these sketches")
    command.add_argument(
        "--pictures", nargs="+", default=[], metavar="NAME=COUNT", help="pictures seen, where a file does not say"
    )
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.set_defaults(run_command=_report)


def _report(args: argparse.Namespace) -> None:
    device = choose_device(args.device)
    counts = _counts(args.pictures)
    paths = _pairs(args.models, "a model is given as NAME=PATH")
    unknown = sorted(set(counts) - set(paths))
    if unknown:
        raise DfpError(f"--pictures names {', '.join(unknown)}, which is none of the models.")
    request = Request(
        models=[candidate(name, Path(path), device, counts.get(name)) for name, path in paths.items()],
        pack=args.pack,
        networks=args.metrics,
        out=args.out,
        data=args.data,
        split=args.split,
        limit=args.limit,
        offsets=sorted(set(args.offsets)),
        seed=args.seed,
        inception=args.inception,
        sketches=args.sketches,
        paper=args.paper,
        command=_command(args),
    )
    try:
        findings = find(request, device)
    except KeyboardInterrupt as stopped:
        raise DfpError("Stopped. The same command goes on with what is missing.") from stopped
    checkpoint.write_text(args.out / "report.json", json.dumps(as_json(findings), indent=1) + "\n")
    checkpoint.write_text(args.out / "report.html", page(findings))
    write_short(findings, args.out / "short")
    if findings.unequal:
        print("unequal budgets: the models have not seen the same number of pictures, or a file does not say how many")
    print(args.out / "report.html")


def _pairs(texts: list[str], how: str) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    wrong = [text for text, (name, _, value) in zip(texts, pairs, strict=True) if not name or not value]
    if wrong:
        raise DfpError(f"{wrong[0]}: {how}.")
    if len({name for name, _, _ in pairs}) < len(pairs):
        raise DfpError("Two models have the same name.")
    return {name: value for name, _, value in pairs}


def _counts(texts: list[str]) -> dict[str, int]:
    pairs = _pairs(texts, "pictures are given as NAME=COUNT")
    wrong = [value for value in pairs.values() if not value.isdecimal()]
    if wrong:
        raise DfpError(f"{wrong[0]} is no number of pictures.")
    return {name: int(value) for name, value in pairs.items()}


def _command(args: argparse.Namespace) -> str:
    """The command that makes this report again, every option spelled out."""
    words = ["dfp-train", "report", *args.models]
    for name in ("pack", "metrics", "out", "data", "split", "limit", "offsets", "seed", "inception"):
        words += _option(name, getattr(args, name))
    for name in ("sketches", "paper", "pictures", "device"):
        words += _option(name, getattr(args, name))
    return shlex.join(words)


def _option(name: str, value: object) -> list[str]:
    if value is None or value == []:
        return []
    values = value if isinstance(value, (list, tuple)) else [value]
    return [f"--{name}", *(f"{v:g}" if isinstance(v, float) else str(v) for v in values)]
