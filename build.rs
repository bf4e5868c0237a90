//! Packs the data files, and links the program so that it is small and starts fast: at a fixed address,
//! with the unwinder inside, and without the tables that only unwinding reads.
//!
//! The linking is for a native build with the system's own linker; every other build is left as it is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    for (from, dictionary) in DATA {
        pack(from, dictionary, &folder)?;
    }
    link(&folder);
    Ok(())
}

/// Folders of data files, and in each the file that is most like the others: they are packed as what
/// differs from it, which makes them a third smaller. It is built in as it is.
const DATA: [(&str, &str); 4] = [
    ("src/balance/lexicon", "no.toml"),
    ("src/modems/data", "longcheer.toml"),
    ("src/operators/data", "204.toml"),
    ("src/sim/data", "telit-he910.toml"),
];

/// Each file of the folder as `src/packed.rs` reads it: its length in two octets, and DEFLATE (RFC 1951)
/// that may look back into the dictionary.
fn pack(from: &str, dictionary: &str, folder: &Path) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={from}");
    let to = folder.join(from);
    fs::create_dir_all(&to)?;
    let dictionary = fs::read(Path::new(from).join(dictionary))?;
    fs::write(to.join("dictionary"), &dictionary)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let text = fs::read(&path)?;
            let length = u16::try_from(text.len()).map_err(std::io::Error::other)?;
            let mut packed = length.to_le_bytes().to_vec();
            packed.extend(deflated(&dictionary, &text));
            fs::write(folder.join(&path), packed)?;
        }
    }
    Ok(())
}

/// What is said of `text` to somebody who has read the dictionary.
fn deflated(dictionary: &[u8], text: &[u8]) -> Vec<u8> {
    let mut packer = CompressorOxide::new(create_comp_flags_from_zip_params(10, 0, 0));
    let mut packed = Vec::new();
    compress_to_output(&mut packer, dictionary, TDEFLFlush::Sync, |_| true);
    compress_to_output(&mut packer, text, TDEFLFlush::Finish, |octets| {
        packed.extend_from_slice(octets);
        true
    });
    packed
}

fn link(folder: &Path) {
    if is_native() && has_unwinder() && scripts(folder).is_ok() {
        // Thousands of relocations, and the pages they dirty: 0.1 ms of a start that takes 1 ms.
        println!("cargo::rustc-link-arg-bins=-no-pie");
        println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
        if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
            println!("cargo::rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
            println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", folder.join(NO_TABLES).display());
        }
    }
}

fn is_native() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|is| is == value);
    let is_static = env::var("CARGO_CFG_TARGET_FEATURE")
        .is_ok_and(|features| features.split(',').any(|feature| feature == "crt-static"));
    let same = env::var_os("TARGET") == env::var_os("HOST");
    let system = is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu");
    same && system && !is_static && env::var_os("RUSTC_LINKER").is_none()
}

/// Whether the compiler brings the unwinder as an archive; it prints the bare name where not.
fn has_unwinder() -> bool {
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    asked.is_ok_and(|found| Path::new(String::from_utf8_lossy(&found.stdout).trim()).is_absolute())
}

/// Two linker scripts. One under the shared library's name: one library less to open, 0.1 ms. The other
/// leaves out 200 kB of tables: a release aborts where it would unwind.
fn scripts(folder: &Path) -> std::io::Result<()> {
    let tables = "SECTIONS { /DISCARD/ : { *(.eh_frame) } } INSERT BEFORE .text;\n";
    fs::write(folder.join(NO_TABLES), tables)?;
    fs::write(folder.join("libgcc_s.so"), "GROUP ( -lgcc_eh -lgcc )\n")
}

const NO_TABLES: &str = "no-unwind-tables.ld";
