"""The dialog: GIMP's own for a procedure, with each colour beside the box that says whether it is meant."""

from typing import Any

from . import arguments, texts
from .gimp import windows

SPACING, COLUMNS = 6, 2


def ask(procedure: Any, config: Any) -> bool:
    """Let the painter set the arguments in `config`; False when she does not want a face."""
    ui, gtk = windows()
    ui.init(procedure.get_name())
    dialog = ui.ProcedureDialog.new(procedure, config, texts.dialog.TITLE)
    dialog.get_spin_scale("trust", 1.0)
    dialog.get_content_area().set_spacing(SPACING)
    dialog.fill(["trust", "frame", "form", "seed"])
    dialog.get_content_area().pack_start(_colours(ui, gtk, dialog, config), True, True, SPACING)
    try:
        return dialog.run()
    finally:
        dialog.destroy()


def _colours(ui: Any, gtk: Any, dialog: Any, config: Any) -> Any:
    """A frame with the six colours, in rows of two."""
    grid = gtk.Grid(row_spacing=SPACING, column_spacing=2 * SPACING, border_width=SPACING)
    for number, region in enumerate(arguments.COLOURS):
        used = dialog.get_widget(arguments.use(region), gtk.CheckButton)
        colour = dialog.get_color_widget(region, True, ui.ColorAreaType.FLAT)
        # The box says already whose colour it is.
        colour.get_label().set_no_show_all(True)
        colour.get_label().hide()
        dialog.set_sensitive(region, True, config, arguments.use(region), False)
        column, row = number % COLUMNS, number // COLUMNS
        grid.attach(used, 2 * column, row, 1, 1)
        grid.attach(colour, 2 * column + 1, row, 1, 1)
    frame = gtk.Frame(label=texts.dialog.COLOURS, tooltip_text=texts.dialog.COLOURS_TIP)
    frame.add(grid)
    frame.show_all()
    return frame
