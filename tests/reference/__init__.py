"""The rules of evidence §1–§4 and of the formats a second time: slow, plain, word for word.

Nothing here imports the package: these modules make the vectors that the package is held to, and
that others may hold their own programs to. Standard library only.
"""
