"""Everything that is derived from a record, opened by parsers that aren't ours."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from conversation import conversation
from duologue.cli import main
from duologue.studio.cover import cover
from duologue.studio.encode import encoded, format_named
from duologue.studio.episode import Episode
from duologue.studio.errors import StudioError
from duologue.studio.folder import recover, staged
from duologue.studio.labels import Labels
from duologue.studio.page import page
from duologue.studio.produce import Produced
from duologue.studio.publish import publish
from duologue.studio.rss import Item, feed
from duologue.studio.show import Show, load_show
from duologue.studio.transcript import LINE, plain, segments, srt, vtt
from duologue.voice.loudness import integrated, true_peak

feedparser = pytest.importorskip("feedparser")
id3 = pytest.importorskip("mutagen.id3")
mutagen = pytest.importorskip("mutagen")
webvtt = pytest.importorskip("webvtt")


def test_the_sounds_open_and_are_equally_long(finished: Produced) -> None:
    seconds = finished.episode.seconds
    assert seconds is not None
    for name in ("mp3", "wav", "opus"):
        audio, rate = soundfile.read(finished.folder / f"episode.{name}", always_2d=True)
        assert audio.shape[1] == 2
        assert len(audio) / rate == pytest.approx(seconds, abs=0.12)
        assert np.abs(audio).max() > 0.05
        assert true_peak(audio.astype(np.float32), rate) <= -1.0, name  # as decoded, after the codec
        assert integrated(audio.astype(np.float32), rate) == pytest.approx(-16, abs=0.4), name
    assert mutagen.File(finished.folder / "episode.mp3").info.length == pytest.approx(seconds, abs=0.1)
    assert "AI-generated" in mutagen.File(finished.folder / "episode.opus")["comment"][0]


@pytest.mark.parametrize("name", ["mp3", "opus", "ogg", "m4a"])
def test_a_codec_that_overshoots_is_limited_and_asked_again(name: str) -> None:
    if name == "m4a" and shutil.which("ffmpeg") is None:
        pytest.skip("no ffmpeg")
    rng = np.random.default_rng(1)
    noise = np.clip(rng.standard_normal((48_000, 1)) * 0.3, -0.84, 0.84).astype(np.float32)
    labels = Labels(title="Noise", artist="x", seconds=2.0)
    data = encoded(noise, 24_000, name, labels, ceiling=-1.0)
    audio, rate = soundfile.read(io.BytesIO(data), always_2d=True) if name != "m4a" else _by_ffmpeg(data)
    assert true_peak(audio.astype(np.float32), rate) <= -1.0


def _by_ffmpeg(data: bytes) -> tuple[np.ndarray, int]:
    with tempfile.NamedTemporaryFile(suffix=".m4a") as file:
        file.write(data)
        file.flush()
        command = ["ffmpeg", "-v", "error", "-nostdin", "-i", file.name, "-vn", "-f", "wav", "pipe:1"]
        return soundfile.read(
            io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout), always_2d=True
        )


def test_id3_has_chapters_contents_cover_and_the_mark(finished: Produced) -> None:
    tags = id3.ID3(finished.folder / "episode.mp3")
    assert str(tags["TIT2"]) == "Ferries & storms"
    toc = tags["CTOC:toc"]
    chapters = [tags[f"CHAP:{name}"] for name in toc.child_element_ids]
    assert [str(c.sub_frames["TIT2"]) for c in chapters] == ["Hello", "The ferry – at last"]
    assert chapters[0].start_time == 0
    assert chapters[0].end_time == chapters[1].start_time
    assert chapters[1].start_time / 1000 == pytest.approx(finished.episode.turn("t2").start, abs=0.002)
    assert chapters[1].end_time / 1000 == pytest.approx(finished.episode.seconds, abs=0.002)
    assert chapters[1].sub_frames["WXXX:"].url == "https://example.org/ferry"
    assert str(tags["TXXX:AI-generated"]) == "true"
    assert "AI-generated" in str(tags["COMM::eng"])
    picture = Image.open(io.BytesIO(tags["APIC:Cover"].data))
    assert picture.size == (600, 600)


def test_captions_have_speakers_short_lines_and_the_words(finished: Produced) -> None:
    episode = finished.episode
    text = (finished.folder / "episode.vtt").read_text("utf-8")
    assert text == vtt(episode)
    assert max(map(len, text.splitlines())) <= LINE
    cues = list(webvtt.from_string(text))
    assert {c.voice for c in cues} == {"Ann", "Bartholomew of the…"}
    said = " ".join(c.text.replace("\n", " ") for c in cues)
    said = said.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    assert said == " ".join(t.text for t in episode.turns)
    times = [t for c in cues for t in (c.start_in_seconds, c.end_in_seconds)]
    assert times == sorted(times)
    subtitles = list(webvtt.from_buffer(io.StringIO(srt(episode)), format="srt"))
    assert len(subtitles) == len(cues)
    assert subtitles[0].text.startswith("Ann:")
    spoken = json.loads(segments(episode))["segments"]
    assert [s["speaker"] for s in spoken][:2] == ["Ann", "Ann"]
    assert "Ann: Good morning" in plain(episode)
    assert "https://example.org/a?b=1&c=2" in plain(episode)


def test_unrendered_episodes_have_no_captions() -> None:
    for make in (vtt, srt, segments):
        with pytest.raises(StudioError, match="isn't rendered yet"):
            make(conversation())


def test_chapters_json_follows_its_rules(finished: Produced) -> None:
    made = json.loads((finished.folder / "chapters.json").read_text("utf-8"))
    assert made["version"] == "1.2.0"
    assert [c["title"] for c in made["chapters"]] == ["Hello", "The ferry – at last"]
    assert made["chapters"][0]["endTime"] == made["chapters"][1]["startTime"]
    assert made["chapters"][1]["url"] == "https://example.org/ferry"


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[tuple[float, float]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag not in ("meta", "img", "link", "br", "track", "input"):
            self.open.append(tag)
        if facts.get("class") == "word":
            self.words.append((float(facts["data-s"] or 0), float(facts["data-e"] or 0)))
        self.links += [v for k, v in attrs if k in ("href", "src") and v]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_its_words_are_timed(finished: Produced) -> None:
    text = (finished.folder / "index.html").read_text("utf-8")
    read = _Page()
    read.feed(text)
    assert not read.open
    words = [w for t in finished.episode.turns for w in t.words]
    assert len(read.words) == len(words)
    for (start, end), word in zip(read.words, words, strict=True):
        assert abs(start - word.start) < 0.01
        assert abs(end - word.end) < 0.01
    assert "<dark>" not in text
    for name in read.links:
        assert name.startswith("https://") or (finished.folder / name).is_file(), name
    assert re.findall(r"javascript:", text) == []


def test_hostile_names_stay_text(finished: Produced) -> None:
    source = finished.episode.sources[0].model_copy(
        update={"url": "javascript:alert(1)", "title": "<script>x</script>\x00"}
    )
    evil = finished.episode.replace(title="</title><script>alert(1)</script>", sources=(source,))
    text = page(evil, audio="episode.mp3")
    assert text.count("<script>") == 1
    assert "javascript:" not in text
    item = Item(episode=evil, folder="e", sound="episode.mp3", size=1, others=frozenset())
    read = feedparser.parse(feed(Show(), [item]))
    assert not read.bozo
    assert read.entries[0].title == "</title><script>alert(1)</script>"


def test_a_site_with_a_feed_that_a_stranger_can_read(finished: Produced, tmp_path: Path) -> None:
    source = finished.folder.parent
    other = conversation().replace(id="01J0000000000000000000000B", title="Not yet")
    other.save(tmp_path / "shows" / "draft" / "episode.json")
    shutil.copytree(finished.folder, tmp_path / "shows" / "ferries")
    show = Show(title="Pier & Co", url="https://example.org/pier", email="a@example.org", author="Ann")
    done = publish(tmp_path / "shows", tmp_path / "site", show)
    assert [n.split(":")[0] for n in done.notices] == ["draft"]
    read = feedparser.parse((tmp_path / "site" / "feed.xml").read_bytes())
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "rss20"
    assert read.feed.title == "Pier & Co"
    (entry,) = read.entries
    assert entry.id == finished.episode.id
    assert entry.guidislink is False
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == finished.episode.created
    assert float(entry.itunes_duration) == pytest.approx(finished.episode.seconds, abs=0.51)
    (sound,) = entry.enclosures
    path = tmp_path / "site" / sound.href.removeprefix("https://example.org/pier/")
    assert int(sound.length) == path.stat().st_size == (finished.folder / "episode.mp3").stat().st_size
    assert sound.type == "audio/mpeg"
    raw = (tmp_path / "site" / "feed.xml").read_text("utf-8")
    for tag in ("podcast:transcript", "podcast:chapters", "podcast:person", "podcast:locked"):
        assert f"<{tag} " in raw
    for url in re.findall(r'(?:url|href)="(https://example.org/pier/[^"]+)"', raw):
        place = tmp_path / "site" / url.removeprefix("https://example.org/pier/")
        assert place.is_file() or url.endswith("feed.xml"), url
    with Image.open(tmp_path / "site" / "cover.jpg") as art:
        assert art.size == (1400, 1400)
    for html in (tmp_path / "site").rglob("*.html"):
        links = _Page()
        links.feed(html.read_text("utf-8"))
        for name in links.links:
            assert name.startswith("https://") or (html.parent / name).exists(), name
    again = publish(source, tmp_path / "site", show)
    assert (tmp_path / "site" / "feed.xml").read_text("utf-8") == raw
    assert len(again.items) == 1


def test_a_show_is_checked(tmp_path: Path) -> None:
    (tmp_path / "show.toml").write_text('title = "A"\nurl = "https://e.org/x"\n', "utf-8")
    show = load_show(tmp_path / "show.toml", title="B")
    assert (show.title, show.feed) == ("B", "https://e.org/x/feed.xml")
    assert show.guid == load_show(tmp_path / "none", url="http://e.org/x/").guid != Show().guid
    for bad, told in (("ttle = 1", "ttle"), ("url = 'ftp://x'", "no address"), ("=", "is not TOML")):
        (tmp_path / "show.toml").write_text(bad, "utf-8")
        with pytest.raises(StudioError, match=told):
            load_show(tmp_path / "show.toml")
    with pytest.raises(StudioError, match="no finished episode"):
        publish(tmp_path, tmp_path / "site", Show())


def test_m4a_where_ffmpeg_is(monkeypatch: pytest.MonkeyPatch) -> None:
    tone = (0.2 * np.sin(np.arange(48_000) / 8)).astype(np.float32)[:, None]
    chapters = conversation().chapters
    timed = (chapters[0].model_copy(update={"start": 0.0}), chapters[1].model_copy(update={"start": 1.0}))
    labels = Labels(title="a=b; c", artist="x", chapters=timed, seconds=2.0, cover=cover("A", size=300))
    if shutil.which("ffmpeg"):
        data = encoded(tone, 24_000, "m4a", labels)
        read = mutagen.File(io.BytesIO(data))
        assert read.info.length == pytest.approx(2.0, abs=0.1)
        assert read["\xa9nam"] == ["a=b; c"]
        assert [c.title for c in read.chapters] == ["Hello", "The ferry – at last"]
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(StudioError, match="m4a needs ffmpeg"):
        format_named("m4a")
    with pytest.raises(StudioError, match="unknown sound format 'aiff'"):
        encoded(tone, 24_000, "aiff", labels)


def test_covers_differ_by_show_and_take_any_title() -> None:
    one, same, other = cover("One", size=64), cover("One", size=64), cover("Two", size=64)
    assert one == same != other
    for title in ("", "天気予報", "W" * 400, "very long title " * 40, "🎙️"):
        assert Image.open(io.BytesIO(cover(title, size=64))).format == "JPEG"


def test_a_folder_is_swapped_whole_and_recovered(tmp_path: Path) -> None:
    with staged(tmp_path / "e") as place:
        (place / "episode.json").write_text("1")
    (tmp_path / "e" / "notes.txt").write_text("mine")
    with pytest.raises(RuntimeError), staged(tmp_path / "e") as place:  # noqa: PT012
        (place / "episode.json").write_text("broken")
        raise RuntimeError
    assert (tmp_path / "e" / "episode.json").read_text() == "1"
    with staged(tmp_path / "e") as place:
        (place / "episode.json").write_text("2")
    assert (tmp_path / "e" / "episode.json").read_text() == "2"
    assert (tmp_path / "e" / "notes.txt").read_text() == "mine"
    (tmp_path / "e").rename(tmp_path / ".e.abcd.old")
    recover(tmp_path / "e")
    assert (tmp_path / "e" / "episode.json").read_text() == "2"
    assert [p.name for p in tmp_path.iterdir()] == ["e"]


KILLED = """
import sys
import tempfile
sys.path.insert(0, {tests!r})
from conversation import conversation
from duologue.studio.cache import TurnCache
from duologue.studio.produce import produce
from duologue.voice import Voice
voice = Voice.load()
print("go", flush=True)
for i in range(100):
    produce(conversation(4).replace(title=f"Take {{i}}"), voice, sys.argv[1], formats=("wav",),
            cache=TurnCache(sys.argv[2]))
    print("made", flush=True)
"""


def test_kill_9_leaves_a_whole_episode_or_none(tmp_path: Path) -> None:
    folder, cache = tmp_path / "e", tmp_path / "turns"
    code = KILLED.format(tests=str(Path(__file__).parent))
    for delay in (0.0, 0.35, 0.8):
        run = subprocess.Popen(
            [sys.executable, "-c", code, str(folder), str(cache)], stdout=subprocess.PIPE, text=True
        )
        assert run.stdout is not None
        for _ in range(1 if delay == 0.0 else 2):
            run.stdout.readline()
        time.sleep(delay)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        run.stdout.close()
        recover(folder)
        if folder.exists():
            episode = Episode.load(folder)
            audio, rate = soundfile.read(folder / "episode.wav")
            assert len(audio) / rate == pytest.approx(episode.seconds, abs=0.001)
            assert (folder / "episode.vtt").read_text("utf-8") == vtt(episode)
            title = re.escape(episode.title)
            assert re.search(f"<h1>{title}</h1>", (folder / "index.html").read_text("utf-8"))
        assert not list(tmp_path.glob(".e.*.old"))
    assert folder.exists()
    assert len(list(cache.rglob("*.take"))) == 4


def test_the_command_line(
    finished: Produced, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DUOLOGUE_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "ferries"
    shutil.copytree(finished.folder, folder)
    for name in ("episode.wav", "episode.opus"):
        (folder / name).unlink()

    def run(*args: str) -> tuple[str, str]:
        assert main(list(args)) == 0
        out = capsys.readouterr()
        return out.out, out.err

    assert "t2" in run("episode", "show", str(folder))[0]
    assert Episode.model_validate_json(run("episode", "show", str(folder), "--json")[0]) == finished.episode
    run("episode", "render", str(folder), "--mono", "--music", "none", "--stings", "none")
    _, told = run("episode", "edit", str(folder), "--turn", "t1", "--text", "Thank you!", "--render")
    assert "(1 spoken, 3 from the cache)" in told
    assert Episode.load(folder).mastering.channels == 1
    out, _ = run("episode", "export", str(folder), "--formats", "srt,flac", "-o", str(tmp_path / "out"))
    assert sorted(Path(line).name for line in out.split()) == ["episode.flac", "episode.srt"]
    assert "Thank you!" in (tmp_path / "out" / "episode.srt").read_text("utf-8")
    run("episode", "edit", str(folder), "--turn", "t1", "--text", "Again!")
    assert main(["publish", str(tmp_path)]) == 2
    assert "isn't rendered yet" in capsys.readouterr().err
    run("episode", "render", str(folder))
    assert "1 episodes" in run("publish", str(tmp_path), "--url", "https://e.org/")[1]
    for bad in (
        ["episode", "edit", str(folder), "--text", "x"],
        ["episode", "edit", str(folder)],
        ["episode", "render", str(tmp_path / "none")],
        ["episode", "export", str(folder), "--formats", "doc"],
        ["publish", str(tmp_path / "none")],
    ):
        assert main(bad) == 2
        assert capsys.readouterr().err.count("\n") == 1
