"""Checks of whole stores, and repairs of what a crash left: `zarrc.verify` and `zarrc.repair`."""

from zarrc.verifying.repairs import Action, RepairReport, repair
from zarrc.verifying.report import Finding, Report
from zarrc.verifying.run import verify

__all__ = ["Action", "Finding", "RepairReport", "Report", "repair", "verify"]
