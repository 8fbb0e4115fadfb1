"""The plain playbook's steps as pyinfra has them: there is an operation for each."""

from __future__ import annotations

from pyinfra import host
from pyinfra.operations import brew, files, pip, server

PREFIX = "/opt/homebrew"
ENVIRONMENT = "/opt/plain/tensorflow"
GPU = 'import tensorflow as tf; assert tf.config.list_physical_devices("GPU")'

server.shell(
    name="The Command Line Tools are there",
    commands=["/usr/bin/xcode-select -p"],
)
brew.packages(
    name="Python and libomp are there",
    packages=["python@3.11", "libomp"],
    _env={"PATH": f"{PREFIX}/bin:/usr/bin:/bin:/usr/sbin:/sbin"},
)
files.directory(
    name="The folder is there",
    path="/opt/plain",
    user=host.data.ssh_user,
    mode="0755",
    _sudo=True,
)
pip.venv(
    name="The environment is there",
    path=ENVIRONMENT,
    python=f"{PREFIX}/opt/python@3.11/bin/python3.11",
)
pip.packages(
    name="TensorFlow and its plugin are there",
    packages=host.data.plain_packages,
    virtualenv=ENVIRONMENT,
    extra_install_args=host.data.plain_from,
)
if host.data.plain_verifies:
    server.shell(name="The GPU is listed", commands=[f"{ENVIRONMENT}/bin/python -c '{GPU}'"])
