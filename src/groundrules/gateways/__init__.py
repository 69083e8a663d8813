"""Gateways: doors to the world outside, each with a `Null…` twin for development and tests."""
