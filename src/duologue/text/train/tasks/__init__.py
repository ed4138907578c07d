"""Data for tuning, made by programs from the text of ../shared/data: one task per file.

Every task is a generator of records (messages, the task's name, and the source that the checker of
duologue.text.checks needs); only records whose own answer passes that checker are kept.
Run it with `duologue train text tasks`.
"""
