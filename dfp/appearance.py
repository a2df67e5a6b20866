"""The colours that a painter wants: one for each region of a face, and those that she has painted place by place."""

REGIONS = ("skin", "hair", "lips", "eyes", "background", "clothes")
# Of the 19 classes those whose mean colour a region's is.
CLASSES_OF_REGIONS = ((1, 2), (13,), (11, 12), (4, 5), (0,), (18,))
COLOURS = 3 * len(REGIONS)  # red, green, blue of each in [-1, 1], one after the other
PAINTED_SIDE = 32  # of the map of painted colours
PAINTED_CHANNELS = 4  # red, green, blue in [-1, 1] times how far a place is painted, and that in [0, 1]
