"""`dfp-train baseline`: the models that the paper compares with, trained by the stages' own loop."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from training import baselines
from training.baselines import BaselineConfig, baseline_model
from training.commands import Commands, add_command, whole
from training.learners import Learners
from training.model import NOTHING, Critics
from training.pack import Pack
from training.plan import plan
from training.processes import joined
from training.recipe_options import (
    add_common,
    add_course,
    add_perceptual,
    deformation_of,
    model_of,
    pack_of,
    perceptual_of,
)
from training.sheets import Sheet
from training.stages import Limits, train_stage


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "baseline", "Train what the paper compares with, on the same data and budget.")
    command.add_argument("baseline", choices=baselines.NAMES, help="which")
    add_common(command, batch=BaselineConfig.batch, steps=BaselineConfig.steps)
    command.add_argument("--d-width", type=whole(1), default=BaselineConfig.d_width, help="channels of D")
    add_perceptual(command)
    add_course(command)
    command.set_defaults(run_command=_baseline)


def _baseline(args: argparse.Namespace) -> None:
    config = BaselineConfig(
        baseline=args.baseline,
        size=args.size,
        batch=args.batch,
        steps=args.steps,
        lr=args.lr,
        perceptual_weight=args.perceptual_weight,
        d_width=args.d_width,
        ema=args.ema,
        seed=args.seed,
        workers=args.workers,
        save_every=args.save_every,
        deformation=deformation_of(args),
        model=model_of(args),
    )
    critics = Critics(perceptual_of(args), None)
    pack = pack_of(args)
    with joined(args.device) as process:
        if args.dry_run:
            print(plan(config, pack, args.run, NOTHING, process, critics, baseline_model))
            return
        draw = _drawing(config, pack, args.freehand) if process.writes else None
        limits = Limits(args.minutes, args.save_minutes)
        compiled = process.device.type == "cuda" if args.compile is None else args.compile
        reached = train_stage(config, pack, args.run, NOTHING, limits, process, draw, critics, compiled, baseline_model)
        if process.writes:
            print(f"{config.baseline}: step {reached} of {config.steps} in {args.run}")


def _drawing(
    config: BaselineConfig, pack: Pack, freehand: Path | None
) -> Callable[[Learners[Any, Any], Path, int], None]:
    sheet = Sheet(pack, config.size, config.deformation, freehand)

    def draw(networks: Learners[Any, Any], run: Path, step: int) -> None:
        generator = networks.generators.eval()
        sheet.draw(generator, generator, run / f"sheet_{step:07d}.png", main=True)
        generator.train()

    return draw
