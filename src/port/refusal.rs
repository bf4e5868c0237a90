//! Why a port would not open, in words, and what to do about it.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use rustix::fs::{Access, access};
use rustix::io::Errno;

use super::lock::{Held, who_holds};
use super::words;
use super::{Candidate, Holder, Roots, hidden_broker, holders};
use crate::Error;

/// What stood in the way.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Another program has it open.
    Busy,
    /// Another program's lock file.
    Held(Held),
    /// No such device file.
    Missing,
    /// Not our user's to open.
    Denied,
    /// The file is no tty.
    NoTty,
    /// A device file with no device behind it.
    Gone,
    /// A UART that the driver made up.
    NoHardware,
    /// Something else.
    Words(String),
}

impl From<Errno> for Refusal {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::BUSY | Errno::WOULDBLOCK => Self::Busy,
            Errno::NOENT | Errno::NOTDIR => Self::Missing,
            Errno::ACCESS | Errno::PERM => Self::Denied,
            Errno::NOTTY | Errno::ISDIR | Errno::INVAL => Self::NoTty,
            Errno::NODEV | Errno::NXIO => Self::Gone,
            Errno::IO => Self::NoHardware,
            other => Self::Words(words(&other.into())),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match (Errno::from_io_error(&error), error.kind()) {
            (Some(errno), _) => errno.into(),
            (None, io::ErrorKind::NotFound) => Self::Missing,
            (None, io::ErrorKind::PermissionDenied) => Self::Denied,
            (None, _) => Self::Words(words(&error)),
        }
    }
}

impl From<Held> for Refusal {
    fn from(held: Held) -> Self {
        Self::Held(held)
    }
}

/// The error for `path`, as the user named it.
pub(super) fn cannot_open(roots: &Roots, path: &Path, refusal: &Refusal) -> Error {
    let (why, hint) = match refusal {
        Refusal::Busy => return held(path, busy(roots, path)),
        Refusal::Held(by) => return held(path, (by.to_string(), let_go(&by.holder))),
        Refusal::Missing => ("no such device".into(), LIST.into()),
        Refusal::Denied => ("no permission".into(), permission(path)),
        Refusal::NoTty => (format!("it is {}, not a serial port", kind(path)), LIST.into()),
        Refusal::Gone => ("no device behind it; unplugged?".into(), LIST.into()),
        Refusal::NoHardware => ("the driver finds no hardware behind it".into(), LIST.into()),
        Refusal::Words(words) => (words.clone(), LIST.into()),
    };
    Error::Port { message: format!("cannot open {}: {why}", path.display()), hint: Some(hint) }
}

const LIST: &str = "`saldo ports` lists the ports of this machine and who holds them";

fn held(path: &Path, (reason, hint): (String, String)) -> Error {
    Error::Held { port: path.display().to_string(), reason, hint }
}

/// A lock file names its holder to everybody; /proc shows the files of other users to root only.
fn busy(roots: &Roots, path: &Path) -> (String, String) {
    let device = fs::canonicalize(path).unwrap_or_else(|_| path.into());
    if let Some(held) = who_holds(&device, roots) {
        return (held.to_string(), let_go(&held.holder));
    }
    let found = holders(&roots.proc, std::slice::from_ref(&device));
    let holder = found.get(&device).and_then(|holders| holders.first());
    match (holder, hidden_broker(&roots.proc)) {
        (Some(holder), _) => (format!("held by {holder}"), let_go(holder)),
        (None, Some(broker)) => {
            (format!("another program holds it, likely {broker}"), let_go(&broker))
        }
        (None, None) => (
            "another program holds it".into(),
            "`sudo saldo ports` shows which: programs of other users are hidden from you".into(),
        ),
    }
}

/// Never to be killed: it may be in the middle of something.
pub(super) fn let_go(holder: &Holder) -> String {
    if holder.program == "ModemManager" {
        return MODEM_MANAGER.into();
    }
    format!("close {holder}, or take another port: `saldo ports`")
}

/// The ways past ModemManager; our own need a build that speaks to it.
const MODEM_MANAGER: &str = if cfg!(feature = "modemmanager") {
    "`--port mm:` asks through ModemManager, `--borrow` takes the modem from it for this run"
} else {
    "`sudo mmcli -m any --inhibit` in another terminal keeps ModemManager away while it runs"
};

/// The first port that may be asked but is not this user's to open, and what to do about it.
pub fn forbidden(ports: &[Candidate]) -> Option<(&Path, String)> {
    let denied =
        |path: &Path| access(path, Access::READ_OK | Access::WRITE_OK) == Err(Errno::ACCESS);
    let mut asked = ports.iter().filter(|port| port.rejected.is_none());
    let port = asked.find(|port| denied(&port.device))?;
    Some((&port.device, permission(&port.device)))
}

fn permission(path: &Path) -> String {
    let owner = fs::metadata(path).ok().filter(|file| file.mode() & 0o060 == 0o060);
    let group = owner.and_then(|file| group_name(file.gid())).filter(|group| group != "root");
    match group {
        Some(group) => format!("`sudo usermod -aG {group} $USER`, then log in again"),
        None => "install udev/70-saldo.rules: it gives modem ports to the group dialout".into(),
    }
}

fn group_name(gid: u32) -> Option<String> {
    let groups = fs::read_to_string("/etc/group").ok()?;
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == gid.to_string()).then(|| name.to_owned())
    })
}

fn kind(path: &Path) -> &'static str {
    let Ok(file) = fs::metadata(path) else { return "something else" };
    let kind = file.file_type();
    match () {
        () if kind.is_dir() => "a folder",
        () if kind.is_file() => "a plain file",
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () if kind.is_block_device() => "a disk",
        () => "another kind of device",
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn hint_and_message(refusal: &Refusal) -> (String, String) {
        let nowhere = PathBuf::from("/nothing/here");
        let roots = Roots { proc: nowhere.clone(), lock: vec![nowhere], ..Roots::default() };
        let error = cannot_open(&roots, Path::new("/dev/ttyUSB2"), refusal);
        assert_eq!(error.exit_status(), 3);
        (error.hint().unwrap(), error.to_string())
    }

    #[test]
    #[rustfmt::skip]
    fn every_errno_of_a_tty_has_its_words() {
        for (errno, words) in [
            (Errno::NOENT,  "cannot open /dev/ttyUSB2: no such device"),
            (Errno::ACCESS, "cannot open /dev/ttyUSB2: no permission"),
            (Errno::BUSY,   "cannot open /dev/ttyUSB2: another program holds it"),
            (Errno::NODEV,  "cannot open /dev/ttyUSB2: no device behind it; unplugged?"),
            (Errno::NXIO,   "cannot open /dev/ttyUSB2: no device behind it; unplugged?"),
            (Errno::IO,     "cannot open /dev/ttyUSB2: the driver finds no hardware behind it"),
            (Errno::MFILE,  "cannot open /dev/ttyUSB2: too many open files"),
        ] {
            assert_eq!(hint_and_message(&errno.into()).1, words);
        }
    }

    #[test]
    fn a_port_that_root_keeps_to_itself_needs_the_udev_rule() {
        let (hint, _) = hint_and_message(&Refusal::Denied);
        assert!(hint.contains("udev/70-saldo.rules"), "{hint}");
    }

    #[test]
    fn a_group_that_may_use_the_port_is_named() {
        assert_eq!(group_name(0).as_deref(), Some("root"));
        assert_eq!(group_name(u32::MAX), None);
    }

    #[test]
    fn modemmanager_is_asked_not_killed() {
        let holder = Holder { pid: 812, program: "ModemManager".into() };
        let held = Held { file: PathBuf::from("/run/lock/LCK..ttyUSB2"), holder };
        let (hint, message) = hint_and_message(&held.into());
        let ours = cfg!(feature = "modemmanager");
        assert!(hint.contains(if ours { "`--port mm:`" } else { "mmcli" }), "{hint}");
        assert!(message.contains("ModemManager (PID 812)"), "{message}");
    }
}
