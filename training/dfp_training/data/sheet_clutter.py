"""What else is on a sheet of paper: ruling, borders, writing, drawings, shadows, dust. All on uint8 ink, 1 drawn."""

import cv2
import numpy as np

from dfp_training.data.sheet_heads import oval

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,!?"
SHIFT = 4  # bits of a pixel's fraction


def draw_lines(ink: np.ndarray, lines: list[np.ndarray], width: int) -> None:
    """Lines of n x 2 points in pixels."""
    pixels = [np.rint(line * (1 << SHIFT)).astype(np.int32) for line in lines if len(line) > 1]
    cv2.polylines(ink, pixels, False, 1, width, cv2.LINE_8, SHIFT)


def fill(ink: np.ndarray, areas: list[np.ndarray]) -> None:
    """Areas of n x 2 points in pixels."""
    for area in areas:
        cv2.fillPoly(ink, [np.rint(area).astype(np.int32)], 1)


def ruling(ink: np.ndarray, rng: np.random.Generator) -> None:
    """A lined or squared sheet; binarising may leave parts of it only."""
    height, width = ink.shape
    lines = np.zeros_like(ink)
    step, thick = rng.uniform(0.02, 0.12) * max(ink.shape), int(rng.integers(1, 3))
    for y in np.arange(rng.uniform(0, step), height, step):
        cv2.line(lines, (0, round(y)), (width, round(y)), 1, thick)
    if rng.random() < 0.5:
        for x in np.arange(rng.uniform(0, step), width, step):
            cv2.line(lines, (round(x), 0), (round(x), height), 1, thick)
    elif rng.random() < 0.3:
        x = round(rng.uniform(0.05, 0.2) * width)
        cv2.line(lines, (x, 0), (x, height), 1, thick)
    if rng.random() < 0.4:
        lines &= patches(ink.shape, rng, rng.uniform(0.2, 0.9))
    np.maximum(ink, lines, out=ink)


def patches(shape: tuple[int, ...], rng: np.random.Generator, share: float) -> np.ndarray:
    """Soft-edged patches that cover a share of the sheet, uint8 0 or 1."""
    cells = int(rng.integers(3, 40))
    noise = rng.random((cells, cells)).astype(np.float32)
    field = cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return (field < share).view(np.uint8)


def edges(ink: np.ndarray, rng: np.random.Generator) -> None:
    """A frame drawn around, or the dark strip of a scan at some of the sheet's edges."""
    height, width = ink.shape
    if rng.random() < 0.5:
        inset, thick = round(rng.uniform(0, 0.08) * min(ink.shape)), int(rng.integers(1, 7))
        cv2.rectangle(ink, (inset, inset), (width - 1 - inset, height - 1 - inset), 1, thick)
        return
    strip = max(1, round(rng.uniform(0.005, 0.08) * max(ink.shape)))
    sides = rng.random(4) < 0.4
    if not sides.any():
        sides[:] = True
    for number, side in enumerate((ink[:strip], ink[-strip:], ink[:, :strip], ink[:, -strip:])):
        if sides[number]:
            side[:] = 1


def writing(ink: np.ndarray, rng: np.random.Generator) -> None:
    """A word, or several lines."""
    height, width = ink.shape
    font, size = FONTS[rng.integers(len(FONTS))], np.exp(rng.uniform(np.log(0.25), np.log(2.5)))
    x, y = rng.uniform(0, 0.8) * width, rng.uniform(0.05, 1) * height
    thick = max(1, round(size * rng.uniform(0.5, 2.5)))
    for _ in range(rng.integers(1, 7)):
        word = "".join(rng.choice(list(LETTERS), rng.integers(3, 26)))
        cv2.putText(ink, word, (round(x), round(y)), font, size, 1, thick)
        y += size * 34


def other_drawing(ink: np.ndarray, rng: np.random.Generator) -> None:
    """Something that is no head: a figure of lines, a scribble, a house, a flower, a person."""
    side = min(ink.shape) * rng.uniform(0.15, 0.9)
    corner = rng.uniform(-0.1, 0.9, 2) * ink.shape[::-1] - side * 0.2
    kind = OTHERS[rng.integers(len(OTHERS))]
    angle = rng.normal(0, 0.25)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    lines = [((line - 0.5) @ turn.T + 0.5) * side + corner for line in kind(rng)]
    width = max(1, round(side * np.exp(rng.uniform(np.log(0.003), np.log(0.04)))))
    draw_lines(ink, lines, width)
    if rng.random() < 0.1:
        fill(ink, [lines[0]])


def _figure(rng: np.random.Generator) -> list[np.ndarray]:
    lines = []
    for _ in range(rng.integers(1, 7)):
        kind, middle, reach = rng.integers(4), rng.uniform(0.2, 0.8, 2), rng.uniform(0.05, 0.45, 2)
        if kind == 0:
            lines.append(oval((middle[0], middle[1]), reach, rng))
            continue
        corners = rng.uniform(-1, 1, (rng.integers(2, 8), 2)) if kind < 3 else BOX
        lines.append(middle + reach * np.concatenate([corners, corners[:1]]))
    return lines


def _scribble(rng: np.random.Generator) -> list[np.ndarray]:
    lines = []
    for _ in range(rng.integers(1, 10)):
        count = int(rng.integers(4, 60))
        way = np.cumsum(rng.normal(0, 1, count) * rng.uniform(0.1, 1) + rng.uniform(-0.3, 0.3))
        steps = np.stack([np.cos(way), np.sin(way)], 1) * rng.uniform(0.01, 0.08)
        lines.append(rng.uniform(0.1, 0.9, 2) + np.cumsum(steps, 0))
    return lines


def _hatching(rng: np.random.Generator) -> list[np.ndarray]:
    angle, count = rng.uniform(0, np.pi), int(rng.integers(5, 40))
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    places = np.linspace(-0.45, 0.45, count)[:, None, None] * across
    reach = rng.uniform(0.1, 0.5, (count, 1, 1))
    return list(0.5 + places + np.array([-1, 1])[:, None] * along * reach)


def _house(rng: np.random.Generator) -> list[np.ndarray]:
    eaves = rng.uniform(0.3, 0.5)
    wall = np.array([[0.1, eaves], [0.1, 1], [0.9, 1], [0.9, eaves], [0.1, eaves], [0.5, 0.0], [0.9, eaves]])
    lines = [wall]
    for _ in range(rng.integers(1, 5)):
        size = rng.uniform(0.05, 0.12, 2)
        box = np.concatenate([BOX, BOX[:1]]) * size + [rng.uniform(0.2, 0.8), rng.uniform(eaves + 0.1, 0.9)]
        lines.append(box)
        if rng.random() < 0.5:
            middle = box[:4].mean(0)
            lines.append(middle + np.array([[-1.0, 0], [1, 0]]) * size)
    return lines


def _flower(rng: np.random.Generator) -> list[np.ndarray]:
    count, middle, reach = int(rng.integers(4, 12)), np.array([0.5, 0.35]), rng.uniform(0.1, 0.22)
    lines = [oval((0.5, 0.35), np.full(2, reach * 0.6), rng)]
    for angle in np.linspace(0, 2 * np.pi, count, endpoint=False):
        place = middle + reach * 1.2 * np.array([np.cos(angle), np.sin(angle)])
        lines.append(oval((place[0], place[1]), np.full(2, reach * 0.55), rng))
    return [*lines, np.array([[0.5, 0.5], [0.5 + rng.uniform(-0.1, 0.1), 0.75], [0.5, 1]])]


def _person(rng: np.random.Generator) -> list[np.ndarray]:
    """A figure of sticks, its head a mere circle."""
    reach = rng.uniform(0.08, 0.15)
    arms = rng.uniform(-0.15, 0.2, 2)
    return [
        oval((0.5, 0.15), np.full(2, reach), rng),
        np.array([[0.5, 0.15 + reach], [0.5, 0.65]]),
        np.array([[0.2, 0.4 - arms[0]], [0.5, 0.4], [0.8, 0.4 - arms[1]]]),
        np.array([[0.3, 1], [0.5, 0.65], [0.7, 1]]),
    ]


def dust(ink: np.ndarray, rng: np.random.Generator) -> None:
    """Specks and grain that binarising left."""
    share = np.exp(rng.uniform(np.log(1e-5), np.log(0.01)))
    size = int(rng.integers(1, 4))
    small = rng.random((-(-ink.shape[0] // size), -(-ink.shape[1] // size))) < share
    spots = small.repeat(size, 0).repeat(size, 1)[: ink.shape[0], : ink.shape[1]].view(np.uint8)
    if rng.random() < 0.5:
        spots = spots & patches(ink.shape, rng, rng.uniform(0.1, 0.6))
    np.maximum(ink, spots, out=ink)


def shadow(ink: np.ndarray, rng: np.random.Generator) -> None:
    """The edge of a shadow, or all of it, read as ink."""
    field = patches(ink.shape, rng, rng.uniform(0.05, 0.35)) if rng.random() < 0.3 else np.zeros_like(ink)
    if not field.any():
        middle = float(rng.uniform(0, ink.shape[1])), float(rng.uniform(0, ink.shape[0]))
        blob = oval(middle, rng.uniform(0.1, 0.5, 2) * min(ink.shape), rng)
        fill(field, [blob])
    if rng.random() < 0.7:
        field = cv2.morphologyEx(field, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    elif rng.random() < 0.7:
        field &= patches(ink.shape, rng, rng.uniform(0.1, 0.8))
    np.maximum(ink, field, out=ink)


BOX = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
OTHERS = _figure, _scribble, _hatching, _house, _flower, _person
