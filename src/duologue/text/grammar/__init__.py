"""Grammars that hold an answer to a JSON schema: schema -> nodes -> GBNF, llama.cpp's notation."""

from __future__ import annotations

from duologue.text.grammar.schema import grammar

__all__ = ["grammar"]
