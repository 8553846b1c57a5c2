"""The host of k8s-datamodel: hooks, model, pipeline and command line. It imports no plugin."""

import pluggy

PROJECT = "k8s_datamodel"
"""Name of the pluggy project and of the entry-point group."""

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""

API_VERSION = 1
"""Raised when something in ``api`` is removed or changes its meaning; additions keep it."""

API_MINOR = 0
"""Raised when something is added; begins anew with each ``API_VERSION``."""

__all__ = ["API_MINOR", "API_VERSION", "PROJECT", "hookimpl"]
