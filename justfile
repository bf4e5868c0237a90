# Names for commands; nothing hides in them.

default:
    @just --list

# Everything that must hold before a change lands
ci:
    bash .ci/run

# Tests, all or those whose name fits
test *NAME:
    cargo test --locked {{NAME}}

# Rewrite the console blocks of README.md and tests/cli, then show what changed
accept:
    TRYCMD=overwrite cargo test --locked --test pages
    git diff --stat -- README.md tests/cli

# Run saldo on a script: just sim fixtures/scripts/menu.at ussd '*100#'
sim FILE *ARGUMENTS:
    cargo run --quiet -- --port sim:{{FILE}} {{ARGUMENTS}}

# Ask a real modem and keep what passed, redacted
record PORT OUT:
    cargo run --quiet -- --port {{PORT}} --record {{OUT}}

# A pseudo-terminal that plays a script, for other programs
pty FILE:
    cargo run --quiet -- simulate {{FILE}}

# Start to exit beside a bare loop in C; PROGRAM measures another build
bench *PROGRAM:
    SALDO={{PROGRAM}} cargo bench --locked --bench wall

# GSM 7-bit beside another crate
bench-gsm7:
    cargo bench --locked --bench gsm7
