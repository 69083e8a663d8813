"""The books of what a client ordered: how many users and devices, and blocks of prepaid hours."""

from __future__ import annotations

from django.db import models

from groundrules.core.orders import BlockPurchase as CoreBlockPurchase
from groundrules.core.orders import HeadCount as CoreHeadCount
from groundrules.records.book import REF_LENGTH, Fact, FactQuerySet
from groundrules.records.typed_json import load


class HeadCount(Fact):
    """So many users or devices from a local day on; a corrected count is a superseding row."""

    unit = models.CharField(max_length=REF_LENGTH)
    day = models.DateField()
    count = models.PositiveIntegerField()

    objects = FactQuerySet["HeadCount"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreHeadCount:
        """This function will return the count."""
        return load(CoreHeadCount, self.payload)


class BlockPurchase(Fact):
    """A block of prepaid hours the client bought; what is left of it is worked out, never kept."""

    day = models.DateField()
    minutes = models.PositiveIntegerField()
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    objects = FactQuerySet["BlockPurchase"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreBlockPurchase:
        """This function will return the block as it was bought."""
        return load(CoreBlockPurchase, self.payload)
