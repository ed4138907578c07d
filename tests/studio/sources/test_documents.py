"""Documents, pages, folders and standard input, good and bad."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duologue.studio.errors import StudioError
from duologue.studio.sources.documents import read_epub, read_markdown, read_pdf, read_text
from duologue.studio.sources.fetch import Fetcher, Limits
from duologue.studio.sources.gather import gather
from duologue.studio.sources.pages import feed_of, read_page

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from conftest import Site

PAGE = (
    "<html><head><title>Ferry</title><meta property='og:site_name' content='The Courier'></head><body>"
    "<nav>Home About</nav><article><h1>Ferry returns</h1>"
    + "<p>The ferry returned to the harbour on Monday after two years of repair, and people cheered.</p>" * 3
    + "</article><footer>Cookies and more</footer></body></html>"
)


def pdf(text: str) -> bytes:
    """A PDF of one page with lines of text, written by hand."""
    shown = "".join(f"({line}) Tj 0 -14 Td " for line in text.split("\n"))
    stream = f"BT /F1 12 Tf 72 720 Td {shown} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % p for p in places)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (
            table,
            len(out),
        )
    )


def epub(chapters: list[str], package: str = "OEBPS/content.opf") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", f'<container><rootfile full-path="{package}"/></container>')
        listed = "".join(
            f'<item id="c{i}" href="c{i}.xhtml" media-type="application/xhtml+xml"/>'
            for i in range(len(chapters))
        )
        order = "".join(f'<itemref idref="c{i}"/>' for i in reversed(range(len(chapters))))
        book.writestr(
            "OEBPS/content.opf",
            f"<package><metadata><title>A Book</title></metadata><manifest>{listed}</manifest>"
            f"<spine>{order}</spine></package>",
        )
        for i, chapter in enumerate(chapters):
            book.writestr(f"OEBPS/c{i}.xhtml", chapter)
    return made.getvalue()


def test_pdf_lines_become_paragraphs() -> None:
    article = read_pdf(
        pdf("The ferry came back to the har-\nbour on Monday morning, and many\npeople cheered."), "a.pdf"
    )
    assert article.text == "The ferry came back to the harbour on Monday morning, and many people cheered."
    assert article.title == "a"


@pytest.mark.parametrize("data", [b"%PDF-1.4\n", b"%PDF-1.7 garbage" + b"\xff" * 500, pdf("x")[:200]])
def test_a_damaged_pdf_says_so(data: bytes) -> None:
    with pytest.raises(StudioError, match="PDF"):
        read_pdf(data, "a.pdf")


def test_epub_in_reading_order() -> None:
    article = read_epub(
        epub(["<html><body><p>Second.</p></body></html>", "<p>First &amp; foremost.</p>"]), "b.epub"
    )
    assert (article.title, article.text) == ("A Book", "First & foremost.\nSecond.")


def test_bad_epubs_say_so() -> None:
    for data in (b"PK\x03\x04 nothing", epub(["x"])[:-40]):
        with pytest.raises(StudioError, match="EPUB"):
            read_epub(data, "b.epub")
    with pytest.raises(StudioError, match="more than 64 MiB"):
        read_epub(epub(["<p>" + "0" * 70_000_000]), "bomb.epub")
    with pytest.raises(StudioError, match="no text"):
        read_epub(epub([]), "empty.epub")


def test_markdown_loses_its_marks() -> None:
    source = (
        b"---\ntitle: The Tide\ndate: 2026-11-20\n---\n# The Tide\n\n"
        b"It **comes** and [goes](http://x.y) `twice`.\n\n"
        b"```python\nno()\n```\n\n* one thing\n* another\n\n| a | b |\n|---|---|\n\n<!-- no -->"
        b"\n> A _quote_.\n"
    )
    article = read_markdown(source, "tide.md")
    assert article.title == "The Tide"
    assert article.text == "It comes and goes twice.\none thing\nanother\nA quote."
    assert article.published is not None
    assert article.published.day == 20


def test_plain_text_takes_its_title_and_joins_its_lines() -> None:
    article = read_text("A Title\n\nOne line\nand the next.\n\nA second paragraph.".encode("cp1252"), "x.txt")
    assert (article.title, article.text) == ("A Title", "One line and the next.\nA second paragraph.")
    with pytest.raises(StudioError, match="no text"):
        read_text(b" \n ", "x.txt")


def test_a_page_without_its_surroundings() -> None:
    article = read_page(PAGE.encode(), "x", url="https://www.courier.example/a")
    assert article.text.count("The ferry returned") >= 1
    assert "Cookies" not in article.text
    assert article.publisher == "The Courier"
    with pytest.raises(StudioError, match="no text"):
        read_page(b"<html><body><script>x</script></body></html>", "x")
    assert (
        feed_of('<link rel=alternate type="application/rss+xml" href=/f.xml>', "https://a.b/c")
        == "https://a.b/f.xml"
    )


def test_every_fault_is_a_problem_and_the_rest_goes_on(tmp_path: Path, site: Site) -> None:
    (tmp_path / "good.txt").write_text("A good text.\n\nIt has two paragraphs, and both of them are short.")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 no")
    (tmp_path / "empty.md").write_text("")
    (tmp_path / ".hidden.txt").write_text("not for us")
    outside = tmp_path.parent / "outside.txt"
    outside.write_text("not for us either")
    (tmp_path / "link.txt").symlink_to(outside)

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(PAGE)))
        handler.end_headers()
        handler.wfile.write(PAGE.encode())

    site.paths["/page"] = page
    fetcher = Fetcher(Limits(private=True, pause=0.0))
    names = [
        f"{site.url}/none",
        str(tmp_path),
        f"{site.url}/page",
        "nowhere.xml",
        "http://10.0.0.1.example.invalid/",
    ]
    found = gather(names, fetcher)
    assert [a.title for a in found.articles] == ["good", "Ferry returns"]
    said = "\n".join(map(str, found.problems))
    for part in (
        "404",
        "bad.pdf: the PDF can't be read",
        "empty.md: it is empty",
        "nowhere.xml: there is no such file",
    ):
        assert part in said
    assert len(found.problems) == 5


def test_offline_and_private_are_said(site: Site) -> None:
    assert "offline" in str(gather([site.url]).problems[0])
    assert "no public address" in str(gather([site.url], Fetcher()).problems[0])
    assert site.seen == []


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe:
        buffer = io.BytesIO(b"Title\n\nWhat came through the pipe.")

    monkeypatch.setattr(sys, "stdin", Pipe())
    (article,) = gather(["-"]).articles
    assert (article.title, article.text) == ("Title", "What came through the pipe.")
