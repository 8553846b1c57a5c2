"""The host of k8s-datamodel: hooks, model, pipeline and command line. It imports no plugin."""

import pluggy

PROJECT = "k8s_datamodel"
"""Name of the pluggy project and of the entry-point group."""

hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plugin as the implementation of the hook of the same name."""

__all__ = ["PROJECT", "hookimpl"]
