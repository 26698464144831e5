"""Words of texts and of questions: what the index holds, and what is asked of it."""

from __future__ import annotations

from studio.search.words import ASKED, LONGEST, MOST, Term, terms, words


def test_what_has_spaces_is_taken_word_by_word_without_capitals() -> None:
    assert words(["A paper-boat, Ünïcode & 4K_video"]) == ["a", "paper", "boat", "ünïcode", "4k", "video"]


def test_a_run_of_chinese_gives_every_pair_and_its_last_character() -> None:
    assert words(["阳光下的猫"]) == ["阳光", "光下", "下的", "的猫", "猫"]


def test_languages_side_by_side_are_told_apart() -> None:
    assert words(["4K视频 of a猫"]) == ["4k", "视频", "频", "of", "a", "猫"]


def test_full_width_letters_are_the_letters_they_mean() -> None:
    assert words(["ＢＯＡＴ"]) == ["boat"]


def test_japanese_and_korean_are_taken_in_pairs_too() -> None:
    assert words(["ねこ 고양이"]) == ["ねこ", "こ", "고양", "양이", "이"]


def test_texts_follow_each_other_and_end_where_the_index_has_enough() -> None:
    assert words(["one", "two"]) == ["one", "two"]
    assert len(words(["word " * 20_000])) == MOST // 2.5
    assert len(words(["猫" * 20_000])) == MOST
    assert words(["x" * 100]) == ["x" * LONGEST]


def test_each_emoji_is_a_word_of_its_own() -> None:
    assert words(["a🦊fox 🦊🌊 雨☔ ❤️"]) == ["a", "_1f98a", "fox", "_1f98a", "_1f30a", "雨", "_2614", "_2764"]
    assert terms("🦊🌊") == [Term(("_1f98a",), False, "🦊"), Term(("_1f30a",), False, "🌊")]
    assert words(["1f98a _1f98a"]) == ["1f98a", "1f98a"]


def test_a_word_of_a_question_is_a_beginning() -> None:
    assert terms("Pap boat pap") == [Term(("pap",), True, "pap"), Term(("boat",), True, "boat")]


def test_two_characters_of_chinese_are_one_whole_word_and_more_are_a_phrase() -> None:
    assert terms("纸船") == [Term(("纸船",), False, "纸船")]
    assert terms("小纸船") == [Term(("小纸", "纸船"), False, "小纸船")]
    assert terms("船") == [Term(("船",), True, "船")]


def test_a_question_of_signs_asks_for_nothing_and_a_long_one_is_cut() -> None:
    assert terms('"*) OR -- _') == [Term(("or",), True, "or")]
    assert terms("'\\ % ^") == []
    assert len(terms(" ".join(f"w{n}" for n in range(50)))) == ASKED
