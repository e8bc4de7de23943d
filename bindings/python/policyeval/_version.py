# SPDX-License-Identifier: MIT
"""The library this package was written for. The build reads VERSION from here without importing the package."""

VERSION = "0.1.0"
ABI = 0
