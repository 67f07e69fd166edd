"""Mapping: what other systems publish, as submissions of the catalogue, and a case as they read it.

Whatever comes in is kept whole under `data.original`, and mapped fields stand beside it. What has
no type of ours, or does not say enough for one, is a generic record that names the reason; nothing
is guessed and nothing is lost. The page docs/mapping.md says what becomes of what.
"""
