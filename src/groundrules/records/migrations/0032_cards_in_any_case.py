"""Cards are found by code and name in any case by an index: bringing in many rows asks for each of them."""

from django.db import migrations
from django.db.models import F, Index
from django.db.models.functions import Upper

from groundrules.records.tables import NewIndex

_CARDS = {
    "asset": (F("client"),),
    "client": (),
    "contact": (F("client"),),
    "site": (F("client"),),
    "vendor": (),
}


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0031_answered_books"),
    ]

    operations = [
        NewIndex(card, Index(*scope, Upper(field), name=f"{card}_{field}_any_case"))
        for card, scope in _CARDS.items()
        for field in ("code", "name")
    ]
