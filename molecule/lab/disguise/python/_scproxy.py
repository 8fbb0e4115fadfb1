"""Stands in for macOS' C module: a simulated Mac has no system proxy."""


def _get_proxy_settings():
    return {"exclude_simple": False}


def _get_proxies():
    return {}
