"""Where a stage begins: the stage before (§3.3), the same stage with another recipe, a smaller model, a release."""

from pathlib import Path
from typing import Any

from torch import Tensor

from dfp.model import weights
from dfp.model.config import OURS, ModelConfig
from dfp_training.loop import checkpoint, resume_state
from dfp_training.loop.checkpoint import CheckpointError
from dfp_training.tasks.classify import CLASSIFIER
from dfp_training.tasks.dual import STAGES, Networks, StageConfig


def init_from(networks: Networks, config: StageConfig, before: Path | None, classifier: Path | None) -> None:
    """Fill networks that were drawn at random with what the stage takes over.

    `before` is a checkpoint, or release weights (.safetensors) to go on from; stage 1 may start from nothing.
    `classifier` is a checkpoint of C, or release weights, whose C is taken. Raises CheckpointError.
    """
    if before is None:
        if config.stage > 1:
            raise CheckpointError(f"Stage {config.stage} starts from the checkpoint of the stage before.")
    elif before.suffix == ".safetensors":
        _from_release(networks, config, before)
    else:
        _from_checkpoint(networks, config, checkpoint.read(before, *STAGES), classifier)


def _from_checkpoint(networks: Networks, config: StageConfig, before: dict[str, Any], classifier: Path | None) -> None:
    """Take over what a stage keeps from the stage before.

    Stage 2 keeps E_a and the trunk, takes the trained classifier, and leaves SAP, E_m and D as drawn
    at random; so the SAP may have other kernels than stage 1 was told of. Stage 3 keeps everything, and so does
    a stage that goes on from itself with another recipe. A model of stride 1 grows into one of stride 2 for pictures
    of twice the side; D is then drawn anew.
    """
    generators = checkpoint.averaged(before)
    saved = before["config"]["model"]
    grows, new_sap = saved.get("stride", 1) < config.model.stride, (before["kind"], config.kind) == STAGES[:2]
    may_differ: dict[str, Any] = {"stride": config.model.stride} if grows else {}
    if new_sap:
        may_differ["kernels"] = config.model.kernels
    check_model({**saved, **may_differ}, config.model)
    if grows:
        generators = grown(generators, config.model.stride)
    if new_sap:
        networks.a.load_state_dict(checkpoint.of_generator("a", generators))
        if not config.own_features:
            networks.m.sap.classifier.load_state_dict(_classifier(classifier, config.model))
    else:
        networks.generators.load_state_dict(generators)
        if not grows and _same_discriminator(before["config"], config):
            networks.discriminator.load_state_dict(before["discriminator"])


def _from_release(networks: Networks, config: StageConfig, path: Path) -> None:
    """Take over G_m from release weights.

    E_a and D come from the resume state beside them. Without one D is drawn anew, and E_a begins as E_m behind a first
    convolution of its own.
    """
    if config.stage == 2:
        raise CheckpointError("Stage 2 starts from a run of stage 1. Start that one from the release weights.")
    released, model = weights.load(path)
    check_model(model.to_dict(), config.model)
    networks.m.load_state_dict(released.state_dict())
    beside = resume_state.resume_state_of(path)
    if beside.is_file():
        encoder, discriminator = resume_state.load(beside, config)
        networks.a.encoder.load_state_dict(encoder)
        if discriminator is not None:
            networks.discriminator.load_state_dict(discriminator)
    else:
        deeper = {k: t for k, t in released.encoder.state_dict().items() if not k.startswith("layers.0.")}
        networks.a.encoder.load_state_dict(deeper, strict=False)


def _classifier(path: Path | None, model: ModelConfig) -> dict[str, Tensor]:
    if path is None:
        raise CheckpointError("Stage 2 needs a trained classifier. Train one with dfp-train classifier.")
    if path.suffix == ".safetensors":
        released, config = weights.load(path)
        _check_widths(config.classifier_widths, model.classifier_widths)
        return released.sap.classifier.state_dict()
    saved = checkpoint.read(path, CLASSIFIER)
    if saved["accuracy"] is None:
        raise CheckpointError(f"The classifier {path} is not finished. Start it again with the same options to go on.")
    _check_widths(tuple(saved["config"]["model"]["classifier_widths"]), model.classifier_widths)
    return saved["classifier"]


def _check_widths(found: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if found != wanted:
        raise CheckpointError(f"The classifier has widths {found}, this model {wanted}. Train one for this model.")


def check_model(saved: dict[str, Any], wanted: ModelConfig) -> None:
    """Raise CheckpointError when the model to start from has other parts than the `wanted` one.

    Sizes may differ; what is ours (`dfp.model.config.OURS`) may be missing where it begins as nothing.
    """
    saved = {**ModelConfig().to_dict(), **saved}
    other = [
        k
        for k, v in wanted.to_dict().items()
        if k != "size" and _plain(saved[k]) != _plain(v) and not (k in OURS and not saved[k])
    ]
    if other:
        raise CheckpointError(
            f"The model to start from has another {', '.join(other)}: "
            + ", ".join(f"{k} {saved[k]}" for k in other)
            + ". Leave the option out, or start from another run."
        )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _same_discriminator(saved: dict[str, Any], config: StageConfig) -> bool:
    return (saved["d_width"], saved["d_scales"]) == (config.d_width, config.d_scales)


def grown(generators: dict[str, Tensor], stride: int) -> dict[str, Tensor]:
    """Weights of stride 1 as weights of `stride`: every pixel at first repeated stride x stride times.

    The last convolution's outputs are repeated as the pixel shuffle reads them. The first convolutions keep
    their kernels, which then see finer lines and have to learn them.
    """
    last = max(int(k.split(".")[3]) for k in generators if k.startswith("a.trunk.decoder."))
    heads = {f"{g}.trunk.decoder.{last}.{kind}" for g in "am" for kind in ("weight", "bias")}
    return {k: t.repeat_interleave(stride**2, 0) if k in heads else t for k, t in generators.items()}
