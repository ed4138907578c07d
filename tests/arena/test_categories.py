"""Prompts fall into tasks, languages and lengths by rules."""

from __future__ import annotations

import pytest

from duologue.arena.categories import (
    SPEECH_TASKS,
    TEXT_TASKS,
    language,
    length,
    speech_task,
    text_task,
)


@pytest.mark.parametrize(
    ("prompt", "task"),
    [
        ("Write a Python function that reverses a list.", "code"),
        ("Summarise this: the bridge was closed.", "summary"),
        ("Give me a headline for this text.", "headline"),
        ("Rewrite this more politely: go away.", "rewrite"),
        ("How much is 12 * 7?", "maths"),
        ("Extract all names and dates as JSON.", "extraction"),
        ("Write a dialogue between two sailors.", "script"),
        ("List three uses for a brick.", "instruction"),
        ("Why is the sky blue?", "question"),
        ("Good morning! I slept badly.", "chat"),
    ],
)
def test_tasks_of_text(prompt: str, task: str) -> None:
    assert text_task(prompt) == task
    assert task in TEXT_TASKS


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("“Come in,” she said. “It is cold.”", "dialogue"),
        ("The train leaves at 17:45 from platform 9.", "numbers"),
        ("We won!", "feeling"),
        ("Did you hear that?", "question"),
        ("We met Ada, Grace and then Katherine in Oslo.", "names"),
        ("The river is low this summer.", "plain"),
    ],
)
def test_tasks_of_speech(text: str, task: str) -> None:
    assert speech_task(text) == task
    assert task in SPEECH_TASKS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The boat is on the lake and it will be back for dinner.", "en"),
        ("Das Boot ist auf dem See und wird nicht vor dem Abend zurück sein.", "de"),
        ("Le bateau est sur le lac et il ne sera pas de retour pour le dîner.", "fr"),
        ("El barco está en el lago y no volverá para la cena.", "es"),
        ("La barca è sul lago e non torna per la cena con i bambini.", "it"),
        ("O barco está no lago e não volta para o jantar com os meninos.", "pt"),
        ("De boot is op het meer en komt niet terug voor het eten.", "nl"),
        ("船は湖にいます", "ja"),
        ("船在湖上", "zh"),
        ("Лодка на озере", "ru"),
        ("القارب في البحيرة", "ar"),
        ("Please call me back before noon.", "en"),
        ("1234 !!", "und"),
        ("", "und"),
    ],
)
def test_languages(text: str, code: str) -> None:
    assert language(text) == code


def test_lengths() -> None:
    assert [length("word " * n) for n in (3, 14, 15, 79, 80, 900)] == [
        "short", "short", "medium", "medium", "long", "long",
    ]  # fmt: skip
