"""Widgets that show and set one setting: that is all a new one needs to be seen."""

from typing import Any, Dict

from ..qt import QtCore, QtWidgets
from ..settings.observed import Setting
from .widgets import NARROWEST


class Toggle(QtWidgets.QPushButton):
    """A button that is down while the setting is on."""

    def __init__(self, setting: Setting, text: str, tip: str, name: str) -> None:
        super().__init__(text, objectName=name)
        self.setToolTip(tip)
        self.setCheckable(True)
        self.setMinimumWidth(NARROWEST)
        self.show_value(setting.value)
        self.clicked.connect(lambda *_: setting.set(self.isChecked()))
        setting.changed.connect(self.show_value)

    def show_value(self, value: bool) -> None:
        """Show a value that is set already. A method of its own, because Qt's would outlive the button."""
        self.setChecked(value)


class Choice(QtWidgets.QComboBox):
    """One of several values, each with the text that is shown for it."""

    def __init__(self, setting: Setting, shown: Dict[str, str], tip: str, name: str) -> None:
        super().__init__(objectName=name)
        self._values = list(shown)
        self.addItems(list(shown.values()))
        self.setToolTip(tip)
        self.setMinimumWidth(NARROWEST)
        self.setSizeAdjustPolicy(QtWidgets.QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.show_value(setting.value)
        # Only what the painter does; what is shown is set already.
        self.activated.connect(lambda number: setting.set(self._values[number]))
        setting.changed.connect(self.show_value)

    def show_value(self, value: str) -> None:
        """Show a value that is set already."""
        self.setCurrentIndex(self._values.index(value))


class Slider(QtWidgets.QSlider):
    """A number from -1 to 1 in `steps` to each side; a double click leads back to the middle."""

    def __init__(self, setting: Setting, steps: int, tip: str, name: str) -> None:
        super().__init__(QtCore.Qt.Orientation.Horizontal, objectName=name)
        self._steps = steps
        self.setRange(-steps, steps)
        self.setTickInterval(steps)
        self.setTickPosition(QtWidgets.QSlider.TickPosition.TicksBelow)
        self.setToolTip(tip)
        self.show_value(setting.value)
        self.valueChanged.connect(lambda value: setting.set(value / steps))
        setting.changed.connect(self.show_value)

    def mouseDoubleClickEvent(self, _: Any) -> None:
        """Back to the middle."""
        self.setValue(0)

    def show_value(self, value: float) -> None:
        """Show a value that is set already."""
        if not self.isSliderDown():
            self.blockSignals(True)
            self.setValue(round(value * self._steps))
            self.blockSignals(False)
