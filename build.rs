//! Links the program so that it is small and starts fast: at a fixed address, with the unwinder inside,
//! and without the tables that only unwinding reads.
//!
//! Only for a native build with the system's own linker; every other build is left as it is.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    if is_native() && has_unwinder() && scripts(&folder).is_ok() {
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
