"""The books of vendor management: letters of agency, accepted rules, access windows, freezes, the scoring rule."""

from __future__ import annotations

from django.db import models

from groundrules.core.vendors import AccessWindow as CoreAccessWindow
from groundrules.core.vendors import Freeze as CoreFreeze
from groundrules.core.vendors import LetterOfAgency as CoreLetterOfAgency
from groundrules.core.vendors import RulesAcceptance as CoreRulesAcceptance
from groundrules.core.vendors import ScorecardRule as CoreScorecardRule
from groundrules.core.vendors.backups import BackupHours as CoreBackupHours
from groundrules.core.vendors.rules import RulesOfEngagement as CoreRulesOfEngagement
from groundrules.core.vendors.standing import StandingApproval as CoreStandingApproval
from groundrules.core.vendors.support import SupportContract as CoreSupportContract
from groundrules.core.world import ReplyInvitation as CoreReplyInvitation
from groundrules.records.book import Fact, FactQuerySet
from groundrules.records.parties import Asset, Vendor
from groundrules.records.typed_json import load


class LetterOfAgency(Fact):
    """A client's permission to deal with a vendor; each further dated step is a superseding row."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="letters_of_agency")

    objects = FactQuerySet["LetterOfAgency"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreLetterOfAgency:
        """This function will return the letter of agency with its dated steps."""
        return load(CoreLetterOfAgency, self.payload)


class RulesAcceptance(Fact):
    """A named person at a vendor accepted one version of the rules of engagement."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="acceptances")
    version = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()

    objects = FactQuerySet["RulesAcceptance"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreRulesAcceptance:
        """This function will return the acceptance."""
        return load(CoreRulesAcceptance, self.payload)


class RulesOfEngagement(Fact):
    """One published version of the rules for a vendor; the next version is a row of its own."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="rules")
    version = models.PositiveIntegerField()

    objects = FactQuerySet["RulesOfEngagement"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreRulesOfEngagement:
        """This function will return the version with its clauses."""
        return load(CoreRulesOfEngagement, self.payload)


class AccessWindow(Fact):
    """A planned access; its approval, denial or end is a superseding row."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="windows")
    vendor = models.ForeignKey(Vendor, null=True, on_delete=models.PROTECT, related_name="windows")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    objects = FactQuerySet["AccessWindow"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["asset", "starts_at"], name="window_timeline")]

    def to_core(self) -> CoreAccessWindow:
        """This function will return the window."""
        return load(CoreAccessWindow, self.payload)


class Freeze(Fact):
    """A period in which normal changes are refused."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    objects = FactQuerySet["Freeze"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreFreeze:
        """This function will return the freeze."""
        return load(CoreFreeze, self.payload)


class BackupHours(Fact):
    """When a backup of some servers runs, so that no window is put beside it; ending it is a superseding row."""

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    objects = FactQuerySet["BackupHours"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreBackupHours:
        """This function will return when it runs."""
        return load(CoreBackupHours, self.payload)


class SupportContract(Fact):
    """What a client has with a vendor: contract, its last day, agreed tools, whom to turn to; a change supersedes."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="support_contracts")
    last_day = models.DateField(null=True)

    objects = FactQuerySet["SupportContract"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreSupportContract:
        """This function will return the contract."""
        return load(CoreSupportContract, self.payload)


class StandingApproval(Fact):
    """Routine work approved beforehand; ending it is a superseding row."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="standing_approvals")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    objects = FactQuerySet["StandingApproval"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreStandingApproval:
        """This function will return what is approved beforehand."""
        return load(CoreStandingApproval, self.payload)


class ScorecardRule(Fact):
    """How vendors are scored for a client; a changed policy is a superseding row."""

    objects = FactQuerySet["ScorecardRule"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreScorecardRule:
        """This function will return the rule."""
        return load(CoreScorecardRule, self.payload)


class ReplyInvitation(Fact):
    """A vendor was invited to answer the facts held against it; the reply is a superseding row."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="reply_invitations")
    invited_at = models.DateTimeField()

    objects = FactQuerySet["ReplyInvitation"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreReplyInvitation:
        """This function will return the invitation."""
        return load(CoreReplyInvitation, self.payload)
