"""A measure that nobody knows but its own few lines stands wherever figures stand."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from dfp_training.data.loader import Batch
from dfp_training.data.pack import Pack, build
from dfp_training.metrics.evaluate import TestSet as Faces
from dfp_training.metrics.evaluate import evaluate
from dfp_training.metrics.feature_networks import FeatureNetworks, Need
from dfp_training.metrics.figure import mean_of
from dfp_training.metrics.metric import Digits, Metric, left_out, measured, observations, plain
from dfp_training.metrics.observation import Comparison, Observation
from dfp_training.metrics.registry import METRICS
from dfp_training.release.card import measures_table
from dfp_training.report.candidates import Candidate
from dfp_training.report.page import page
from dfp_training.report.report import Request, as_json, find
from dfp_training.report.short import write_short
from dfp_training.report.terminal import as_json as evaluated
from dfp_training.report.terminal import table
from torch import Tensor
from training_data import write_data, write_metrics

from dfp.model.networks import Generated

CPU = torch.device("cpu")


def _means(faces: Comparison) -> np.ndarray:
    return (faces.made.images.mean((1, 2, 3)) * 127.5 + 127.5).cpu().numpy()


BRIGHTNESS = Metric(
    name="brightness",
    title="brightness",
    unit="of 255",
    better="higher",
    observe=(Observation("brightness", _means),),
    aggregate=lambda made, photos: mean_of(made["brightness"]),
    note="the mean of all pixels",
    ceiling="as bright as photos are",
    digits=Digits(terminal=2, page=1, short=0),
)
MEASURES = (*METRICS, BRIGHTNESS)


def grey(lines: Tensor) -> Generated:
    """Faces of one grey, which is told by no sketch: 0.2 * 127.5 + 127.5 is 153."""
    return Generated(F.interpolate(lines, 64).expand(-1, 3, -1, -1) * 0 + 0.2, [], None)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack and measuring networks with random weights."""
    folder = tmp_path_factory.mktemp("measure")
    assert build([write_data(folder / "faces", 7)], folder / "pack", 64, 1) == 0
    write_metrics(folder / "metrics")
    return folder


def test_the_terminal_and_its_json_have_it(root: Path):
    def generate(batch: Batch) -> Tensor:
        return grey(batch.deformed).image

    test = Faces(Pack(root / "pack"), "train", 64, [root / "faces"], 4)
    report = evaluate(generate, test, FeatureNetworks.load(root / "metrics", CPU), [11], MEASURES)
    lines = table(report)
    assert "brightness: the mean of all pixels" in lines
    (head,) = (line for line in lines if line.startswith("   d "))
    assert head.split()[-4:] == ["brightness", "of", "255", "+-"]
    assert lines[lines.index(head) + 1].split()[-2:] == ["153.00", "0.00"]
    assert any(line.startswith("photo") and line.endswith("as bright as photos are") for line in lines)
    figures = json.loads(json.dumps(evaluated(report)))
    assert figures["rows"][0]["brightness"] == {"value": pytest.approx(153), "spread": pytest.approx(0, abs=1e-4)}
    assert 0 < figures["photos"]["brightness"]["value"] < 255


def test_a_report_has_it_on_its_page_in_its_json_and_as_a_curve(root: Path):
    model = Candidate("grey", Path("grey"), "0", 1, {}, 64, grey)
    brighter = replace(model, name="brighter", checksum="1", generator=lambda lines: _lighter(grey(lines)))
    request = Request(
        [model, brighter],
        root / "pack",
        root / "metrics",
        root / "out",
        [root / "faces"],
        "train",
        4,
        [30],
        metrics=MEASURES,
    )
    findings = find(request, CPU)
    text = page(findings)
    assert "<th>brightness of 255</th>" in text
    assert "<td>153.0 ± 0.0</td>" in text
    assert "brightness of 255, higher is better</text>" in text
    assert "brightness: the mean of all pixels." in text
    figures = json.loads(json.dumps(as_json(findings)))
    assert figures["models"][0]["rows"][0]["brightness"]["value"] == pytest.approx(153)
    assert figures["models"][1]["less_the_first"][0]["brightness"]["value"] == pytest.approx(25.5)
    write_short(findings, root / "short")
    assert "brightness of 255, d = 30" in (root / "short" / "table.md").read_text().splitlines()[0]
    assert (root / "short" / "brightness.svg").read_text() in text


def _lighter(made: Generated) -> Generated:
    return Generated(made.image + 0.2, [], None)


def test_a_card_asks_for_it():
    assert "| brightness of 255 | higher |" in measures_table(MEASURES)


def test_a_measure_whose_network_is_missing_is_named_and_left_out(root: Path):
    dear = replace(BRIGHTNESS, need=Need("a light meter", lambda _: False))
    networks = FeatureNetworks.load(root / "metrics", CPU)
    assert "Without a light meter there is no brightness" in left_out([*METRICS, dear], networks)
    assert not observations([dear], networks)
    assert plain(measured(0, {}, {}, [dear]), [dear]) == {"brightness": None}
