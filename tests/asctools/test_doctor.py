"""The doctor: what it reads, how it judges, what it tells to type, and its exit code."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import asctools
from asctools import cli, doctor
from asctools.errors import AscError

ROOT = Path(doctor.__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Install exactly the tested packages, on paper; a test takes out or changes some."""
    wanted = doctor.requirements(ROOT)
    tested = doctor.tested_versions(ROOT, wanted)
    versions = {r.name: tested[doctor.canonical(r.name)] for r in wanted}
    monkeypatch.setattr(doctor, "installed_version", versions.get)
    return versions


def report(capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    code = doctor.run()
    return code, capsys.readouterr().out.splitlines()


def line_of(lines: list[str], package: str) -> str:
    (line,) = [line for line in lines if re.match(rf"  {re.escape(package)} ", line)]
    return line


def commands(lines: list[str]) -> list[str]:
    return [line.removeprefix("  type: ") for line in lines if line.startswith("  type: ")]


# ------------------------------------------------------------------------- versions and ranges


@pytest.mark.parametrize(
    ("allowed", "version", "verdict"),
    [
        (">=2.0", "2.0.0", True),
        (">=2.0", "1.26.4", False),
        (">=2.0", "10.0", True),
        (">=1.1.4,<1.3", "1.2.0", True),
        (">=1.1.4,<1.3", "1.3", False),
        (">=1.1.4,<1.3", "1.3.0", False),
        (">=1.0.4,<2", "1.0.4.post1", True),
        ("==2.13.0", "2.13.0+cpu", True),
        ("==2.13.0", "2.13.1", False),
        (">= 2.7.23, < 2.8", "2.7.23.11", True),
        ("", "0.1", True),
    ],
)
def test_a_range_allows_what_pip_would_allow(allowed: str, version: str, verdict: bool) -> None:
    assert doctor.allows(allowed, version) is verdict


def test_every_range_of_the_project_is_understood() -> None:
    for requirement in doctor.requirements(ROOT):
        for part in requirement.allowed.split(","):
            assert re.fullmatch(r"(==|>=|<)[\w.]+", part), requirement


def test_the_oldest_python_is_that_of_the_project() -> None:
    assert PROJECT["requires-python"] == ">=" + ".".join(map(str, doctor.OLDEST_PYTHON))


def test_the_version_is_that_of_the_project() -> None:
    assert asctools.__version__ == PROJECT["version"]


def test_every_extra_has_a_purpose() -> None:
    assert set(doctor.PURPOSE) == {"core", *PROJECT["optional-dependencies"]}


def test_requirements_of_installed_metadata_are_read_like_those_of_a_checkout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = list(PROJECT["dependencies"])
    for extra, packages in PROJECT["optional-dependencies"].items():
        lines += [f'{package}; extra == "{extra}"' for package in packages]
    monkeypatch.setattr(doctor.importlib.metadata, "requires", {"asctools": lines}.get)
    assert doctor.requirements(None) == doctor.requirements(ROOT)


def test_no_metadata_and_no_checkout_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def requires(name: str) -> None:
        raise doctor.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(doctor.importlib.metadata, "requires", requires)
    with pytest.raises(AscError, match="Install asctools with pip"):
        doctor.requirements(None)


def test_a_line_that_is_no_requirement_is_named() -> None:
    with pytest.raises(AscError, match="'=='"):
        doctor.parse_requirement("==")


def test_tested_versions_come_from_the_constraints_or_from_exact_pins(tmp_path: Path) -> None:
    wanted = [doctor.Requirement("torch", "==2.13.0", "torch"), doctor.Requirement("a_b", "", "x")]
    assert doctor.tested_versions(None, wanted) == {"torch": "2.13.0"}
    (tmp_path / "constraints.txt").write_text("# torch==1.0\nA-B==3.1  # why\n")
    assert doctor.tested_versions(tmp_path, wanted) == {"torch": "2.13.0", "a-b": "3.1"}


# ------------------------------------------------------------------------------- the verdicts


def test_all_as_tested(installed: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = report(capsys)
    assert code == 0
    assert lines[-1] == "The core is fine."
    assert commands(lines) == []
    for name, version in installed.items():
        assert line_of(lines, name).split() == [name, version, "tested", version, "ok"]


def test_a_missing_core_package_fails_with_a_command(
    installed: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    tested = installed.pop("matplotlib")
    code, lines = report(capsys)
    assert code == 1
    assert line_of(lines, "matplotlib").split() == ["matplotlib", "-", "tested", tested, "missing"]
    (command,) = commands(lines)
    assert command.endswith('-m pip install -c "constraints.txt" -e "."')


def test_a_missing_extra_is_no_fault(
    installed: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    del installed["torch"], installed["pm4py"], installed["graphviz-pure"]
    monkeypatch.setattr(sys, "platform", "linux")
    code, lines = report(capsys)
    assert code == 0
    torch, mining = commands(lines)
    assert torch.endswith('-e ".[torch]"')
    assert mining.endswith('-e ".[mining]"')
    assert doctor.TORCH_NOTE in lines


def test_another_version_in_the_range_is_told_and_does_not_fail(
    installed: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    tested, installed["numpy"] = installed["numpy"], "2.0.1"
    code, lines = report(capsys)
    assert code == 0
    assert line_of(lines, "numpy").endswith("not the tested version")
    (command,) = commands(lines)
    assert command.endswith(f'-m pip install "numpy=={tested}"')


def test_a_version_outside_the_range_fails(
    installed: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    installed["numpy"], installed["PyYAML"] = "1.26.4", "99.0"
    code, lines = report(capsys)
    assert code == 1
    assert line_of(lines, "numpy").endswith("outside the range")
    assert line_of(lines, "PyYAML").endswith("not the tested version")
    (command,) = commands(lines)
    assert re.search(r'install "numpy==[\d.]+" "PyYAML==[\d.]+"$', command)


def test_outside_a_checkout_the_commands_name_the_package(
    installed: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = doctor.requirements(ROOT)
    monkeypatch.setattr(doctor, "checkout", lambda: None)
    monkeypatch.setattr(doctor, "requirements", lambda root: wanted)
    del installed["torch"]
    installed["numpy"] = "1.0"
    _, lines = report(capsys)
    numpy, torch = commands(lines)
    assert numpy.endswith('-m pip install "numpy>=2.0"')
    assert torch.endswith('-m pip install "asctools[torch]"')
    assert "needs >=2.0" in line_of(lines, "numpy")
    assert "tested 2.13.0" in line_of(lines, "torch")


def test_from_another_folder_the_command_still_finds_the_checkout(
    installed: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    del installed["torch"]
    _, lines = report(capsys)
    assert f'-e "{ROOT}[torch]"' in commands(lines)[0]


def test_an_old_python_is_told_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", (99, 1))
    code, lines = report(capsys)
    assert code == 1
    assert lines == [
        f"This is Python {doctor.platform.python_version()}; asctools needs 99.1 or newer."
    ]


# -------------------------------------------------------------------------------- the machine


def test_the_folder_is_tried_and_not_only_asked(tmp_path: Path) -> None:
    assert doctor.writable(tmp_path)
    assert not doctor.writable(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    assert "Folder     can be written to" in doctor.machine(tmp_path)
    assert any("cannot be written to" in line for line in doctor.machine(tmp_path / "none"))


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_is_found_by_any_of_its_names(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor.shutil, "which", {name: f"/there/{name}"}.get)
    assert f"Browser    /there/{name}" in doctor.machine(tmp_path)


def test_no_browser_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(doctor.shutil, "which", {}.get)
    assert any(line.startswith("Browser    none: install") for line in doctor.machine(tmp_path))


def test_the_python_to_type_is_the_one_that_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running = tmp_path / "bin" / "python"
    monkeypatch.setattr(sys, "executable", str(running))
    monkeypatch.setattr(doctor.shutil, "which", {"python": "/elsewhere/python"}.get)
    assert doctor.python_command() == str(running)
    monkeypatch.chdir(tmp_path)
    assert doctor.python_command() == str(Path("bin", "python"))
    monkeypatch.setattr(doctor.shutil, "which", {"python3": str(running)}.get)
    assert doctor.python_command() == "python3"


# --------------------------------------------------------------------------- the command line


def python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], capture_output=True, text=True, timeout=60, cwd=ROOT
    )


def test_a_bare_python_gets_a_report_and_exit_code_1() -> None:
    code = "import sys; sys.path.insert(0, '.'); from asctools.cli import main; "
    done = python("-I", "-S", "-c", code + "sys.exit(main(['doctor']))")
    assert done.returncode == 1, done.stderr
    assert re.search(r"numpy +- +tested [\d.]+ +missing", done.stdout)
    assert done.stdout.endswith("type the line under it.\n")
    assert done.stdout.isascii()


def test_python_m_asctools_doctor_imports_no_heavy_package() -> None:
    done = python("-X", "importtime", "-m", "asctools", "doctor")
    assert done.returncode == 0, done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "asctools.doctor" in loaded
    assert not loaded & {"numpy", "matplotlib", "torch", "yaml", "pm4py"}


def test_the_version_and_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    for word, printed in (("--version", f"asctools {asctools.__version__}"), ("--help", "doctor")):
        with pytest.raises(SystemExit) as stopped:
            cli.main([word])
        assert stopped.value.code == 0
        assert printed in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["dokter"]])
def test_a_command_is_needed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)
    assert stopped.value.code == 2
    assert "usage: python -m asctools" in capsys.readouterr().err


def test_an_error_of_asctools_is_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> int:
        raise AscError("Got X, expected Y. Do Z.")

    monkeypatch.setattr(doctor, "run", refuse)
    assert cli.main(["doctor"]) == 2
    assert capsys.readouterr().err == "asctools: Got X, expected Y. Do Z.\n"
