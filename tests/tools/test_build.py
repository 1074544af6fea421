"""The build says what to do when it cannot."""

from pathlib import Path

import pytest
import yaml

from tools import build, execute
from tools.chapters import ROOT, chapters


def test_an_unknown_chapter_lists_the_chapters(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--page", "by-hnad"]) == 1
    said = capsys.readouterr().err
    assert "There is no chapter 'by-hnad'" in said
    assert "1-one-cell/by-hand" in said
    assert "Traceback" not in said


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    occupied = tmp_path / "_build"
    occupied.write_text("a file, no folder")
    with pytest.raises(
        build.BuildError, match=r"Cannot write into _build/.*change the permissions"
    ):
        build.check_writable(occupied)


def test_a_folder_that_can_be_written_is_left_clean(tmp_path: Path) -> None:
    build.check_writable(tmp_path / "new" / "_build")
    assert list((tmp_path / "new" / "_build").iterdir()) == []


def test_one_page_runs_no_other_chapter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "BUILD", tmp_path)
    monkeypatch.setattr(execute, "is_fresh", lambda chapter: False)
    page, *_ = [chapter for chapter in chapters() if chapter.has_code]
    settings = yaml.safe_load(build.page_configuration(page).read_text(encoding="utf-8"))
    assert settings["title"] == "From One Cell to Sixteen Bells"
    excluded = settings["execute"]["exclude_patterns"]
    assert f"book/{page.name}.md" not in excluded
    others = {f"book/{c.name}.md" for c in chapters() if c.has_code} - {f"book/{page.name}.md"}
    assert set(excluded) == others
    assert settings["execute"]["cache"] == str(ROOT / execute.CACHE)


def test_complaints_are_found_and_made_relative(tmp_path: Path) -> None:
    log = tmp_path / "build.log"
    log.write_text(
        f"reading sources\n\x1b[31m{ROOT}/book/a.md:3: WARNING: unknown label\x1b[39;49;00m\nfine\n"
    )
    assert build.complaints(log) == ["book/a.md:3: WARNING: unknown label"]
