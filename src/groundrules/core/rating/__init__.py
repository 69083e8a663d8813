"""Rating: billable segments become charges; rounding is per the agreed unit, and every charge shows its working."""
