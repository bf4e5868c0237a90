//! Who may import whom, and that nothing below the shell touches a port, a file or a clock.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// Lowest layer first; within a layer a module may use those before it in its row.
#[rustfmt::skip]
const LAYERS: &[(&str, &[&str])] = &[
    ("words",     &["packed", "rows", "ids", "hex", "dcs", "ucs2", "gsm7", "balance", "transcript"]),
    ("protocols", &["at", "pdu", "sms", "ussd", "answers", "euicc"]),
    ("data",      &["operators", "modems"]),
    ("rules",     &["diag", "watch"]),
    ("sim",       &["sim"]),
    ("error",     &["error"]),
    ("shell",     &["port", "store", "client", "mm", "daemon", "mqtt", "web"]),
    ("program",   &["cli"]),
];

/// The layers that may wait, read files and ask for the time.
const SHELL: &[&str] = &["shell", "program"];

/// What only those may say.
#[rustfmt::skip]
const IMPURE: &[&str] = &[
    "tokio::", "hyper::", "tokio_rustls::", "rusqlite::", "tokio_serial", "serialport::", "zbus::", "rustix::", "std::fs", "std::net", "std::env", "std::thread",
    "std::process", "Instant::now", "SystemTime::now", "Timestamp::now", "println!", "eprintln!",
];

#[test]
fn imports_point_downwards() {
    for file in sources() {
        let Some(place) = place_of(&file.module) else { continue };
        for import in imports(&file.code) {
            let target = place_of(&import).unwrap_or_else(|| {
                panic!("{}: imports `{import}`, which stands in no layer", file.path)
            });
            assert!(target <= place, "{}: `{}` may not import `{import}`", file.path, file.module);
        }
    }
}

#[test]
fn every_module_stands_in_a_layer() {
    for file in sources() {
        let known =
            place_of(&file.module).is_some() || matches!(file.module.as_str(), "lib" | "main");
        assert!(known, "{}: give `{}` its place in LAYERS", file.path, file.module);
    }
}

#[test]
fn nothing_below_the_shell_does_io() {
    for file in sources() {
        let Some((layer, _)) = place_of(&file.module) else { continue };
        if SHELL.contains(&LAYERS[layer].0) {
            continue;
        }
        for word in IMPURE {
            assert!(!file.code.contains(word), "{}: `{word}` belongs in the shell", file.path);
        }
    }
}

#[test]
fn files_stay_small() {
    for file in sources() {
        let lines = file.code.lines().count();
        assert!(lines <= 400, "{}: {lines} lines before its tests; 400 is too long", file.path);
    }
}

struct Source {
    path: String,
    module: String,
    /// What comes before the tests, without comments.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 10, "the source tree was not found");
    files.iter().map(|path| source(&root, path)).collect()
}

fn source(root: &Path, path: &Path) -> Source {
    let inside = path.strip_prefix(root).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let uncommented = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    Source {
        path: inside.display().to_string(),
        module: first.trim_end_matches(".rs").to_owned(),
        code: uncommented,
    }
}

/// All but tests that stand in a file of their own.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("tests.rs")
        {
            files.push(path);
        }
    }
}

/// The first path segment behind every `crate::` and `saldo::`; types re-exported at the root are `error`'s.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for root in ["crate::", "saldo::"] {
        for (at, _) in code.match_indices(root) {
            let rest = &code[at + root.len()..];
            let names =
                rest.strip_prefix('{').map_or(rest, |list| list.split('}').next().unwrap_or(list));
            let several = rest.starts_with('{');
            for name in names.split(',').take(if several { usize::MAX } else { 1 }) {
                let word: String =
                    name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                match word.as_str() {
                    "" => {}
                    "Error" => found.push("error".to_owned()),
                    _ if word.starts_with(char::is_lowercase) => found.push(word),
                    _ => {}
                }
            }
        }
    }
    found
}

/// Layer and place within it; a smaller pair is lower.
fn place_of(module: &str) -> Option<(usize, usize)> {
    LAYERS.iter().enumerate().find_map(|(layer, (_, row))| {
        row.iter().position(|name| *name == module).map(|place| (layer, place))
    })
}
