"""What every training run is told, whatever it trains."""

from dataclasses import dataclass, field

from dfp_training.data.deform import Deformation


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """The part of a run's configuration that the training loop itself needs; saved in the run folder."""

    size: int = 256  # side of the training pictures
    batch: int = 32  # pictures a step, over all processes
    steps: int = 10_000
    lr: float = 2e-4  # Adam 0.5 / 0.999; linear to zero over the second half
    oversample: float = 0.0  # share that an epoch shows of each rare kind of faces, at least (data.oversampling)
    warm_up: int = 0  # steps over which it rises from zero: Adam's first ones would shake weights that are trained
    ema: float = 0.0  # decay of the averaged generators, 0: none
    seed: int = 1
    workers: int = 1
    save_every: int = 250  # steps between checkpoints and sheets
    deformation: Deformation = field(default_factory=Deformation)
