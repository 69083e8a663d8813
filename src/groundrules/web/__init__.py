"""The web floor: pages in the house style. Translate, make one call to a service, answer; reading may use QuerySets."""
