"""Settings that can be watched: whoever depends on one is told when it has become another one."""

from dataclasses import replace
from typing import Any, Callable, Dict, Optional

from ..qt import QtCore


class Setting(QtCore.QObject):
    """One field of a group: its value now, and `changed` with the new value when that has become another one."""

    changed = QtCore.pyqtSignal(object)

    def __init__(self, group: "SettingGroup", name: str) -> None:
        super().__init__(group)
        self._group = group
        self._name = name
        self._last = self.value
        group.changed.connect(self._compare)

    @property
    def value(self) -> Any:
        """What holds now."""
        return getattr(self._group.values, self._name)

    def set(self, value: Any) -> None:
        """Let this hold from now on, and keep it where the group is kept."""
        self._group.keep(replace(self._group.values, **{self._name: value}))

    def _compare(self) -> None:
        before, self._last = self._last, self.value
        if self._last != before:
            self.changed.emit(self._last)


class SettingGroup(QtCore.QObject):
    """The settings of one frozen dataclass, kept together.

    `read` returns them as they are kept and `keep` keeps others, or raises why not. `kept` comes after the painter has
    set one, `changed` also when others hold for another reason (see `refresh`).
    """

    changed = QtCore.pyqtSignal()
    kept = QtCore.pyqtSignal()

    def __init__(self, read: Callable[[], Any], keep: Callable[[Any], None], parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self._read = read
        self._keep = keep
        self._settings: Dict[str, Setting] = {}

    @property
    def values(self) -> Any:
        """All of them as they are now."""
        return self._read()

    def setting(self, name: str) -> Setting:
        """One of them, by the name of its field."""
        if name not in self._settings:
            self._settings[name] = Setting(self, name)
        return self._settings[name]

    def keep(self, values: Any) -> None:
        """Let these hold from now on."""
        self._keep(values)
        self.kept.emit()
        self.changed.emit()

    def refresh(self) -> None:
        """Others may hold now: another picture has come to the front."""
        self.changed.emit()
