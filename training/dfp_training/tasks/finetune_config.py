"""The configuration of fine-tuning and its loss. No term is the paper's but Eq. 4."""

from dataclasses import dataclass, field

from dfp.model.config import ModelConfig
from dfp_training.loop.train_config import TrainConfig
from dfp_training.losses import terms as losses
from dfp_training.losses.objective import LossTerm
from dfp_training.networks.projected import hinge_d, hinge_g
from dfp_training.option import option
from dfp_training.tasks.finetune_pass import FinetunePass
from dfp_training.tasks.views import VIEWS, colours

FINETUNE = "finetune"  # kind of its checkpoints


@dataclass(frozen=True, kw_only=True)
class FinetuneConfig(TrainConfig):
    """The whole configuration, saved in the run folder."""

    stage: int = 4  # after those of §3.3
    rec_weight: float = option(5.0, "weight of Eq. 4")
    # Hardly any other term sees colours.
    colour_weight: float = option(50.0, "weight of Eq. 4 for colours alone")
    perceptual_weight: float = option(25.0, "weight of the distance in features")
    norm_eps: float = option(0.02, "features hardly count in it that are shorter than this share of the mean", most=1)
    projected_weight: float = option(1.0, "weight of the discriminators that see features; 0: there are none")
    parsing_weight: float = option(6.0, "weight of what a face parser sees")
    regions_weight: float = option(0.5, "weight of the model's regions being those of the label map")
    likeness_weight: float = option(0.0, "weight of being the photo's person; 0: nobody asks")
    mirror_weight: float = option(10.0, "weight of mirrored sketches giving mirrored faces")
    droplet_weight: float = option(0.01, "weight of what keeps a speck out of every picture")
    deep_features: bool = option(False, "discriminators look with EfficientNet, as Projected GAN's, not SqueezeNet")
    told: float = option(0.6, "share of sketches whose looseness G_m is told as trust", most=1)
    d_width: int = option(48, "channels of the discriminators", 1)
    learn: tuple[str, ...] = option((), "only what begins so in G_m learns, as trunk.regions (default: everything)")
    model: ModelConfig = field(default_factory=ModelConfig)

    def terms(self) -> list[LossTerm[FinetunePass]]:
        """What the discriminators and G_m minimise; `d_` terms are the discriminators' own."""
        terms: list[LossTerm[FinetunePass]] = [
            LossTerm("rec", self.rec_weight, lambda step: losses.reconstruction(step.image, step.batch.photo)),
            LossTerm(
                "colour",
                self.colour_weight,
                lambda step: losses.reconstruction(colours(step.image), colours(step.batch.photo)),
            ),
            LossTerm("mirror", self.mirror_weight, lambda step: losses.mirrored(*step.turned)),
            LossTerm("droplet", self.droplet_weight, lambda step: step.droplet),
            LossTerm("parsing", self.parsing_weight, lambda step: step.parsing(), needs=("parsing",)),
        ]
        if self.model.regions and self.model.codes:  # sketches come with label maps where colours are told
            terms.append(LossTerm("regions", self.regions_weight, lambda step: losses.regions(*step.regions)))
        terms.append(LossTerm("likeness", self.likeness_weight, lambda step: step.likeness(), needs=("person",)))
        return terms + [term for view in VIEWS for term in self._terms_of(view)]

    def _terms_of(self, view: str) -> list[LossTerm[FinetunePass]]:
        looks = ("features",) if self.deep_features else ("perceptual",)
        share = 1 / len(VIEWS)
        return [
            LossTerm(
                f"d_{view}",
                1.0 if self.projected_weight else 0.0,
                lambda step: hinge_d(step.views[view].real, step.views[view].fake),
                looks,
            ),
            LossTerm(
                f"projected_{view}",
                self.projected_weight * share,
                lambda step: hinge_g(step.views[view].judged),
                looks,
            ),
            LossTerm(
                f"perceptual_{view}",
                self.perceptual_weight * share,
                lambda step: step.views[view].perceptual,
                needs=("perceptual",),
            ),
        ]
