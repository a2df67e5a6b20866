"""What there is in a face's picture: the 19 classes of CelebAMask-HQ, and the regions whose colours painters choose."""

from enum import IntEnum


class FaceClass(IntEnum):
    """A class of the label maps, by the name that CelebAMask-HQ gives it; where masks overlap the later lies above.

    Left and right are the person's own.
    """

    BACKGROUND = 0
    SKIN = 1
    NOSE = 2
    EYE_G = 3  # eyeglasses
    L_EYE = 4
    R_EYE = 5
    L_BROW = 6
    R_BROW = 7
    L_EAR = 8
    R_EAR = 9
    MOUTH = 10  # what is to be seen between the lips
    U_LIP = 11
    L_LIP = 12
    HAIR = 13
    HAT = 14
    EAR_R = 15  # earring
    NECK_L = 16  # necklace
    NECK = 17
    CLOTH = 18


# By index, as the data set's files are named.
CLASSES = tuple(each.name.lower() for each in FaceClass)

REGIONS = ("skin", "hair", "lips", "eyes", "background", "clothes")
# Of each region the classes whose mean colour its colour is.
CLASSES_OF_REGIONS = (
    (FaceClass.SKIN, FaceClass.NOSE),
    (FaceClass.HAIR,),
    (FaceClass.U_LIP, FaceClass.L_LIP),
    (FaceClass.L_EYE, FaceClass.R_EYE),
    (FaceClass.BACKGROUND,),
    (FaceClass.CLOTH,),
)
# Of each class the region in whose colour it is drawn. Nobody says which colour teeth, hats and jewels have; through
# glasses one sees skin.
REGION_OF_CLASS = {
    FaceClass.BACKGROUND: "background",
    FaceClass.SKIN: "skin",
    FaceClass.NOSE: "skin",
    FaceClass.EYE_G: "skin",
    FaceClass.L_EYE: "eyes",
    FaceClass.R_EYE: "eyes",
    FaceClass.L_BROW: "hair",
    FaceClass.R_BROW: "hair",
    FaceClass.L_EAR: "skin",
    FaceClass.R_EAR: "skin",
    FaceClass.U_LIP: "lips",
    FaceClass.L_LIP: "lips",
    FaceClass.HAIR: "hair",
    FaceClass.NECK: "skin",
    FaceClass.CLOTH: "clothes",
}
