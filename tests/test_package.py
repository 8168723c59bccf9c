"""A built wheel holds every file of the package that the repository has."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from bot.settings import ROOT

_NOT_KEPT = ("__pycache__", "*.pyc")


def test_a_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "bot", tmp_path / "bot", ignore=shutil.ignore_patterns(*_NOT_KEPT))
    build = "from setuptools import build_meta; build_meta.build_wheel('dist')"
    subprocess.run([sys.executable, "-W", "ignore", "-c", build], cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    wanted = {
        path.relative_to(tmp_path).as_posix()
        for folder in ("policies", "demo", "maps", "templates", "static", "data", "versions")
        for parent in (tmp_path / "bot").rglob(folder)
        for path in parent.rglob("*")
        if path.is_file()
    }
    assert len(wanted) > 40
    assert wanted <= held
    assert {"bot/desk/wording.yml", "bot/storage/migrations/script.py.mako", "bot/cli.py"} <= held
