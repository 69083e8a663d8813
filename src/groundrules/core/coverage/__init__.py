"""Coverage: each minute of work is covered, billable, not billable, or needs a person; with the clause and the
facts.
"""
