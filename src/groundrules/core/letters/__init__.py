"""Letters: drafts made of facts and clauses, in plain words, with unproven cause never worded as cause."""
