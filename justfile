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

# What a real modem says of itself, masked, as a file that plays again
record PORT OUT *COMMANDS:
    cargo run --quiet -- record --port {{PORT}} {{OUT}} {{COMMANDS}}

# A pseudo-terminal that plays a script, for other programs
pty FILE:
    cargo run --quiet -- simulate {{FILE}}

# Start to exit beside a bare loop in C; PROGRAM measures another build
bench *PROGRAM:
    SALDO={{PROGRAM}} cargo bench --locked --bench wall

# GSM 7-bit beside another crate
bench-gsm7:
    cargo bench --locked --bench gsm7

# Search for octets that break a target (tests/fuzz/targets.rs names them); needs cargo-fuzz, and no nightly
fuzz TARGET *ARGUMENTS:
    mkdir -p fuzz/corpus/{{TARGET}}
    cd fuzz && RUSTC_BOOTSTRAP=1 cargo fuzz run {{TARGET}} corpus/{{TARGET}} ../fixtures/fuzz/{{TARGET}} -- -max_len=4096 -timeout=20 -rss_limit_mb=1024 {{ARGUMENTS}}
