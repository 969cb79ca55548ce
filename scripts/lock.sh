#!/usr/bin/env bash
# Writes requirements/*.lock from pyproject.toml. Needs `uv`, which `make install` puts in .venv/bin.
# Releases younger than a week are left out: the worst of them are withdrawn by then.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
newest=$(date -u -d "7 days ago" +%F 2>/dev/null || date -u -v-7d +%F)
compile() {
    uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        --exclude-newer "$newest" "$@"
}
compile --group installer --output-file requirements/installer.lock
compile pyproject.toml --group build --group dev --output-file requirements/dev.lock
# The smaller set takes its versions from the larger one, so that both agree.
compile pyproject.toml --group build --constraint requirements/dev.lock \
    --output-file requirements/run.lock
