"""The rules of CONTRIBUTING.md that a program can check, each tried on a small bad sample first."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.front_door import intrusions

ROOT = Path(__file__).resolve().parent.parent
Rule = Callable[[str], Iterator[str]]

FUNCTION_LINES_MAX = 49
FILE_LINES_MAX = 299
PYTHON_FOLDERS = ("src", "tests", "scripts", "bench", "migrations")
GENERATED = {"web/src/lib/api/schema.d.ts"}

# Files besides `queries.py` that may hold SQL, and why.
SQL_ALLOWED = {
    "src/largesse/db.py": "asks whether the database answers",
    "src/largesse/migrate.py": "takes the lock that keeps two migrations apart",
    "src/largesse/jobs.py": "shows the job queue its own schema",
    "src/largesse/embedded.py": "makes the database before there is a schema",
}
SQL = re.compile(
    r"^\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+|DELETE\s+FROM\s|WITH\s+\w+\s*(\([\w, ]*\)\s*)?AS\s)"
)
REGISTRIES = re.compile(r"(pypi|pythonhosted|npmjs|yarnpkg|debian)\.(org|com)", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SKIPPED = re.compile(r"pytest\.(mark\.)?(skip|xfail|importorskip)")


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def web_files() -> list[Path]:
    found = (path for path in (ROOT / "web" / "src").rglob("*") if path.is_file())
    kinds = {".ts", ".js", ".svelte", ".css"}
    return sorted(path for path in found if path.suffix in kinds and name(path) not in GENERATED)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def may_hold_sql(path: Path) -> bool:
    """`queries.py`, a part of it beside it (`book_queries.py`) or in a folder, or an exception."""
    own = path.name.endswith("queries.py") or path.parent.name == "queries"
    return own or name(path) in SQL_ALLOWED


def long_functions(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{node.name} has {lines} lines"


def long_file(source: str) -> Iterator[str]:
    lines = source.count("\n")
    if lines > FILE_LINES_MAX:
        yield f"{lines} lines"


def sql_texts(source: str) -> Iterator[str]:
    """Texts that look like SQL; what stands alone as a statement is a docstring."""
    tree = ast.parse(source)
    prose = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if node in prose or not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if SQL.match(node.value):
            yield f"line {node.lineno}: {node.value.strip()[:40]}"


def unfinished(source: str) -> Iterator[str]:
    yield from (found.group() for found in UNFINISHED.finditer(source))


def skipped(source: str) -> Iterator[str]:
    yield from (found.group() for found in SKIPPED.finditer(source))


def addresses(source: str) -> Iterator[str]:
    yield from (found.group() for found in re.finditer(r"\S*://\S*", source))
    yield from (line for line in source.splitlines() if re.match(r"--(extra-)?(index|find)", line))


def unhashed(source: str) -> Iterator[str]:
    for entry in re.split(r"\n(?! )", source.strip()):
        if "--hash=sha256:" not in entry:
            yield entry.split("\n")[0]


def resolved(source: str) -> Iterator[str]:
    yield from (found.group() for found in re.finditer(r'"resolved":[^\n]*', source))


def registries(source: str) -> Iterator[str]:
    yield from (found.group() for found in REGISTRIES.finditer(source))


def breaches(files: list[Path], *rules: Rule) -> list[str]:
    """What every rule finds in every file, with the file's name before it."""
    return [
        f"{name(path)}: {found}"
        for path in files
        for rule in rules
        for found in rule(path.read_text())
    ]


def test_functions_and_files_are_short() -> None:
    sources = python_files(*PYTHON_FOLDERS)
    assert sources
    assert breaches(sources, long_functions, long_file) == []
    assert breaches(web_files(), long_file) == []


def test_sql_stands_in_queries_only() -> None:
    others = [path for path in python_files("src") if not may_hold_sql(path)]
    assert others
    assert breaches(others, sql_texts) == []


def test_exceptions_to_the_sql_rule_are_still_needed() -> None:
    for path in SQL_ALLOWED:
        assert list(sql_texts((ROOT / path).read_text())), f"{path} holds no SQL any more"


def test_nothing_is_left_unfinished_or_skipped() -> None:
    others = [path for path in python_files(*PYTHON_FOLDERS) if path != Path(__file__).resolve()]
    assert breaches(others, unfinished) == []
    assert breaches(web_files(), unfinished) == []
    assert breaches([path for path in others if "tests" in path.parts], skipped) == []


def test_locks_carry_hashes_and_no_addresses() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert len(locks) == 3
    assert breaches(locks, addresses, unhashed) == []
    assert breaches([ROOT / "web" / "package-lock.json"], resolved) == []


def test_no_file_names_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    texts = {".py", ".md", ".toml", ".lock", ".json", ".sh", ".yml", ".yaml", ".npmrc", ""}
    files = [ROOT / entry for entry in listed if entry and Path(entry).suffix in texts]
    assert files
    assert breaches([path for path in files if path.exists()], registries) == []


@pytest.mark.parametrize(
    ("rule", "bad", "good"),
    [
        (long_functions, "def f():\n" + "    x = 1\n" * 49, "def f():\n" + "    x = 1\n" * 48),
        (long_functions, "async def f():\n" + "    x = 1\n" * 60, "x = 1\n" * 60),
        (long_file, "x = 1\n" * 300, "x = 1\n" * 299),
        (sql_texts, 'run("SELECT 1")', 'def f():\n    "SELECT the best one."'),
        (sql_texts, 'run("""\n  INSERT INTO gift VALUES (1)""")', 'say("Select a gift")'),
        (sql_texts, 'run(f"UPDATE balance SET amount = {x}")', 'say("UPDATE")'),
        (sql_texts, 'run("WITH a AS (SELECT 1) TABLE a")', 'say("WITH love")'),
        (sql_texts, 'Q = "DELETE FROM gift"', 'say("deleted from the list")'),
        (unfinished, "x = 1  # TODO later", "todos = 1"),
        (skipped, "@pytest.mark.skip\ndef test(): ...", "def test_skips_nothing(): ..."),
        (addresses, "--index-url https://here/simple\n", "a==1 \\\n    --hash=sha256:1\n"),
        (addresses, "--extra-index-url file\n", "--hash=sha256:1\n"),
        (unhashed, "a==1\nb==2 \\\n    --hash=sha256:1\n", "b==2 \\\n    --hash=sha256:1\n"),
        (resolved, '"resolved": "https://here/a.tgz"', '"integrity": "sha512-1"'),
        (registries, "https://pypi" + ".org/simple", "https://example.org"),
    ],
)
def test_a_rule_finds_what_it_should(rule: Rule, bad: str, good: str) -> None:
    assert list(rule(bad))
    assert not list(rule(good))


def test_front_door_contract_finds_a_look_inside() -> None:
    imports = [
        ("largesse.rooms.service", "largesse.gifts.queries"),
        ("largesse.rooms.service", "largesse.rooms.queries"),
        ("largesse.rooms.service", "largesse.gifts"),
        ("largesse.main", "largesse.gifts.routes"),
        ("largesse.health", "largesse.services"),
    ]
    assert intrusions(imports, ["largesse.main"]) == [imports[0]]
