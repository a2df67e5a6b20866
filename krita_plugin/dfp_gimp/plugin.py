"""What GIMP sees: the procedure, its place in the menu, and a run of it from the arguments to the face."""

from typing import Any

from . import arguments, texts
from .dialog import ask
from .drawing import chosen_layer, read
from .gimp import Gimp, GLib
from .making import Making
from .placing import put_faces
from .refusal import Refusal

NAME = "dfp-generate-face"
MENU = "<Image>/Filters/DeepFacePencil"
AUTHORS, YEAR = "DeepFacePencil", "2026"


class FacePlugIn(Gimp.PlugIn):
    """The plug-in; GIMP calls its methods by their names."""

    def do_query_procedures(self) -> list[str]:
        """The procedures that it has."""
        return [NAME]

    def do_set_i18n(self, _name: str) -> bool:
        """Texts come in the right language already."""
        return False

    def do_create_procedure(self, name: str) -> Any:
        """Describe one of them."""
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, run, None)
        procedure.set_image_types("*")
        procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.DRAWABLE)
        procedure.set_menu_label(texts.dialog.MENU)
        procedure.add_menu_path(MENU)
        procedure.set_documentation(texts.dialog.TIP, texts.dialog.HELP, None)
        procedure.set_attribution(AUTHORS, AUTHORS, YEAR)
        arguments.declare(procedure)
        return procedure


def run(procedure: Any, mode: Any, image: Any, drawables: "list[Any]", config: Any, _data: Any) -> Any:
    """Make a face of what is drawn on the layer; the answer to GIMP says whether that went well."""
    try:
        layer = chosen_layer(image, drawables)
        if mode == Gimp.RunMode.INTERACTIVE and not ask(procedure, config):
            return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
        making = Making(read(image, layer, arguments.said(config)))
        Gimp.progress_init(making.sentence)
        pairs = making.take(Gimp.progress_set_text, Gimp.progress_pulse)
        remarks = making.remarks + put_faces(pairs)
        Gimp.progress_end()
    except Refusal as refusal:
        return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, GLib.Error(str(refusal)))
    if remarks:
        Gimp.message(" ".join(remarks))
    return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)


def start(command: "list[str]") -> None:
    """Do what GIMP asks for on the command line."""
    Gimp.main(FacePlugIn.__gtype__, command)
