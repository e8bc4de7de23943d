# SPDX-License-Identifier: MIT
"""Puts the library into the wheel.

POLICYEVAL_LIBRARY=FILE while building: the wheel holds that library and is tagged for this platform. Without it the
wheel is for any platform, and the package uses the library of the system. All else is in pyproject.toml."""

import os
import re
import shutil
import sys

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # setuptools before 70.1
    from wheel.bdist_wheel import bdist_wheel

LIBRARY = os.environ.get("POLICYEVAL_LIBRARY")
HERE = os.path.dirname(os.path.abspath(__file__))


def name():
    """What the package looks for beside itself first: NAMES of _library.py, which is not imported without a library."""
    with open(os.path.join(HERE, "policyeval", "_version.py"), encoding="utf-8") as file:
        abi = re.search(r"^ABI = (\d+)$", file.read(), re.M).group(1)
    if sys.platform == "darwin":
        return f"libpolicyeval.{abi}.dylib"
    return f"libpolicyeval-{abi}.dll" if os.name == "nt" else f"libpolicyeval.so.{abi}"


class WithLibrary(build_py):
    def run(self):
        super().run()
        if LIBRARY and not getattr(self, "editable_mode", False):
            folder = os.path.join(self.build_lib, "policyeval")
            self.mkpath(folder)
            shutil.copyfile(os.path.realpath(LIBRARY), os.path.join(folder, name()))


class WithBinary(Distribution):
    def has_ext_modules(self):
        return bool(LIBRARY)


class PlatformWheel(bdist_wheel):
    def get_tag(self):
        python, abi, platform = super().get_tag()
        # There is no extension module: any Python 3 can load the library.
        return ("py3", "none", platform)


setup(distclass=WithBinary, cmdclass={"build_py": WithLibrary, "bdist_wheel": PlatformWheel})
