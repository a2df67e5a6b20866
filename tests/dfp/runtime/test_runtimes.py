"""What calculates the model: which one is taken, the same picture from each, and the cache of converted models."""

import importlib.metadata
import logging
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from dfp import DfpError, FaceGenerator, WeightsError
from dfp.model import weights
from dfp.model.inputs import COLOURS, Inputs
from dfp.model.weights_header import RELEASE
from dfp.runtime.base import Interrupted, Runtime, is_out_of_memory
from dfp.runtime.openvino_cache import KEPT, Graph, cache_folder, read, store
from dfp.runtime.select import has_cuda, has_openvino, open_runtime
from dfp.runtime.torch import numbers_of, to_pictures

needs_openvino = pytest.mark.skipif(not has_openvino(), reason="OpenVINO is not installed: pip install openvino")
EXAMPLES = sorted((Path(RELEASE).parents[1] / "examples").glob("*.png"))
CODE = Path(RELEASE).parents[2]
SAME = 45.0  # dB


def psnr(one: np.ndarray, two: np.ndarray) -> float:
    """Peak signal to noise of two uint8 pictures, dB."""
    error = np.square(one.astype(float) - two).mean()
    return 10 * np.log10(255**2 / max(error, 1e-9))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder of this test alone, not made yet."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    folder = cache_folder()
    assert folder is not None
    return folder


@pytest.fixture(scope="module")
def lines() -> np.ndarray:
    """The ten example sketches as the network reads them."""
    generator = FaceGenerator.load(RELEASE, "cpu", "torch")
    assert len(EXAMPLES) == 10
    return np.stack([generator.prepare(Image.open(path)).lines for path in EXAMPLES])


@pytest.fixture(scope="module")
def runtimes() -> tuple[Runtime, Runtime]:
    """The release model in PyTorch and in OpenVINO."""
    return open_runtime(RELEASE, "cpu", "torch"), open_runtime(RELEASE, "cpu", "openvino")


@needs_openvino
@pytest.mark.parametrize("trusted", [False, True], ids=["no trust", "trust"])
def test_both_draw_the_same_pictures(runtimes: tuple[Runtime, Runtime], lines: np.ndarray, trusted: bool) -> None:
    trust = np.zeros((len(lines), 1, 16, 16), np.float32)
    if trusted:
        trust = np.random.default_rng(3).uniform(-1, 1, trust.shape).astype(np.float32)
    parts = {runtime.name: [] for runtime in runtimes}
    for runtime, sizes in zip(runtimes, ((1, 3, 6), (4, 1, 5)), strict=True):
        ends = np.cumsum(sizes)
        for start, end in zip(ends - sizes, ends, strict=True):
            pictures, maps, _ = runtime(Inputs.of(lines[start:end], trust[start:end]))
            assert (pictures.shape, pictures.dtype) == ((end - start, 256, 256, 3), np.uint8)
            assert maps.dtype == np.float32
            parts[runtime.name].append((pictures, maps))
    (one, one_maps), (two, two_maps) = (map(np.concatenate, zip(*part, strict=True)) for part in parts.values())
    assert min(psnr(*pair) for pair in zip(one, two, strict=True)) >= SAME
    # Where two branches weigh alike, bfloat16 moves single places of the attention further than all others.
    apart = np.abs(one_maps - two_maps)
    assert np.quantile(apart, 0.999) < 0.02
    assert apart.max() < 0.1


@needs_openvino
def test_trust_reaches_the_network_place_by_place(runtimes: tuple[Runtime, Runtime], lines: np.ndarray) -> None:
    trust = np.zeros((1, 1, 16, 16), np.float32)
    trust[..., :8] = 1
    for run in runtimes:
        plain, shifted = (run(Inputs.of(lines[:1], map_)).attention[0] for map_ in (0 * trust, trust))
        # Where the narrowest branch has all weight already, there is no more to add.
        free = plain[0, :, :48] < 0.99
        assert (shifted[0, :, :48] >= plain[0, :, :48])[free].all()
        assert shifted[0, :, :48][free].mean() > plain[0, :, :48][free].mean() + 0.01
        assert np.allclose(shifted[..., 80:], plain[..., 80:], atol=1e-2)


@needs_openvino
@pytest.mark.parametrize("count", [2, 5])  # fewer than are worth drawing at once, and more than go at once
def test_one_sketch_in_several_palettes(runtimes: tuple[Runtime, Runtime], lines: np.ndarray, count: int) -> None:
    palettes = np.random.default_rng(5).uniform(-1, 1, (count, COLOURS)).astype(np.float32)
    several = replace(Inputs.of(lines[:1]), palette=palettes)
    for run in runtimes:
        pictures, maps, regions = run(several)
        alone = run(Inputs.joined(several.apart()))
        assert np.abs(pictures.astype(int) - alone.pictures).max() <= 4  # bfloat16 rounds elsewhere
        assert maps.shape == alone.attention.shape
        assert np.abs(maps - alone.attention).max() < 0.02
        assert regions.shape == alone.regions.shape
        assert np.abs(pictures[0].astype(int) - pictures[1]).mean() > 5
        run.release()
        assert np.array_equal(run(several).pictures, pictures)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_weights_in_the_devices_own_numbers_draw_what_they_draw_cast_each_time(device: str, lines: np.ndarray) -> None:
    if device == "cuda" and not has_cuda():
        pytest.skip("there is no NVIDIA graphics card here")
    run = open_runtime(RELEASE, device, "torch")
    chosen = torch.device(device)
    generator = weights.load(RELEASE)[0].to(chosen)
    for count in (1, 3, 1, 9):  # on a graphics card: recorded, recorded, played back, too many for a recording
        pictures, maps, _ = run(Inputs.of(lines[:count], np.full((count, 1, 16, 16), 0.5, np.float32)))
        with torch.inference_mode(), torch.autocast(device, numbers_of(chosen), numbers_of(chosen) != torch.float32):
            trust = torch.full((count, 1, 16, 16), 0.5, device=chosen)
            generated = generator(torch.from_numpy(lines[:count]).to(chosen), trust)
        assert min(psnr(*pair) for pair in zip(pictures, to_pictures(generated.image), strict=True)) >= SAME
        assert np.abs(maps - generated.attention.float().cpu().numpy()).max() < 0.02
    run.release()
    assert run(Inputs.of(lines[:1])).pictures.shape == (1, 256, 256, 3)


@needs_openvino
def test_an_interrupted_call_ends_soon_and_the_next_one_is_whole(
    runtimes: tuple[Runtime, Runtime], lines: np.ndarray
) -> None:
    for run in runtimes:
        whole = run(Inputs.of(lines[:1])).pictures
        run.interrupt()  # of nothing
        with ThreadPoolExecutor(1) as beside:
            drawing = beside.submit(run, Inputs.of(lines))
            while not drawing.done():
                run.interrupt()
                time.sleep(0.005)
        assert isinstance(drawing.exception(), Interrupted)
        assert np.array_equal(run(Inputs.of(lines[:1])).pictures, whole)


def test_openvino_is_taken_for_the_processor_where_it_is_installed(
    small_weights: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "dfp"):
        generator = FaceGenerator.load(small_weights, "cpu")
    assert generator.runtime == ("openvino" if has_openvino() else "torch")
    assert len([line for line in caplog.messages if line.startswith("runtime")]) == 1
    assert "the fastest there" in caplog.text or "OpenVINO, which is faster there" in caplog.text


@pytest.mark.parametrize(("broken", "chosen"), [("raise OSError('no libopenvino.so')", "auto"), ("", "openvino")])
def test_an_openvino_that_does_not_load_costs_one_line(
    small_weights: Path, tmp_path: Path, broken: str, chosen: str
) -> None:
    (tmp_path / "openvino").mkdir()
    (tmp_path / "openvino" / "__init__.py").write_text(broken)
    code = (
        "import sys; sys.path.insert(0, sys.argv[3]); from dfp import *\n"
        "try: print(FaceGenerator.load(sys.argv[1], 'cpu', sys.argv[2]).runtime)\n"
        "except DfpError as error: print(error)"
    )
    # The folder comes before the real package, if there is one; versions are read from what is installed.
    (tmp_path / "openvino-1.dist-info").mkdir()
    (tmp_path / "openvino-1.dist-info" / "METADATA").write_text("Name: openvino\nVersion: 1\n")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", code, str(small_weights), chosen, str(tmp_path)]
    done = subprocess.run(command, cwd=CODE, env=environment, capture_output=True, text=True, check=True, timeout=120)
    if chosen == "auto":
        assert done.stdout.strip() == "torch"
        assert done.stderr.count("\n") == 1
        assert "no libopenvino.so" in done.stderr
    else:
        assert done.stdout.startswith("OpenVINO cannot be used here")
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("device", "runtime", "says"),
    [
        ("abacus", "auto", "auto, cpu or cuda"),
        ("cpu", "abacus", "auto, torch or openvino"),
        ("cuda", "openvino", "cpu"),
    ],
)
def test_what_there_is_not_gets_a_sentence(small_weights: Path, device: str, runtime: str, says: str) -> None:
    with pytest.raises(DfpError, match=says):
        FaceGenerator.load(small_weights, device, runtime)


@needs_openvino
def test_a_model_in_the_cache_needs_no_torch_and_nobody_hears_of_it(small_weights: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "asked = []\n"
        "sys.addaudithook(lambda name, args: asked.append(args) if name.startswith(('socket.', 'urllib.')) else None)\n"
        "from dfp import FaceGenerator\n"
        "import numpy\n"
        "generator = FaceGenerator.load(sys.argv[1], 'cpu')\n"
        "generator.run(numpy.zeros((2, 1, 64, 64), numpy.float32))\n"
        "print(generator.runtime, 'torch' in sys.modules, bool(sys.modules.get('openvino_telemetry')), asked)"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    command = [sys.executable, "-c", code, str(small_weights)]
    for imports_torch in (True, False):
        done = subprocess.run(
            command, cwd=CODE, env=environment, capture_output=True, text=True, check=True, timeout=120
        )
        assert done.stdout.strip() == f"openvino {imports_torch} False []"
    assert [path.name for path in tmp_path.iterdir()] == ["cache"], "telemetry keeps its consent in the home folder"


@needs_openvino
def test_ctrl_c_is_heard_after_models_have_gone(small_weights: Path, tmp_path: Path) -> None:
    code = (
        "import gc, signal, sys\n"
        "from dfp import FaceGenerator\n"
        "one, two = (FaceGenerator.load(sys.argv[1], 'cpu', 'openvino') for _ in range(2))\n"
        "del one; gc.collect(); del two; gc.collect()\n"
        "try: signal.raise_signal(signal.SIGINT)\n"
        "except KeyboardInterrupt: print('heard')"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", code, str(small_weights)]
    done = subprocess.run(command, cwd=CODE, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "heard\n"), done.stderr


@needs_openvino
def test_a_spoilt_cache_is_made_anew(small_weights: Path, cache: Path) -> None:
    lines = np.zeros((1, 1, 64, 64), np.float32)
    fresh = FaceGenerator.load(small_weights, "cpu", "openvino").run(lines)[0]
    [file] = cache.iterdir()
    whole = file.read_bytes()
    flipped = bytearray(whole)
    flipped[-100] ^= 1
    for spoilt in (whole[:-100], bytes(flipped), small_weights.read_bytes()):
        file.write_bytes(spoilt)
        again = FaceGenerator.load(small_weights, "cpu", "openvino").run(lines)[0]
        assert np.array_equal(again, fresh)
        assert [path.name for path in cache.iterdir()] == [file.name]
        assert read(file.stem.removeprefix("gm-")) is not None


@needs_openvino
def test_other_weights_and_versions_are_other_models(
    small_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dfp.runtime.openvino_convert import key_of

    key = key_of(small_weights)
    shutil.copy(small_weights, tmp_path / "same.safetensors")
    assert key_of(tmp_path / "same.safetensors") == key
    assert key_of(RELEASE) != key
    version = importlib.metadata.version
    for package in ("torch", "openvino"):
        monkeypatch.setattr(importlib.metadata, "version", lambda name, p=package: version(name) + "0" * (name == p))
        assert key_of(small_weights) != key


@needs_openvino
def test_a_cache_that_cannot_be_written_only_costs_time(
    small_weights: Path, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.parent.write_text("a file where the folder should be")
    generator = FaceGenerator.load(small_weights, "cpu", "openvino")
    assert generator.runtime == "openvino"
    assert generator.run(np.zeros((1, 1, 64, 64), np.float32))[0].shape == (1, 64, 64, 3)
    assert [r.levelname for r in caplog.records if "cannot be kept" in r.message] == ["WARNING"]


def test_the_cache_keeps_what_was_used_last(cache: Path) -> None:
    assert read("0") is None
    store("0", Graph("<0/>", np.zeros(9, np.uint8)))
    for name, age in (("gm-killed.part", 7200), ("gm-written_now.part", 0)):
        (cache / name).touch()
        written = time.time() - age
        os.utime(cache / name, (written, written))
    for number in range(KEPT + 2):
        store(str(number), Graph(f"<{number}/>", np.full(9, number, np.uint8)))
        os.utime(cache / f"gm-{number}.safetensors", (number, number))
        first = read("0")  # used again and again
        assert first is not None
        assert first.xml == "<0/>"
    assert [path.name for path in cache.glob("*.part")] == ["gm-written_now.part"]
    assert len(list(cache.glob("*.safetensors"))) == KEPT
    assert cache.stat().st_mode & 0o777 == 0o700


@needs_openvino
def test_wrong_weights_are_refused_and_not_replaced_by_anything(tmp_path: Path) -> None:
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes(RELEASE.read_bytes()[:100_000])
    with pytest.raises(WeightsError, match="damaged"):
        FaceGenerator.load(torn, "cpu")


def test_out_of_memory_is_known_by_its_words() -> None:
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("Exception from src/inference: std::bad_alloc"))
    assert not is_out_of_memory(RuntimeError("shapes do not match"))
    assert not is_out_of_memory(ValueError("out of memory"))
