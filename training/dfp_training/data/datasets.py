"""Folders of aligned faces with their label maps, in our layout and in CelebAMask-HQ's own."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from dfp.errors import DfpError, SketchError
from dfp.model.classes import CLASSES
from dfp.pictures.reading import opened

PICTURES = (".webp", ".png", ".jpg", ".jpeg")
VAL_EVERY = 20  # of a pair of folders without splits.json
LEAST_SIDE = 64  # of a label map: below it eyes are a few pixels
OFFICIAL_PHOTOS = "CelebA-HQ-img"
OFFICIAL_MASKS = "CelebAMask-HQ-mask-anno"


def classes(names: str) -> tuple[int, ...]:
    """The indices of classes, named with spaces between them."""
    return tuple(map(CLASSES.index, names.split()))


def _in_mirror(name: str) -> str:
    other = {"l": "r", "r": "l"}.get(name[0], "") + name[1:]
    return other if name[1] == "_" and other in CLASSES else name  # the lower lip, l_lip, has no other side


MIRRORED = tuple(
    CLASSES.index(_in_mirror(name)) for name in CLASSES
)  # the class that a mirror shows in a class's place


class DataError(DfpError):
    """Training data cannot be used; the text says which file and why."""


@dataclass(frozen=True)
class Face:
    """One face of a data folder: its split, its photo, its label map or one binary mask per class."""

    name: str
    split: str
    photo: Path
    labels: Path | tuple[Path, ...]


@dataclass(frozen=True)
class Pair:
    """A folder of photos and a folder of label maps with equal names."""

    photos: Path
    labels: Path


def faces_of(folder: Path | Pair) -> tuple[list[Face], list[str]]:
    """The faces of a folder by name, and a sentence for each photo or label map that has no other half.

    Splits come from splits.json, in the folder or beside both folders of a pair. Without it every face of a folder is
    of the train split, and of a pair every twentieth is kept for val. Raises DataError without any face.
    """
    if isinstance(folder, Pair):
        title, photos, labels = (
            folder.photos.name,
            _by_name(folder.photos, PICTURES),
            _by_name(folder.labels, (".png",)),
        )
        hint = f"{folder.photos} and {folder.labels} have no pair of a photo and a label map (.png) with equal names."
    else:
        official = (folder / OFFICIAL_MASKS).is_dir()
        title, photos = folder.name, _by_name(folder / (OFFICIAL_PHOTOS if official else "images"), PICTURES)
        labels = _official_masks(folder / OFFICIAL_MASKS) if official else _by_name(folder / "labels", (".png",))
        hint = (
            f"{folder} has no faces. Pictures go into images/ and label maps with equal names into labels/, "
            f"or it holds {OFFICIAL_PHOTOS}/ and {OFFICIAL_MASKS}/."
        )
    names = sorted(photos.keys() & labels.keys())
    if not names:
        raise DataError(hint)
    splits = _splits_of(folder, names)
    faces = [Face(f"{title}/{name}", splits.get(name, "train"), photos[name], labels[name]) for name in names]
    halves = [f"{title}/{n}: the photo has no label map." for n in sorted(photos.keys() - labels.keys())]
    halves += [f"{title}/{n}: the label map has no photo." for n in sorted(labels.keys() - photos.keys())]
    return faces, halves


def _splits_of(folder: Path | Pair, names: list[str]) -> dict[str, str]:
    if isinstance(folder, Path):
        return _splits(folder / "splits.json")
    beside = folder.photos.parent / "splits.json"
    if folder.labels.parent == folder.photos.parent and beside.is_file():
        return _splits(beside)
    return dict.fromkeys(names[::VAL_EVERY], "val") if len(names) > 1 else {}


def _by_name(folder: Path, endings: tuple[str, ...]) -> dict[str, Path]:
    # CelebAMask-HQ calls photo 7 "7.jpg" and its masks "00007_…": digits are compared as five of them.
    files = (p for p in folder.glob("*") if p.suffix.lower() in endings)
    return {p.stem.zfill(5) if p.stem.isdigit() else p.stem: p for p in files}


def _official_masks(folder: Path) -> dict[str, tuple[Path, ...]]:
    masks: dict[str, list[Path]] = {}
    for file in folder.glob("*/*.png"):
        masks.setdefault(file.stem.split("_", 1)[0], []).append(file)
    return {name: tuple(sorted(files)) for name, files in masks.items()}


def _splits(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        table = json.loads(file.read_text())
        return {name: split for split, names in table.items() for name in names}
    except (ValueError, AttributeError, TypeError) as error:
        raise DataError(f"{file} is not a table of splits: a name list for each of train, val, test.") from error


def read_labels(labels: Path | tuple[Path, ...]) -> np.ndarray:
    """The label map of a face, square uint8 class indices 0..18; DataError for anything else."""
    if isinstance(labels, Path):
        made = _read_gray(labels)
        last = len(CLASSES) - 1
        if made.max() > last:
            raise DataError(f"The label map {labels} has class {made.max()}, the largest there is is {last}.")
        return made.astype(np.uint8)
    by_class = {CLASSES.index(_class_name(file)): file for file in labels}
    made = np.zeros(_read_gray(labels[0]).shape, np.uint8)
    for index in sorted(by_class):
        mask = _read_gray(by_class[index])
        if mask.shape != made.shape:
            raise DataError(f"The mask {by_class[index]} is of another size than {labels[0]}.")
        made[mask > 127] = index
    return made


def read_photo(file: Path, side: int | None = None) -> Image.Image:
    """The photo of a face as square RGB, resized to side x side; DataError for anything else."""
    photo = _opened(file, "photo", side).convert("RGB")
    if photo.width != photo.height:
        raise DataError(
            f"The photo {file} is {photo.width}x{photo.height} and its label map is square; crop both alike."
        )
    return photo.resize((side, side), Image.Resampling.LANCZOS) if side else photo


def _class_name(file: Path) -> str:
    name = file.stem.split("_", 1)[-1]
    if name not in CLASSES:
        raise DataError(f"The mask {file} is of no class of CelebAMask-HQ.")
    return name


def _opened(file: Path, what: str, side: int | None = None) -> Image.Image:
    try:
        with opened(file) as (picture, _):
            if side and picture.width == picture.height:
                # JPEG's decoder shrinks at little cost; from twice the side on nobody sees it (52 dB).
                picture.draft("RGB", (2 * side, 2 * side))
            picture.load()
            return picture
    except SketchError as error:
        raise DataError(f"The {what} {file} cannot be read.") from error


def _read_gray(path: Path) -> np.ndarray:
    picture = _opened(path, "label map")
    pixels = np.asarray(picture.convert("L") if picture.mode in ("RGB", "1") else picture)
    if pixels.ndim != 2 or pixels.shape[0] != pixels.shape[1]:
        raise DataError(f"The label map {path} is not a square picture of class indices.")
    if len(pixels) < LEAST_SIDE:
        raise DataError(f"The label map {path} is {len(pixels)} pixels wide; at least {LEAST_SIDE} are needed.")
    return pixels
