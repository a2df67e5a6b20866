"""One plugin for PyQt5 and PyQt6: what only PyQt5 knows is nowhere written down, in the plugin or in its scenarios.

Read from the sources, so that it is found by a machine that has Krita 5 alone.
"""

import ast
from collections.abc import Iterator

import pytest
from krita_root import HERE, REPOSITORY

PLUGIN = REPOSITORY / "krita_plugin" / "dfp_krita"
CHOICE = PLUGIN / "qt.py"
SOURCES = [*sorted(PLUGIN.rglob("*.py")), *sorted((HERE / "scenario_plugin").rglob("*.py"))]
# How many names lead to a member of an enum: QtCore.Qt.AlignmentFlag.AlignLeft has four, and PyQt6 needs all of them.
MODULE, CLASS, ENUM = 1, 2, 3
MODULES = ("QtCore", "QtGui", "QtWidgets", "QtTest", "QtNetwork")
MOVED = {("QtWidgets", name) for name in ("QAction", "QActionGroup", "QShortcut", "QUndoCommand", "QUndoStack")}
# Of events, pictures, dialogs and the like; `pos` and `exec` are there in both.
GONE = {"exec_", "byteCount", "localPos", "screenPos", "windowPos", "globalPos", "globalX", "globalY", "QRegExp"}


def isms(source: str) -> "list[str]":
    """What of a source PyQt6 does not know, each with its line."""
    tree = ast.parse(source)
    return [f"line {line}: {name}" for line, name in sorted({*_unscoped(tree), *_gone(tree), *_bindings(tree)})]


def _unscoped(tree: ast.AST) -> "Iterator[tuple[int, str]]":
    """Members that are read off a class, not off their enum. A name may stand for a class or for an enum."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    around = dict.fromkeys(MODULES, MODULE) | {"Qt": CLASS}
    for nodes in _scopes(tree):
        depths = _with_aliases(around, nodes)
        # The first scope is the module's own.
        around = around if isinstance(nodes[0], ast.FunctionDef) else depths
        for node in nodes:
            parent = parents.get(node)
            if _depth(node, depths) != ENUM or isinstance(parent, ast.Attribute):
                continue
            called = isinstance(parent, ast.Call) and parent.func is node
            if not called and not _is_given_a_name(node, parents):
                yield node.lineno, ast.unparse(node)  # pyright: ignore[reportAttributeAccessIssue]


def _scopes(tree: ast.AST) -> "Iterator[list[ast.AST]]":
    """The nodes of the module outside of its functions, then those of each function with what it holds."""
    outside, functions, waiting = [], [], [tree]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.FunctionDef):
            functions.append(node)
        else:
            outside.append(node)
            waiting += ast.iter_child_nodes(node)
    yield outside
    yield from (list(ast.walk(function)) for function in functions)


def _with_aliases(around: "dict[str, int]", nodes: "list[ast.AST]") -> "dict[str, int]":
    """What names stand for in a scope, as depths."""
    depths = dict(around)
    for node in nodes:
        for name, value in _given(node):
            depth = _depth(value, depths)
            depths.pop(name, None)
            if depth is not None:
                depths[name] = depth
    return depths


def _given(node: ast.AST) -> "Iterator[tuple[str, ast.expr]]":
    """Names that a statement gives to expressions, pair by pair."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    for target in targets:
        pairs = [(target, node.value)]  # pyright: ignore[reportAttributeAccessIssue]
        if isinstance(target, ast.Tuple) and isinstance(pairs[0][1], ast.Tuple):
            pairs = list(zip(target.elts, pairs[0][1].elts, strict=True))
        yield from ((name.id, value) for name, value in pairs if isinstance(name, ast.Name) and value is not None)


def _is_given_a_name(node: ast.AST, parents: "dict[ast.AST, ast.AST]") -> bool:
    """Whether an enum gets a shorter name here; how that is used is looked at by itself. Names' targets count, too."""
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return True
    parent = parents[node]
    given = _given(parents[parent] if isinstance(parent, ast.Tuple) else parent)
    return isinstance(node, ast.Attribute) and any(value is node for _, value in given)


def _depth(node: ast.AST, depths: "dict[str, int]") -> "int | None":
    """How many names lead to what an expression says; None when it is no name of Qt."""
    if isinstance(node, ast.Name):
        return depths.get(node.id)
    if isinstance(node, ast.Attribute):
        below = _depth(node.value, depths)
        return None if below is None else below + 1
    return None


def _gone(tree: ast.AST) -> "Iterator[tuple[int, str]]":
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            home = node.value.id if isinstance(node.value, ast.Name) else ""
            if node.attr in GONE or (home, node.attr) in MOVED:
                yield node.lineno, node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "scaled":
            # PyQt5 takes a number for a member.
            yield from ((node.lineno, "scaled") for given in node.args[2:] if isinstance(given, ast.Constant))


def _bindings(tree: ast.AST) -> "Iterator[tuple[int, str]]":
    """Imports of one PyQt, which the other Krita refuses."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
        yield from ((node.lineno, name) for name in names if name.startswith("PyQt"))  # pyright: ignore


def test_pyqt6_knows_every_name() -> None:
    found = {str(file.relative_to(REPOSITORY)): isms(file.read_text()) for file in SOURCES if file != CHOICE}
    assert len(found) > 100
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("label.setAlignment(QtCore.Qt.AlignLeft)", "QtCore.Qt.AlignLeft"),
        ("picture.fill(Qt.transparent)", "Qt.transparent"),
        ("image = QtGui.QImage(data, 1, 1, QtGui.QImage.Format_ARGB32)", "QtGui.QImage.Format_ARGB32"),
        ("a, smooth = 1, QtCore.Qt.SmoothTransformation\npicture.scaled(2, 2, smooth)", "smooth"),
        ("Image = QtGui.QImage\nImage(data, 1, 1, Image.Format_ARGB32)", "Image.Format_ARGB32"),
        ("flags = QtCore.Qt.AlignTop | QtCore.Qt.AlignLeft", "QtCore.Qt.AlignTop"),
        ("dialog.exec_()", "exec_"),
        ("bits.setsize(image.byteCount())", "byteCount"),
        ("picture.scaled(12, 12, 0, 1)", "scaled"),
        ("QtWidgets.QAction('Save', window)", "QAction"),
        ("from PyQt5.QtCore import QTimer", "PyQt5.QtCore"),
        ("core = import_module('PyQt5.QtCore')", "PyQt5.QtCore"),
    ],
)
def test_what_only_pyqt5_knows_is_found(source: str, found: str) -> None:
    assert any(said.endswith(f": {found}") for said in isms(source)), isms(source)


@pytest.mark.parametrize(
    "source",
    [
        "label.setAlignment(QtCore.Qt.AlignmentFlag.AlignTop | QtCore.Qt.AlignmentFlag.AlignLeft)",
        "kinds = QtCore.QEvent.Type\nUP = (kinds.KeyRelease, kinds.TouchEnd)",
        "QtCore.QTimer.singleShot(0, self.step)",
        "class Panel(QtWidgets.QWidget):\n    changed = QtCore.pyqtSignal(object)",
        "mode, smooth = QtCore.Qt.AspectRatioMode.KeepAspectRatio, QtCore.Qt.TransformationMode.SmoothTransformation",
    ],
)
def test_what_both_know_is_left_alone(source: str) -> None:
    assert isms(source) == []
