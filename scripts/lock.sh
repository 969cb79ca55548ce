#!/usr/bin/env bash
# Writes requirements/*.lock from pyproject.toml. Needs `uv` on the path.
# Releases younger than a week are left out: the worst of them are withdrawn by then.
set -euo pipefail
cd "$(dirname "$0")/.."
newest=$(date -u -d "7 days ago" +%F 2>/dev/null || date -u -v-7d +%F)
compile() {
    uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
        --exclude-newer "$newest" "$@"
}
compile --group build --group dev --output-file requirements/dev.lock --upgrade
# The smaller set takes its versions from the larger one, so that both agree.
compile --group build --constraint requirements/dev.lock --output-file requirements/run.lock --upgrade
