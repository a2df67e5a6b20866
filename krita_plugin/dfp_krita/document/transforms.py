"""How a picture was changed as a whole, told from where its layers lay before and lie now. Plain Python.

Krita tells nobody that it has cropped, scaled, turned or mirrored a picture, and an undo takes it back as silently. So
whatever has a place in the picture keeps, beside the place, where some layers lay at that moment.
"""

import math
from typing import Dict, List, NamedTuple, Tuple

from .geometry import Rect

# What scaling and rounding may move an edge by, in pixels and as a share of the longer side.
SLACK, SLACK_SHARE = 2.0, 0.015


class Layer(NamedTuple):
    """Where a layer was moved to, and where it has pixels."""

    left: int
    top: int
    bounds: Rect


class Anchors(NamedTuple):
    """The canvas, and some of its layers by their ids."""

    canvas: Tuple[int, int]
    layers: Dict[str, Layer]


# Layers as they were then and are now.
Pairs = List[Tuple[Layer, Layer]]


class Transform(NamedTuple):
    """From a place then to the place now: (x, y) -> (xx x + xy y + right, yx x + yy y + down)."""

    xx: float
    xy: float
    yx: float
    yy: float
    right: float
    down: float

    def apply(self, then: Rect) -> Rect:
        """Where a place of then is now."""
        corners = [(then.left, then.top), (then.left + then.width, then.top + then.height)]
        xs = sorted(self.xx * x + self.xy * y + self.right for x, y in corners)
        ys = sorted(self.yx * x + self.yy * y + self.down for x, y in corners)
        left, top = round(xs[0]), round(ys[0])
        return Rect(left, top, max(1, round(xs[1]) - left), max(1, round(ys[1]) - top))

    def turned(self, turn: float) -> float:
        """By how many degrees, clockwise, what was turned by so many then is turned now."""
        across, up = math.sin(math.radians(turn)), -math.cos(math.radians(turn))
        right, down = self.xx * across + self.xy * up, self.yx * across + self.yy * up
        return round(math.degrees(math.atan2(right, -down)), 3)

    @property
    def only_moves(self) -> bool:
        """Whether it only moves things."""
        return self[:4] == (1, 0, 0, 1)

    @property
    def keeps_shapes(self) -> bool:
        """Whether it scales both ways alike."""
        across, down = sorted((abs(self.xx) + abs(self.yx), abs(self.xy) + abs(self.yy)))
        return down - across <= SLACK_SHARE * down


IDENTITY = Transform(1, 0, 0, 1, 0, 0)


def likely_transforms(then: Anchors, now: Anchors) -> List[Transform]:
    """What may have happened to the picture: whatever explains where most of the layers are now, the plainest first."""
    known = [(layer, now.layers[id]) for id, layer in then.layers.items() if id in now.layers]
    # A layer that fills the canvas does so after everything.
    telling = [pair for pair in known if not _fills(pair[0].bounds, then.canvas) and not pair[0].bounds.empty]
    plain = [IDENTITY] if then.canvas == now.canvas else []
    plain += [*_translations(known), *_turned(then.canvas, now.canvas)]
    found = [(transform, _explained(transform, telling, now.canvas)) for transform in plain]
    for before, after in telling:
        for transform in _fitted(before.bounds, after.bounds) if not after.bounds.empty else []:
            # It explains its own layer in any case: of one that was drawn on since, it would make a scaled picture.
            counts = then.canvas != now.canvas and transform.keeps_shapes
            found.append((transform, _explained(transform, telling, now.canvas) - (not counts)))
    best = max((score for _, score in found), default=0)
    if best:
        return [transform for transform, score in found if score == best]
    return [_unexplained(then.canvas, now.canvas, known, telling)]


def _unexplained(then: Tuple[int, int], now: Tuple[int, int], known: Pairs, telling: Pairs) -> Transform:
    """What is the likeliest when every layer was drawn on since, or the picture turned by an odd angle."""
    if then == now or not telling:
        return IDENTITY
    moves = _translations(known)
    if len(moves) == 1 and moves[0] != IDENTITY:
        return moves[0]
    scaled = _turned(then, now)[0]
    # Turned by an odd angle, the middle at least stays the middle.
    return scaled if scaled.keeps_shapes else _middles(telling)


def _turned(then: Tuple[int, int], now: Tuple[int, int]) -> List[Transform]:
    """Scaled, mirrored, turned by quarters."""
    (width, height), (wide, high) = now, then
    across, down = width / wide, height / high
    found = [Transform(across, 0, 0, down, 0, 0)]
    found += [Transform(-across, 0, 0, down, width, 0), Transform(across, 0, 0, -down, 0, height)]
    found.append(Transform(-across, 0, 0, -down, width, height))
    across, down = width / high, height / wide
    found += [Transform(0, -across, down, 0, width, 0), Transform(0, across, -down, 0, 0, height)]
    return [*found, Transform(0, across, down, 0, 0, 0), Transform(0, -across, -down, 0, width, height)]


def _translations(known: Pairs) -> List[Transform]:
    """Cropped, or given more room: Krita moves every layer by as much, and that is seen whatever was drawn since."""
    moves = [(after.left - before.left, after.top - before.top) for before, after in known]
    often = sorted(set(moves), key=lambda move: (-moves.count(move), move))
    return [Transform(1, 0, 0, 1, *move) for move in often]


def _fitted(before: Rect, after: Rect) -> List[Transform]:
    """Several things one after the other, told by one layer alone, with each way to turn and mirror it."""
    turned = _turned((before.width, before.height), (after.width, after.height))
    return [
        transform._replace(
            right=transform.right + after.left - transform.xx * before.left - transform.xy * before.top,
            down=transform.down + after.top - transform.yx * before.left - transform.yy * before.top,
        )
        for transform in turned
    ]


def _middles(telling: Pairs) -> Transform:
    before, after = (pair.bounds for pair in telling[0])
    right = after.left + after.width / 2 - before.left - before.width / 2
    down = after.top + after.height / 2 - before.top - before.height / 2
    return Transform(1, 0, 0, 1, right, down)


def _fills(bounds: Rect, canvas: Tuple[int, int]) -> bool:
    whole = Rect(0, 0, *canvas)
    return bounds.inside(whole) == whole


def _explained(transform: Transform, pairs: Pairs, canvas: Tuple[int, int]) -> int:
    """How many layers are where they would be."""
    return sum(_explains(transform, *pair, canvas) for pair in pairs)


def _explains(transform: Transform, before: Layer, after: Layer, canvas: Tuple[int, int]) -> bool:
    """Whether the layer is where it would be; what crossed the canvas may have been cut."""
    place = transform.apply(before.bounds)
    slack = SLACK + SLACK_SHARE * place.longer
    return any(
        all(abs(one - other) <= slack for one, other in zip(_edges(wanted), _edges(after.bounds)))
        for wanted in (place, place.inside(Rect(0, 0, *canvas)))
    )


def _edges(place: Rect) -> Tuple[int, int, int, int]:
    return place.left, place.top, place.left + place.width, place.top + place.height
