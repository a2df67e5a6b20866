"""A small data folder made on the spot."""

import json
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from dfp_training.commands.main import main
from dfp_training.networks import efficientnet, face_parser, lpips, person, squeezenet
from dfp_training.networks.efficientnet import EfficientNet
from dfp_training.networks.face_parser import FaceParser
from dfp_training.networks.person import PersonNetwork
from dfp_training.networks.squeezenet import SqueezeNet
from PIL import Image
from safetensors.torch import save_file

Network = TypeVar("Network", bound=torch.nn.Module)


def write_data(folder: Path, count: int = 6) -> Path:
    """A data folder of `count` simple faces, two of them in the val split."""
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    y, x = np.mgrid[:128, :128]
    rng = np.random.default_rng(0)
    for i in range(count):
        labels = np.zeros((128, 128), np.uint8)
        for value, a, b in ((13, 56, 60), (1, 40, 50), (2, 8, 14)):
            labels[((x - 64 - i) / a) ** 2 + ((y - 64) / b) ** 2 <= 1] = value
        colours = rng.integers(0, 256, (19, 3), dtype=np.uint8)
        Image.fromarray(labels).save(folder / "labels" / f"{i:05}.png")
        Image.fromarray(colours[labels]).save(folder / "images" / f"{i:05}.png")
    splits = {"train": [f"{i:05}" for i in range(2, count)], "val": ["00000", "00001"]}
    (folder / "splits.json").write_text(json.dumps(splits))
    return folder


def write_pack(folder: Path) -> Path:
    """A pack of `write_data`'s faces in a folder; returns its own folder."""
    assert main(["data", str(write_data(folder / "data")), "--out", str(folder / "pack"), "--workers", "1"]) == 0
    return folder / "pack"


def whole_face() -> np.ndarray:
    """A 512 x 512 label map with background, hair, skin, eyes, nose, lips, an ear, neck and cloth."""
    y, x = np.mgrid[:512, :512]
    made = np.zeros((512, 512), np.uint8)

    def ellipse(cx: float, cy: float, a: float, b: float, value: int) -> None:
        made[((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1] = value

    made[420:] = 18
    ellipse(256, 240, 190, 230, 13)
    ellipse(256, 400, 70, 100, 17)
    ellipse(400, 270, 22, 45, 9)
    ellipse(256, 270, 140, 180, 1)
    for cx, eye in ((200, 4), (312, 5)):
        ellipse(cx, 240, 30, 12, eye)
    ellipse(256, 300, 22, 40, 2)
    ellipse(256, 370, 55, 18, 11)
    return made


def write_whole_face(folder: Path) -> Path:
    """A data folder of one face, `anna`, whose photo has a bright spot on the cheek that is in no label map."""
    labels = whole_face()
    colours = np.linspace(30, 220, 19).astype(np.uint8)
    photo = np.repeat(colours[labels][..., None], 3, 2)
    photo[310:340, 330:360] = 255
    for kind, picture in (("images", photo), ("labels", labels)):
        (folder / kind).mkdir(parents=True)
        Image.fromarray(picture).save(folder / kind / "anna.png")
    return folder


def write_metrics(folder: Path) -> Path:
    """A folder of measuring networks of the real formats with random weights, always the same."""
    folder.mkdir(exist_ok=True)
    torch.manual_seed(0)
    save_file(SqueezeNet().state_dict(), folder / squeezenet.FILE)
    save_file(FaceParser().state_dict(), folder / face_parser.FILE)
    linear = {f"lin{i}.model.1.weight": torch.rand(1, c, 1, 1) for i, c in enumerate(lpips.CHANNELS)}
    torch.save(linear, folder / lpips.FILE)
    return folder


def _lively(network: Network) -> Network:
    """With weights that let as much through as they get: with torch's own, all pictures look alike in the end."""
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight)
            torch.nn.init.zeros_(layer.bias)  # pyright: ignore[reportArgumentType]
    return network


def write_efficientnet(folder: Path) -> EfficientNet:
    """EfficientNet-Lite1's file with random weights, always the same, and the network that is in it."""
    torch.manual_seed(0)
    network = _lively(EfficientNet())
    state = {name: tensor.half() for name, tensor in network.state_dict().items()}
    network.load_state_dict(state)
    save_file(state, folder / efficientnet.FILE)
    return network


def write_person(folder: Path) -> PersonNetwork:
    """HSE-FaceRes's two files with random weights, always the same, and the network that is in them.

    In the files every convolution within channels has its weights halved, and a factor of 2 behind it.
    """
    torch.manual_seed(0)
    network = _lively(PersonNetwork())
    network.stem.weight /= 128  # its pictures are in [0, 255]
    network.load_state_dict({name: tensor.half() for name, tensor in network.state_dict().items()})
    entries, data = [], b""
    for name, tensor in _person_tensors(network.state_dict()).items():
        entries.append({"name": name, "shape": list(tensor.shape), "dtype": "float32"})
        entries[-1]["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        data += tensor.half().contiguous().numpy().astype("<f2").tobytes()
    entries.append({"name": "reduction_indices", "shape": [2], "dtype": "int32"})
    data += np.array([1, 2], "<i4").tobytes()
    graph = {"format": "graph-model", "weightsManifest": [{"paths": [person.WEIGHTS], "weights": entries}]}
    (folder / person.GRAPH).write_text(json.dumps(graph))
    (folder / person.WEIGHTS).write_bytes(data)
    return network


def _person_tensors(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Its weights with the names and the shapes that they have in the graph."""
    tensors = {
        "conv1/convolution/merged_input": state["stem.weight"].permute(2, 3, 1, 0),
        "conv1_bn/batchnorm_1/sub": state["stem.bias"],
    }
    for i in range(len(person.PAIRS)):
        depth, point = f"conv_dw_{i + 1}", f"conv_pw_{i + 1}"
        tensors[f"{depth}/depthwise_kernel"] = state[f"depths.{i}.weight"].permute(2, 3, 0, 1) / 2
        tensors[f"{depth}_bn/batchnorm_1/mul"] = torch.full_like(state[f"depths.{i}.bias"], 2)
        tensors[f"{depth}_bn/batchnorm_1/sub"] = state[f"depths.{i}.bias"]
        tensors[f"{point}/convolution/merged_input"] = state[f"points.{i}.weight"].permute(2, 3, 1, 0)
        tensors[f"{point}_bn/batchnorm_1/sub"] = state[f"points.{i}.bias"]
    for layer, name in (("traits", "feats"), ("age", "age_pred"), ("male", "gender_pred")):
        tensors[f"{name}/kernel"], tensors[f"{name}/bias"] = state[f"{layer}.weight"].T, state[f"{layer}.bias"]
    return tensors
