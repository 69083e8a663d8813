"""Case files: a whole world in one readable YAML or JSON file, with the answers its author expects.

Bytes become nodes that know their line and column, nodes become the core's own values, and every reference between
them is checked. Every problem is one sentence that says where, what and what to do.
"""
