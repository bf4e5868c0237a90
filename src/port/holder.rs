//! Who has a port open, as far as this user may see.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// A program that holds a port; [`fmt::Display`] writes `minicom (PID 812)`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// Name of the program; empty where nothing says it.
    pub program: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = if self.program.is_empty() { "a program" } else { &self.program };
        write!(f, "{program} (PID {})", self.pid)
    }
}

/// Every program but this one that has one of these device files open, by device.
///
/// One pass over `proc`. Processes of other users are unseen unless we are root: an empty map
/// does not mean that nobody holds the port.
pub fn holders(proc: &Path, devices: &[PathBuf]) -> BTreeMap<PathBuf, Vec<Holder>> {
    let mut found: BTreeMap<PathBuf, Vec<Holder>> = BTreeMap::new();
    for pid in processes(proc) {
        for device in open_files(proc, pid).filter(|file| devices.contains(file)) {
            let known = found.entry(device).or_default();
            if known.iter().all(|holder| holder.pid != pid) {
                known.push(Holder { pid, program: program(proc, pid).unwrap_or_default() });
            }
        }
    }
    found
}

/// Whether this process has the device open; `None` where its files are hidden from us.
pub(super) fn has_open(proc: &Path, pid: u32, device: &Path) -> Option<bool> {
    fs::read_dir(proc.join(pid.to_string()).join("fd")).ok()?;
    Some(open_files(proc, pid).any(|file| file == device))
}

/// Whether it is the maker of pseudo-terminals, which keeps their other ends.
pub(super) fn makes_terminals(proc: &Path, pid: u32) -> bool {
    open_files(proc, pid).any(|file| file.ends_with("ptmx"))
}

/// Programs that open every modem they see.
const BROKERS: &[&str] = &["ModemManager", "brltty", "gammu-smsd", "ofonod", "smsd"];

/// A program of that kind whose open files are hidden from us, as root's are from everybody else: it
/// may well hold a port that nobody else is seen to hold.
pub fn hidden_broker(proc: &Path) -> Option<Holder> {
    let is_hidden = |pid: u32| fs::read_dir(proc.join(pid.to_string()).join("fd")).is_err();
    processes(proc).into_iter().find_map(|pid| {
        let program = program(proc, pid).filter(|name| BROKERS.contains(&name.as_str()))?;
        is_hidden(pid).then_some(Holder { pid, program })
    })
}

/// Name of the program that runs under this process id.
pub(super) fn program(proc: &Path, pid: u32) -> Option<String> {
    let name = fs::read_to_string(proc.join(pid.to_string()).join("comm")).ok()?;
    Some(name.trim_end().to_owned())
}

fn processes(proc: &Path) -> Vec<u32> {
    let names = fs::read_dir(proc).into_iter().flatten().flatten();
    let mut pids: Vec<u32> =
        names.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    pids.retain(|pid| *pid != std::process::id());
    pids.sort_unstable();
    pids
}

fn open_files(proc: &Path, pid: u32) -> impl Iterator<Item = PathBuf> {
    let descriptors = fs::read_dir(proc.join(pid.to_string()).join("fd"));
    descriptors.into_iter().flatten().flatten().filter_map(|entry| fs::read_link(entry.path()).ok())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_holders_of_a_device_are_named_once_each() {
        let proc = tempfile::tempdir().unwrap();
        let device = PathBuf::from("/dev/ttyUSB2");
        for (pid, name, targets) in [
            ("812", "ModemManager\n", &["/dev/ttyUSB2", "/dev/ttyUSB2", "/dev/null"][..]),
            ("90", "minicom\n", &["/dev/ttyUSB2"]),
            ("91", "cat\n", &["/dev/ttyUSB1"]),
            ("self", "saldo\n", &["/dev/ttyUSB2"]),
        ] {
            let fd = proc.path().join(pid).join("fd");
            fs::create_dir_all(&fd).unwrap();
            fs::write(proc.path().join(pid).join("comm"), name).unwrap();
            for (number, target) in targets.iter().enumerate() {
                symlink(target, fd.join(number.to_string())).unwrap();
            }
        }
        let found = holders(proc.path(), std::slice::from_ref(&device));
        let names: Vec<_> = found[&device].iter().map(Holder::to_string).collect();
        assert_eq!(names, ["minicom (PID 90)", "ModemManager (PID 812)"]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_broker_is_suspected_only_where_its_files_are_hidden() {
        let proc = tempfile::tempdir().unwrap();
        for (pid, name) in [("70", "bash"), ("812", "ModemManager")] {
            fs::create_dir_all(proc.path().join(pid)).unwrap();
            fs::write(proc.path().join(pid).join("comm"), format!("{name}\n")).unwrap();
        }
        let suspect = hidden_broker(proc.path()).map(|holder| holder.to_string());
        assert_eq!(suspect.as_deref(), Some("ModemManager (PID 812)"));
        fs::create_dir_all(proc.path().join("812/fd")).unwrap();
        assert_eq!(hidden_broker(proc.path()), None);
    }

    #[test]
    fn no_proc_at_all_means_nobody_is_seen() {
        assert!(holders(Path::new("/nothing/here"), &["/dev/ttyUSB2".into()]).is_empty());
    }
}
