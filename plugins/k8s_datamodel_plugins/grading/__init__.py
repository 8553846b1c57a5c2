"""What a change of a CRD means to those who store, write and read its objects.

Pure functions: nothing here reads a file or asks a server.
"""

from k8s_datamodel_plugins.grading.grader import clashes, graded
from k8s_datamodel_plugins.grading.grading_settings import GradingSettings
from k8s_datamodel_plugins.grading.rules import RULES, Rule

__all__ = ["RULES", "GradingSettings", "Rule", "clashes", "graded"]
