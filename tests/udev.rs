//! The udev rules and the modem data name the same devices; `BLESS=1` rewrites the rules.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use saldo::modems::{By, Layout, layouts};

#[test]
fn the_rules_are_what_the_modem_data_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("udev/70-saldo.rules");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, rules()).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == rules(), "udev/70-saldo.rules is out of date: BLESS=1 cargo test --test udev");
}

/// `udevadm verify` came with systemd 254; `.ci/run` unpacks a newer one beside an older system.
#[test]
fn the_rules_pass_the_judge_of_udev() {
    let Some(udevadm) = udevadm() else {
        println!("skipped: no udevadm of systemd 254 or later here");
        return;
    };
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("udev/70-saldo.rules");
    // Without the names of groups: `dialout` is Debian's, and this machine may be another.
    let judged =
        Command::new(&udevadm).args(["verify", "--resolve-names=never"]).arg(rules).output();
    let judged = judged.unwrap();
    let said = String::from_utf8_lossy(&judged.stderr);
    assert!(judged.status.success(), "{}: {said}", udevadm.display());
}

fn udevadm() -> Option<PathBuf> {
    let unpacked = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/udev/udevadm");
    [unpacked, "udevadm".into()].into_iter().find(|udevadm| {
        let version = Command::new(udevadm).arg("--version").output().map(|output| output.stdout);
        let version = version.ok().and_then(|text| String::from_utf8(text).ok());
        version.and_then(|text| text.trim().parse().ok()).is_some_and(|version: u32| version >= 254)
    })
}

#[test]
fn every_rule_is_well_formed() {
    for line in rules().lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        for clause in line.split(", ") {
            let (key, value) = clause.split_once('"').unwrap_or_else(|| panic!("{line}"));
            let operator =
                key.trim_start_matches(|c: char| c.is_alphanumeric() || "{}._".contains(c));
            assert!(["==", "!=", "=", "+="].contains(&operator), "{clause}: {line}");
            assert!(value.ends_with('"') && value.matches('"').count() == 1, "{clause}: {line}");
        }
    }
}

#[test]
fn devices_stand_in_the_order_of_their_ids() {
    let rules = rules();
    let ids: Vec<_> = rules
        .lines()
        .filter(|line| line.contains("GROUP=") && line.starts_with("ENV"))
        .map(|line| line.split_once(", GROUP").unwrap().0)
        .collect();
    assert!(ids.len() > 30, "{ids:?}");
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
}

fn rules() -> String {
    let mut text = HEAD.to_owned();
    for layout in layouts() {
        text.push_str(&device(layout));
    }
    text.push_str(FOOT);
    text
}

fn device(layout: &Layout) -> String {
    let products: Vec<String> =
        layout.products.iter().map(|product| format!("{product:04x}")).collect();
    let mut ids = format!("ENV{{ID_VENDOR_ID}}==\"{:04x}\"", layout.vendor);
    if !products.is_empty() {
        ids += &format!(", ENV{{ID_MODEL_ID}}==\"{}\"", products.join("|"));
    }
    let access = format!("{ids}, GROUP=\"dialout\", MODE=\"0660\"\n");
    access + &at_port(layout).map(|port| format!("{ids}, {port}, {NAME}\n")).unwrap_or_default()
}

/// What tells the port for commands; of several the first, since a name leads to one.
fn at_port(layout: &Layout) -> Option<String> {
    let hex = |numbers: &[u8]| {
        numbers.iter().map(|number| format!("{number:02x}")).collect::<Vec<_>>().join("|")
    };
    let first = layout.at.get(..1)?;
    Some(match layout.by {
        By::Interface => format!("ENV{{ID_USB_INTERFACE_NUM}}==\"{}\"", hex(first)),
        By::Protocol => format!(
            "ATTRS{{bInterfaceClass}}==\"ff\", ATTRS{{bInterfaceProtocol}}==\"{}\"",
            hex(&layout.at)
        ),
    })
}

const NAME: &str = r#"SYMLINK+="saldo/$env{.SALDO_NAME}-at""#;

const HEAD: &str = r#"# Access for the group dialout, and names that stay, for modem ports: /dev/saldo/<serial or path>-at
# Install, undo, ModemManager: see README.md beside this file.
# Written from src/modems/data by `BLESS=1 cargo test --test udev`: do not edit.

ACTION=="remove", GOTO="saldo_end"
SUBSYSTEM=="wwan", KERNEL=="wwan*at*", GROUP="dialout", MODE="0660", SYMLINK+="saldo/$kernel-at"
SUBSYSTEM!="tty", GOTO="saldo_end"
ENV{ID_BUS}!="usb", GOTO="saldo_end"

# Many modems have no serial number, and some makers give all theirs the same one.
ENV{.SALDO_NAME}="$env{ID_PATH}"
ENV{ID_SERIAL_SHORT}=="?*", ENV{ID_SERIAL_SHORT}!="0123456789ABCDEF|1234567890ABCDEF", ENV{.SALDO_NAME}="$env{ID_SERIAL_SHORT}"

"#;

const FOOT: &str = r#"
LABEL="saldo_end"
"#;
