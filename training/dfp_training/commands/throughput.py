"""`dfp-train throughput`: what the dual generators cost."""

import argparse

from dfp.errors import DfpError
from dfp.model.config import ModelConfig
from dfp.runtime.torch import choose_device
from dfp_training.commands.common import Commands, add_command
from dfp_training.report.throughput import compare
from dfp_training.tasks.dual import StageConfig


def add(commands: Commands) -> None:
    """Add the subcommand to the parser."""
    command = add_command(commands, "throughput", "Time a step of stage 3 against one of pix2pixHD's scheme.")
    command.add_argument("--size", type=int, default=StageConfig.size, help="side of the pictures")
    command.add_argument("--batch", type=int, default=StageConfig.batch, help="pictures a step")
    command.add_argument("--width", type=int, default=ModelConfig.width, help="channels at full size (ngf)")
    command.add_argument("--max-width", type=int, default=ModelConfig.max_width, help="channels of residual blocks")
    command.add_argument("--stride", type=int, default=ModelConfig.stride, help="of the first convolution")
    command.add_argument("--d-width", type=int, default=StageConfig.d_width, help="channels of the discriminators")
    command.add_argument("--rounds", type=int, default=7, help="how often each scheme is timed, in turn")
    command.add_argument("--steps", type=int, default=1, help="steps in a round; more on a fast device")
    command.add_argument("--compile", action="store_true", help="fuse the networks' operations")
    command.add_argument("--device", default="auto", help="auto, cpu or cuda")
    command.set_defaults(run_command=_throughput)


def _throughput(args: argparse.Namespace) -> None:
    if min(args.rounds, args.steps, args.batch) < 1:
        raise DfpError("Rounds, steps and batch must be 1 or more.")
    device = choose_device(args.device)
    model = ModelConfig(width=args.width, max_width=args.max_width, stride=args.stride)
    config = StageConfig(stage=3, size=args.size, batch=args.batch, d_width=args.d_width, model=model)
    print(f"{device.type}, batch {args.batch}, {args.size} px, width {args.width}, D {args.d_width}; medians of rounds")
    print("\n".join(compare(config, device, args.rounds, args.steps, args.compile).lines()))
