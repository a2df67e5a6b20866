"""Two hundred and ten sheets as people have them, made on the spot: ten of each kind, known by their numbers."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from dfp.sketch.frame import Frame

from . import dry, paper
from .canvas import EXAMPLES, Canvas, Sheet, as_bytes, placed
from .heads import HAIR, Looks, face_outline, hair_outline, head

EACH = 10
FROM_FRONT = 0, 1, 2, 3, 4, 5, 7, 8  # examples that neither turn nor wear their hair up
SKINS = (255, 220, 190), (255, 235, 215), (225, 175, 140), (170, 115, 85), (240, 200, 180)
HAIRS = (95, 60, 40), (190, 140, 80), (60, 50, 50), (150, 60, 40)

Rng = np.random.Generator


def blank(rng: Rng) -> Canvas:
    """A sheet of some size and white."""
    sizes = ((1200, 1600), (1000, 1000), (1600, 1200), (800, 1100))
    width, height = sizes[rng.integers(len(sizes))]
    return Canvas(width, height, rng.uniform(225, 255))


def somewhere(rng: Rng, canvas: Canvas, share: tuple[float, float] = (0.5, 0.8)) -> Frame:
    """A place for one head that leaves room around it."""
    height, width = canvas.shape
    side = int(min(height, width) * rng.uniform(*share))
    room = int(0.1 * side)
    left = int(rng.integers(room, max(room + 1, width - side - room)))
    top = int(rng.integers(room, max(room + 1, height - side - room)))
    return Frame(left, top, side, side)


def one(rng: Rng, canvas: Canvas, place: Frame, number: int, turn: float = 0.0) -> None:
    """Draw a head from the front: by turns one of the examples and one of shapes."""
    if number % 2:
        canvas.example(FROM_FRONT[rng.integers(len(FROM_FRONT))], place, turn)
    else:
        looks = Looks(hair=HAIR[rng.integers(3)], neck=bool(rng.random() < 0.8))
        width = place.width * rng.uniform(0.003, 0.009)
        canvas.head(head(rng, looks), place, width, rng.uniform(0.6, 1), turn)


def clean(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    one(rng, canvas, somewhere(rng, canvas), number)
    return canvas.sheet("clean")


def grid(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    tone = 0.82 if number < 5 else rng.uniform(0.65, 0.9)
    paper.ruled(canvas.page, int(rng.integers(24, 60)) if number else 40, tone, True, int(rng.integers(20)))
    one(rng, canvas, somewhere(rng, canvas), number)
    return canvas.sheet("grid")


def notebook(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    tone = 0.7 if number < 5 else rng.uniform(0.55, 0.85)
    paper.ruled(canvas.page, int(rng.integers(35, 70)), tone, False, int(rng.integers(60, 120)))
    if number % 3 == 0:
        canvas.page[:, 90:92] *= (1, 0.6, 0.6)
    one(rng, canvas, somewhere(rng, canvas), number)
    sheet = canvas.sheet("notebook")
    if number < 7:
        return sheet
    askew = rng.uniform(-3, 3)
    picture = paper.turned(sheet.pixels.astype(np.float32), askew)
    lines = paper.turned(sheet.lines.astype(np.float32), askew) > 0.3
    heads = tuple(about(canvas, place, askew) for place in sheet.heads)
    return Sheet("notebook", as_bytes(picture), heads, (-askew,), lines)


def about(canvas: Canvas, place: Frame, askew: float) -> Frame:
    """Where a head's square is on a sheet that lies askew."""
    height, width = canvas.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), askew, paper.NEARER)
    x, y = matrix @ (place.left + place.width / 2, place.top + place.width / 2, 1)
    side = round(place.width * paper.NEARER)
    return Frame(round(x - side / 2), round(y - side / 2), side, side)


def edge(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    one(rng, canvas, inner(rng, canvas), number)
    return dark_edge(canvas, "dark strip", "lrtb"[number % 4], rng, number)


def desk(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    one(rng, canvas, inner(rng, canvas), number)
    return dark_edge(canvas, "dark all round", "lrtb", rng, number)


def inner(rng: Rng, canvas: Canvas) -> Frame:
    """A place well away from the sheet's edges."""
    height, width = canvas.shape
    side = int((min(height, width) - 160) * rng.uniform(0.6, 0.85))
    return Frame(int(rng.integers(80, width - side - 79)), int(rng.integers(80, height - side - 79)), side, side)


def dark_edge(canvas: Canvas, kind: str, sides: str, rng: Rng, number: int) -> Sheet:
    sheet = canvas.sheet(kind)
    slant = int(rng.integers(-15, 15)) if number >= 5 else 0
    dark = rng.uniform(20, 110)
    picture = paper.strip(
        sheet.pixels.astype(np.float32), 60 if number < 5 else int(rng.integers(25, 70)), dark, sides, slant
    )
    if number % 2:
        picture = paper.camera(rng, picture, 2)
    return Sheet(kind, as_bytes(picture), sheet.heads, sheet.turns, sheet.lines)


def shadow(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    one(rng, canvas, somewhere(rng, canvas), number)
    sheet = canvas.sheet("shadow")
    picture = paper.shadow(rng, sheet.pixels.astype(np.float32), 0.55 if number < 5 else rng.uniform(0.45, 0.75))
    return Sheet("shadow", as_bytes(picture), sheet.heads, sheet.turns, sheet.lines)


def phone(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    one(rng, canvas, somewhere(rng, canvas), number)
    canvas.ink = paper.grain(rng, canvas.ink)
    sheet = canvas.sheet("phone", dark=70)
    picture = paper.camera(rng, paper.lamp(rng, sheet.pixels.astype(np.float32)), rng.uniform(2, 6))
    return Sheet("phone", as_bytes(picture), sheet.heads, sheet.turns, sheet.lines)


def skin(rng: Rng, number: int) -> Sheet:
    """Flat colours under the lines; by turns hair that nothing else outlines."""
    canvas = blank(rng)
    place = somewhere(rng, canvas)
    looks = Looks(hair="none" if number % 2 else "short")
    canvas.fill(placed(face_outline(looks), place), SKINS[number % len(SKINS)], edge=number % 2 == 0)
    if number % 2:
        canvas.fill(placed(hair_outline(looks), place), HAIRS[number % len(HAIRS)], edge=True)
    canvas.head(head(rng, looks), place, place.width * rng.uniform(0.004, 0.01))
    return canvas.sheet("skin fill")


def border(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    one(rng, canvas, inner(rng, canvas), number)
    sheet = canvas.sheet("border")
    picture, width = sheet.pixels.copy(), 6 if number < 5 else int(rng.integers(2, 12))
    away = 0 if number < 5 else int(rng.integers(0, 30))
    high, wide = canvas.shape
    cv2.rectangle(
        picture, (away, away), (wide - 1 - away, high - 1 - away), (0, 0, 0), 2 * width - 1 if not away else width
    )
    return Sheet("border", picture, sheet.heads, sheet.turns, sheet.lines)


def brush(rng: Rng, number: int) -> Sheet:
    """15 to 40 pixels on a head of 1000, as far as this goes on a sheet."""
    canvas = Canvas(1400, 1400, 255)
    side = 1000
    place = Frame(int(rng.integers(100, 300)), int(rng.integers(100, 300)), side, side)
    canvas.head(head(rng, Looks(hair=HAIR[number % 3])), place, (15, 20, 25, 30, 40)[number % 5])
    return canvas.sheet("brush")


def two(rng: Rng, number: int) -> Sheet:
    canvas = Canvas(1600, 1100, 245)
    for left in (60, 860):
        side = int(rng.integers(540, 690))
        one(
            rng,
            canvas,
            Frame(left + int(rng.integers(0, 690 - side + 1)), int(rng.integers(40, 380)), side, side),
            number,
        )
    return canvas.sheet("two faces")


def six(rng: Rng, number: int) -> Sheet:
    canvas = Canvas(1600, 1150, 245)
    for place in range(6):
        side = int(rng.integers(360, 460))
        left, top = place % 3 * 520 + 40, place // 3 * 560 + 50
        one(rng, canvas, Frame(left + int(rng.integers(0, 40)), top + int(rng.integers(0, 40)), side, side), number)
    return canvas.sheet("six faces")


def write(rng: Rng, canvas: Canvas, left: int, top: int, right: int, bottom: int) -> None:
    """Lines of text in a box."""
    layer = np.zeros(canvas.shape, np.uint8)
    size = rng.uniform(0.8, 1.6)
    letters = "abcdefghiklmnoprstuvwz    ABDEKMS"
    for y in range(top + int(30 * size), bottom, int(45 * size)):
        words = "".join(letters[i] for i in rng.integers(0, len(letters), int((right - left) / (19 * size))))
        cv2.putText(layer, words, (left, y), cv2.FONT_HERSHEY_SIMPLEX, size, 255, max(1, int(2 * size)), cv2.LINE_AA)
    np.maximum(canvas.ink, layer / np.float32(255), out=canvas.ink)
    canvas.lines |= (layer > 127).view(np.uint8)


def text_beside(rng: Rng, number: int) -> Sheet:
    canvas = Canvas(1600, 1000, 245)
    side = int(rng.integers(600, 850))
    one(rng, canvas, Frame(40, int(rng.integers(40, 120)), side, side), number)
    write(rng, canvas, 950, 120, 1560, 900)
    return canvas.sheet("text beside")


def hair_up(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    place = somewhere(rng, canvas, (0.5, 0.65))
    place = Frame(place.left, place.top + int(0.12 * place.width), place.width, place.width)
    if number % 2:
        canvas.example(EXAMPLES.index(EXAMPLES[9]), place)
    else:
        canvas.head(head(rng, Looks(hair=("bun", "tail")[number // 2 % 2])), place, place.width * 0.006)
    return canvas.sheet("bun, tail")


def turned(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    place = somewhere(rng, canvas, (0.5, 0.7))
    if number % 3 == 0:
        canvas.example(6, place)
    else:
        side = 1 if number % 2 else -1
        looks = Looks(hair=("short", "long", "tail")[number % 3], turned=side * rng.uniform(0.4, 1))
        canvas.head(head(rng, looks), place, place.width * 0.006, turned=looks.turned)
    return canvas.sheet("turned")


def tilted(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    degrees = rng.uniform(12, 45) * (1 if number % 4 < 2 else -1)
    place = somewhere(rng, canvas, (0.45, 0.6))
    one(rng, canvas, place, number, degrees)
    return canvas.sheet("tilted")


def house(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    place = somewhere(rng, canvas)
    shapes = [
        [(0.1, 0.45), (0.9, 0.45), (0.9, 0.95), (0.1, 0.95), (0.1, 0.45), (0.5, 0.1), (0.9, 0.45)],
        [(0.42, 0.95), (0.42, 0.7), (0.58, 0.7), (0.58, 0.95)],
    ]
    for x in (0.2, 0.68):
        shapes.append([(x, 0.55), (x + 0.13, 0.55), (x + 0.13, 0.68), (x, 0.68), (x, 0.55)])
    if number % 2:
        shapes.append([(0.7, 0.27), (0.7, 0.1), (0.78, 0.1), (0.78, 0.34)])
    canvas.strokes([placed(np.array(shape, float), place) for shape in shapes], place.width * 0.008)
    return canvas.sheet("house")


def noise(rng: Rng, number: int) -> Sheet:
    """Scribbles, or the noise of a camera that saw nothing."""
    canvas = blank(rng)
    height, width = canvas.shape
    if number % 2:
        walks = rng.normal(0, 1, (int(rng.integers(3, 12)), 120, 2)).cumsum(1).cumsum(1)
        walks *= 0.1 * height / np.abs(walks).max((1, 2), keepdims=True)
        starts = rng.uniform(0.2, 0.8, (len(walks), 1, 2)) * (width, height)
        canvas.strokes(list(walks + starts), rng.uniform(2, 8))
        return canvas.sheet("noise")
    page = canvas.sheet("noise")
    return Sheet("noise", as_bytes(paper.camera(rng, page.pixels.astype(np.float32), 40)), (), (), page.lines)


def text(rng: Rng, number: int) -> Sheet:
    canvas = blank(rng)
    height, width = canvas.shape
    write(rng, canvas, 80, 80, width - 80, height - 80)
    return canvas.sheet("text")


def profile(rng: Rng, number: int) -> Sheet:
    """A head from the side: nobody who looks out of the sheet."""
    canvas = blank(rng)
    place = somewhere(rng, canvas)
    line = [(0.62, 0.12), (0.72, 0.25), (0.74, 0.4), (0.72, 0.45), (0.84, 0.6), (0.76, 0.63), (0.78, 0.7), (0.74, 0.72)]
    line += [(0.77, 0.77), (0.72, 0.8), (0.74, 0.88), (0.66, 0.93), (0.45, 0.85), (0.44, 1.0)]
    back = [(0.62, 0.12), (0.4, 0.06), (0.2, 0.15), (0.1, 0.4), (0.18, 0.65), (0.25, 0.8), (0.2, 1.0)]
    eye, brow = [(0.7, 0.46), (0.62, 0.44), (0.6, 0.47), (0.69, 0.49)], [(0.73, 0.4), (0.65, 0.37), (0.58, 0.39)]
    ear = [(0.38, 0.48), (0.33, 0.44), (0.3, 0.5), (0.34, 0.6), (0.38, 0.58)]
    strokes = [np.array(shape, float) for shape in (line, back, eye, brow, ear)]
    if number % 2:
        strokes = [np.stack([1 - stroke[:, 0], stroke[:, 1]], 1) for stroke in strokes]
    canvas.strokes([placed(stroke, place) for stroke in strokes], place.width * rng.uniform(0.004, 0.01))
    return canvas.sheet("profile")


def dry_brush(rng: Rng, number: int) -> Sheet:
    """From hardly dry to a few hairs that scratch."""
    size = (512, 700, 1000, 1000, 1400)[number % 5]
    canvas = Canvas(size, size, 245)
    place = somewhere(rng, canvas, (0.7, 0.8))
    width = place.width * (0.016, 0.03, 0.022, 0.04, 0.026, 0.022, 0.04, 0.026, 0.016, 0.03)[number % 10]
    strokes = head(rng, Looks(hair=HAIR[number % 3]))
    canvas.head([], place, width)
    dry.lay(rng, canvas, [placed(stroke, place) for stroke in strokes], width, (-0.3, 0.1, 0.4, 0.7)[number % 4])
    return canvas.sheet("dry brush", dark=(30, 90)[number % 2])


KINDS: dict[str, Callable[[Rng, int], Sheet]] = {
    "clean": clean,
    "grid": grid,
    "notebook": notebook,
    "dark strip": edge,
    "dark all round": desk,
    "shadow": shadow,
    "phone": phone,
    "skin fill": skin,
    "border": border,
    "brush": brush,
    "two faces": two,
    "six faces": six,
    "text beside": text_beside,
    "bun, tail": hair_up,
    "turned": turned,
    "tilted": tilted,
    "house": house,
    "noise": noise,
    "text": text,
    "profile": profile,
    "dry brush": dry_brush,
}


def sheet(kind: str, number: int) -> Sheet:
    """One sheet; the same one for the same kind and number (0 to EACH - 1)."""
    return KINDS[kind](np.random.default_rng([list(KINDS).index(kind), number]), number)


def sheets(each: int = EACH, kinds: "tuple[str, ...] | None" = None) -> Iterator[Sheet]:
    """The first `each` sheets of some kinds, or of all."""
    for kind in kinds or KINDS:
        for number in range(each):
            yield sheet(kind, number)
