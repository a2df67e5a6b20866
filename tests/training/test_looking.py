"""The networks that look at pictures while training: their files, what they see, and gradients."""

import json
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from dfp_training.networks import efficientnet, person
from dfp_training.networks.efficientnet import Convolution, EfficientNet, padded
from dfp_training.networks.person import PersonNetwork
from safetensors.torch import save_file
from training_data import write_efficientnet, write_person

from dfp.errors import DfpError


def pictures(side: int) -> torch.Tensor:
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(1)) * 2 - 1


def test_padding_is_tensorflows():
    x = torch.ones(1, 1, 6, 7)
    # 6 -> 3 places 0, 2, 4 of a kernel of 3 reach to 6, one beyond; 7 -> 4 places from -1 to 7
    assert padded(x, 3, 2).shape == (1, 1, 7, 9)
    assert padded(x, 3, 2)[0, 0, 0].tolist() == [0, 1, 1, 1, 1, 1, 1, 1, 0]
    assert padded(x, 3, 2)[0, 0, :, 1].tolist() == [1, 1, 1, 1, 1, 1, 0]
    for kernel, stride in ((1, 1), (3, 1), (5, 1), (3, 2), (5, 2)):
        assert Convolution(1, 1, kernel, stride)(x).shape[-2:] == (-(-6 // stride), -(-7 // stride))


def test_efficientnet_reads_its_file_and_shows_four_levels(tmp_path: Path):
    written = write_efficientnet(tmp_path)
    seen, wanted = EfficientNet.load(tmp_path).maps(pictures(64)), written.maps(pictures(64))
    assert [tuple(m.shape[1:]) for m in seen] == [(24, 16, 16), (40, 8, 8), (112, 4, 4), (320, 2, 2)]
    for one, two in zip(seen, wanted, strict=True):
        torch.testing.assert_close(one, two, rtol=1.3e-6, atol=1e-4)


def test_a_block_adds_what_it_got_where_shapes_agree():
    block = efficientnet.Block(8, 8, 5, 1, 6)
    torch.nn.init.zeros_(block.project.weight)
    torch.nn.init.zeros_(block.project.bias)  # pyright: ignore[reportArgumentType]
    x = torch.rand(1, 8, 4, 4)
    assert torch.equal(block(x), x)
    assert efficientnet.Block(8, 8, 3, 2, 6)(x).shape == (1, 8, 2, 2)


def test_a_person_is_read_from_both_files(tmp_path: Path):
    written, network = write_person(tmp_path), PersonNetwork.load(tmp_path)
    seen, wanted = network(pictures(64)), written(pictures(64))
    assert seen.descriptor.shape == (2, 1024)
    assert torch.equal(seen.descriptor, network.descriptor(pictures(64)))
    torch.testing.assert_close(seen.descriptor, wanted.descriptor)
    torch.testing.assert_close(seen.age, wanted.age)
    assert ((seen.age >= 0) & (seen.age < 100)).all()
    assert ((seen.male > 0) & (seen.male < 1)).all()


def test_the_age_is_the_mean_of_the_two_likeliest_years(tmp_path: Path):
    network = write_person(tmp_path)
    logits = torch.full((person.AGES,), -2.0)
    logits[[20, 30]] = torch.log(torch.tensor([3.0, 1.0]))
    torch.nn.init.zeros_(network.age.weight)
    network.age.bias.copy_(logits)
    assert network(pictures(32)).age.tolist() == pytest.approx([22.5, 22.5], rel=1e-4)


def test_what_a_person_is_seen_in_hardly_depends_on_the_side(tmp_path: Path):
    network = write_person(tmp_path)
    small = F.interpolate(pictures(8), (112, 112), mode="bicubic").clamp(-1, 1)
    large = F.interpolate(small, (448, 448), mode="bilinear")
    one, two = network.descriptor(small), network.descriptor(large)
    assert (one - two).norm() < 0.1 * one.norm()


@pytest.mark.parametrize("kind", ["efficientnet", "person"])
def test_pictures_get_gradients_and_weights_none_in_bfloat16(kind: str, tmp_path: Path):
    x = pictures(64).requires_grad_(True)
    if kind == "efficientnet":
        write_efficientnet(tmp_path)
        network = EfficientNet.load(tmp_path)
        with torch.autocast("cpu", torch.bfloat16):
            seen = network.maps(x)[-1]
    else:
        write_person(tmp_path)
        network = PersonNetwork.load(tmp_path)
        with torch.autocast("cpu", torch.bfloat16):
            seen = network.descriptor(x)
    assert seen.dtype == torch.bfloat16
    seen.float().square().sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert (x.grad.abs().amax((1, 2, 3)) > 0).all()
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_missing_and_foreign_files_have_their_sentences(tmp_path: Path):
    for network in (EfficientNet, PersonNetwork):
        with pytest.raises(DfpError, match="cannot be read"):
            network.load(tmp_path)
    write_efficientnet(tmp_path)
    write_person(tmp_path)
    tensors = tmp_path / efficientnet.FILE
    tensors.write_bytes(tensors.read_bytes()[:1000])
    with pytest.raises(DfpError, match="cannot be read"):
        EfficientNet.load(tmp_path)
    (tmp_path / person.WEIGHTS).unlink()
    with pytest.raises(DfpError, match=r"cannot be read, or faceres\.bin beside it"):
        PersonNetwork.load(tmp_path)


@pytest.mark.parametrize("fault", ["cut", "longer", "no json", "list", "shape", "kind", "names"])
def test_a_foreign_graph_has_its_sentence(fault: str, tmp_path: Path):
    write_person(tmp_path)
    graph, weights = tmp_path / person.GRAPH, tmp_path / person.WEIGHTS
    described = json.loads(graph.read_text())
    entry = described["weightsManifest"][0]["weights"][0]
    if fault in ("cut", "longer"):
        weights.write_bytes(weights.read_bytes()[:-8] if fault == "cut" else weights.read_bytes() + b"12345678")
    elif fault == "no json":
        graph.write_bytes(b"\x80\x02 pickle")
    elif fault == "list":
        graph.write_text("[1, 2]")
    else:
        changes = {"shape": {"shape": [*entry["shape"][:-1], 0]}, "kind": {"quantization": {"dtype": "no"}}}
        entry.update(changes.get(fault, {"name": "conv0"}))
        graph.write_text(json.dumps(described))
    with pytest.raises(DfpError, match="another network, not HSE-FaceRes"):
        PersonNetwork.load(tmp_path)


def test_a_foreign_efficientnet_has_its_sentence(tmp_path: Path):
    save_file({"stem.weight": torch.zeros(3)}, tmp_path / efficientnet.FILE)
    with pytest.raises(DfpError, match="another network, not EfficientNet-Lite1"):
        EfficientNet.load(tmp_path)
