"""Typed identifiers, so that a vendor can never be passed where a client is meant.

Every identifier is a plain string at run time. Human references carry a prefix a person can paste into the
search box (`CHG-…`, `DEC-…`, `INV-…`); the core never invents one, it is always handed in.
"""

from typing import NewType

ProviderId = NewType("ProviderId", str)
ClientId = NewType("ClientId", str)
SiteId = NewType("SiteId", str)
ContactId = NewType("ContactId", str)
TechnicianId = NewType("TechnicianId", str)
VendorId = NewType("VendorId", str)
AssetId = NewType("AssetId", str)
ApplicationId = NewType("ApplicationId", str)
ComponentId = NewType("ComponentId", str)
AgreementId = NewType("AgreementId", str)
ClauseNumber = NewType("ClauseNumber", str)
EvidenceId = NewType("EvidenceId", str)
SessionId = NewType("SessionId", str)
ChangeId = NewType("ChangeId", str)
GapId = NewType("GapId", str)
WindowId = NewType("WindowId", str)
LetterOfAgencyId = NewType("LetterOfAgencyId", str)
FreezeId = NewType("FreezeId", str)
BackupHoursId = NewType("BackupHoursId", str)
StandingApprovalId = NewType("StandingApprovalId", str)
HealthCheckId = NewType("HealthCheckId", str)
IncidentId = NewType("IncidentId", str)
TimeEntryId = NewType("TimeEntryId", str)
RequestId = NewType("RequestId", str)
MessageId = NewType("MessageId", str)
DecisionId = NewType("DecisionId", str)
ChargeId = NewType("ChargeId", str)
InvoiceId = NewType("InvoiceId", str)
LetterId = NewType("LetterId", str)
NoticeId = NewType("NoticeId", str)
ConditionId = NewType("ConditionId", str)
BlockId = NewType("BlockId", str)
DisputeId = NewType("DisputeId", str)
