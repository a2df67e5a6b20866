"""Two views of a face, and what of it is judged: its light, or its colours alone."""

import torch
import torch.nn.functional as F
from torch import Tensor

# Eyes, nose and mouth of an aligned face, in shares of the side: top, left and side of a square.
MIDDLE = (0.36, 0.28, 0.44)
ENLARGED = 2
LUMA = (0.299, 0.587, 0.114)  # of red, green and blue (BT.601)


def whole(pictures: Tensor) -> Tensor:
    """Pictures as they are."""
    return pictures


def middle(pictures: Tensor) -> Tensor:
    """N x C x S x S pictures or sketches -> eyes, nose and mouth, enlarged."""
    size = pictures.shape[-1]
    top, left, side = (round(share * size) for share in MIDDLE)
    part = pictures[..., top : top + side, left : left + side]
    if part.shape[1] == 1:
        return part.repeat_interleave(ENLARGED, -1).repeat_interleave(ENLARGED, -2)
    return F.interpolate(part, scale_factor=ENLARGED, mode="bilinear", align_corners=False)


def light(pictures: Tensor) -> Tensor:
    """N x 3 x S x S pictures -> the same in grey.

    No sketch says which colours a face has. Where features of colour pictures are compared or judged all the same,
    noses redden and lips turn violet: the picture that is nearest to the features of all photos is none of them.
    """
    weights = torch.tensor(LUMA, device=pictures.device, dtype=pictures.dtype).view(1, 3, 1, 1)
    return (pictures * weights).sum(1, keepdim=True).expand(-1, 3, -1, -1)


def colours(pictures: Tensor) -> Tensor:
    """N x 3 x S x S pictures -> what their grey lacks, zero where they are grey."""
    return pictures - light(pictures)


VIEWS = {"whole": whole, "middle": middle}
