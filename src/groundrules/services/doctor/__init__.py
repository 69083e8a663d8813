"""The doctor: looks at everything an installation needs, says what it saw, and names the command that mends it."""

from groundrules.services.doctor.examination import PAGE, examine
from groundrules.services.doctor.finding import Finding, Health

__all__ = ["PAGE", "Finding", "Health", "examine"]
