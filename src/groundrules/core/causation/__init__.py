"""Causation: which change broke which application, in time order along the dependency path, with what was ruled out.

Authority weighs nothing here. "No recorded change explains it" is always a candidate answer.
"""
