"""Stands in for ctypes.macholib, which Debian leaves out and ctypes.util asks for on macOS."""


def dyld_find(name, executable_path=None, env=None):
    raise ValueError(f"dylib {name} could not be found")


def framework_find(name, executable_path=None, env=None):
    raise ValueError(f"framework {name} could not be found")
