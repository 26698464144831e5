"""Statements that are written once: what runs for every callback, every attempt that is sent, every request.

Django composes each query anew, which takes ten times as long as SQLite or PostgreSQL need to answer it. What is asked
here is always the same, so its text, and how its columns become values, are found out once. The rows are the models'
own, and the fields themselves turn values into columns and back.
"""

from studio.teams.statements.reading import FREE, LOCKED, Joined, Question, Rows, ask, at_once, do, places, rows
from studio.teams.statements.writing import insert, insert_all, numbers, together, update, write

__all__ = [
    "FREE",
    "LOCKED",
    "Joined",
    "Question",
    "Rows",
    "ask",
    "at_once",
    "do",
    "insert",
    "insert_all",
    "numbers",
    "places",
    "rows",
    "together",
    "update",
    "write",
]
