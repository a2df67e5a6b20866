"""Graphs that were converted before, in the user's cache folder: one file each, whole or not at all."""

import hashlib
import logging
import os
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

log = logging.getLogger(__name__)

FORMAT = "deepfacepencil-openvino-1"
PREFIX = "gm-"
TORN_S = 3600.0
KEPT = 4  # files; of weights and versions that nobody uses any more nothing shall stay for ever


@dataclass(frozen=True)
class Graph:
    """G_m as OpenVINO reads it: `xml` describes it, `constants` (uint8) are its numbers."""

    xml: str
    constants: np.ndarray

    def digest(self) -> str:
        """The SHA-256 of everything."""
        return hashlib.sha256(self.xml.encode() + b"\0" + hashlib.sha256(self.constants.data).digest()).hexdigest()


def cache_folder() -> Path | None:
    """Where programs of this user keep what they could make again; None for a user without a home."""
    given = {"win32": "LOCALAPPDATA", "darwin": ""}.get(sys.platform, "XDG_CACHE_HOME")
    below = {"win32": "", "darwin": "Library/Caches"}.get(sys.platform, ".cache")
    try:
        base = os.environ.get(given) or Path.home() / below
    except RuntimeError:  # neither HOME nor an account
        return None
    # A relative one would be another folder wherever the program is started.
    return Path(base) / "deepfacepencil" if Path(base).is_absolute() else None


def read(key: str) -> Graph | None:
    """The graph with this key; None when there is none, or one that is torn or not ours."""
    path = _path(key)
    if path is None:
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            if (header.get("format"), header.get("key")) != (FORMAT, key):
                return None
            graph = Graph(header["xml"], file.get_tensor("constants"))
            if graph.digest() != header["digest"]:
                return None
    except (OSError, SafetensorError, KeyError):
        return None
    with suppress(OSError):
        os.utime(path)  # used: others go first
    return graph


def store(key: str, graph: Graph) -> None:
    """Keep the graph for the next start; where the disk does not take it, that start only takes longer."""
    path = _path(key)
    if path is None:
        log.info("without a home folder the converted model cannot be kept, each start takes longer")
        return
    header = {"format": FORMAT, "key": key, "xml": graph.xml, "digest": graph.digest()}
    part = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=PREFIX, suffix=".part")
        os.close(handle)
        save_file({"constants": graph.constants}, part, metadata=header)
        os.replace(part, path)
        _tidy(path.parent)
    except (OSError, SafetensorError) as error:
        log.warning("the converted model cannot be kept in %s, each start will take longer: %s", path.parent, error)
    finally:
        if part is not None:
            Path(part).unlink(missing_ok=True)


def _path(key: str) -> Path | None:
    folder = cache_folder()
    return None if folder is None else folder / f"{PREFIX}{key}.safetensors"


def _tidy(folder: Path) -> None:
    found = sorted(folder.glob(f"{PREFIX}*.safetensors"), key=lambda path: path.stat().st_mtime, reverse=True)
    # Of a program that was killed while it wrote.
    torn = [path for path in folder.glob(f"{PREFIX}*.part") if time.time() - path.stat().st_mtime > TORN_S]
    for path in found[KEPT:] + torn:
        path.unlink(missing_ok=True)
