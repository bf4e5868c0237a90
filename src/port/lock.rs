//! The lock file of a serial port, which is also the journal of what a crash leaves undone.
//!
//! `LCK..ttyUSB2` in the usual place, in the format that minicom, pppd and friends share (UUCP
//! HDB): the process id in ten columns, then the program. Lines `restore AT…` after that are ours:
//! what we have to send before we let go. They outlive a kill, and whoever takes the port next
//! finds them in [`Lock::left_behind`].
//!
//! While we hold the file it is also locked with flock(2). So a file of ours that can be locked
//! is a leftover, even when some other process has got our number since.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use rustix::process::{Pid, geteuid, test_kill_process};

use super::Roots;
use super::holder::{self, Holder};

/// A lock file that is ours; dropping it removes it, unless commands are still owed.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    file: File,
    left_behind: Option<Vec<String>>,
    /// Whether commands stand in the file: then it outlives us, as after a crash.
    owes: AtomicBool,
}

/// The port is another program's, says its lock file.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("held by {holder}, says {}", file.display())]
pub struct Held {
    /// The lock file.
    pub file: PathBuf,
    /// Whose process id it holds.
    pub holder: Holder,
}

impl Lock {
    /// Locks this device, whose links are resolved already.
    ///
    /// A lock whose process is gone, or that names none, is taken over. `None` where no folder
    /// can be written to: then only TIOCEXCL and flock on the device itself protect the port.
    ///
    /// # Errors
    ///
    /// [`Held`] where a living process holds the lock in any of the folders.
    pub fn take(device: &Path, roots: &Roots) -> Result<Option<Self>, Held> {
        let name = file_name(device, &roots.dev);
        for folder in &roots.lock {
            if let Some(lock) = take_file(&folder.join(&name), device, &roots.proc)? {
                return Ok(Some(lock));
            }
        }
        Ok(None)
    }

    /// The commands that a crashed run on this port still owed the modem, in their order; none where another program
    /// crashed, and `None` where nobody has.
    ///
    /// They stay in the file until [`Lock::note_restore`] says otherwise.
    pub fn left_behind(&self) -> Option<&[String]> {
        self.left_behind.as_deref()
    }

    /// Writes down what must be sent before the port is let go, in place of what stood there.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written; then the changes should not be made.
    pub fn note_restore(&self, commands: &[String]) -> io::Result<()> {
        let mut text = format!("{:>10}\n{PROGRAM}\n", std::process::id());
        for command in commands.iter().filter(|command| is_command(command)) {
            text.push_str(RESTORE);
            text.push_str(command);
            text.push('\n');
        }
        self.owes.store(!commands.is_empty(), Ordering::Relaxed);
        let (before, after) = (self.file.metadata()?.len(), text.len() as u64);
        self.file.write_all_at(text.as_bytes(), 0)?;
        if before > after { self.file.set_len(after) } else { Ok(()) }
    }

    /// The lock file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !self.owes.load(Ordering::Relaxed) && is_still_there(&self.path, &self.file) {
            let _ = fs::remove_file(&self.path); // a leftover is recognised as one
        }
    }
}

const PROGRAM: &str = "saldo";
const RESTORE: &str = "restore ";

/// More than any journal of ours; a larger file is not a lock file.
const LONGEST: u64 = 4096;

/// `LCK..ttyUSB2`; folders below `/dev` become part of the name: `LCK..pts_3`.
fn file_name(device: &Path, dev: &Path) -> String {
    let inside = device.strip_prefix(dev).or_else(|_| device.strip_prefix("/")).unwrap_or(device);
    format!("LCK..{}", inside.to_string_lossy().replace('/', "_"))
}

/// `None` where this file cannot be written.
fn take_file(path: &Path, device: &Path, proc: &Path) -> Result<Option<Lock>, Held> {
    let mut is_leftover = false;
    for _ in 0..TRIES {
        let file = match open_or_create(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(_) => {
                return File::open(path)
                    .map_or(Ok(None), |file| read_only(path, file, device, proc));
            }
        };
        let others = flock(&file, FlockOperation::NonBlockingLockExclusive).err();
        let content = Content::read(&file);
        if let Some(pid) = content.holder(others, device, proc) {
            return Err(held(path, pid, &content, proc));
        }
        if others == Some(Errno::WOULDBLOCK) || !is_still_there(path, &file) {
            std::thread::sleep(BETWEEN); // somebody is at it right now
            continue;
        }
        is_leftover |= !content.0.is_empty();
        if !is_mine(&file) {
            match fs::remove_file(path) {
                Ok(()) => continue, // a file of ours takes its place: nobody else can edit that
                Err(_) => return Ok(None),
            }
        }
        let owed = content.restore(&file);
        let left_behind = is_leftover.then(|| owed.clone());
        let lock = Lock { path: path.into(), left_behind, file, owes: AtomicBool::new(false) };
        let is_noted = lock.note_restore(&owed).is_ok();
        // Whoever only looks at the port and lets it go leaves the next one to know.
        lock.owes.fetch_or(is_leftover, Ordering::Relaxed);
        return Ok(is_noted.then_some(lock));
    }
    Ok(None)
}

/// Against two programs that take turns in creating and removing the file.
const TRIES: usize = 100;
const BETWEEN: Duration = Duration::from_micros(100);

/// Two steps, because O_CREAT on somebody else's file in a folder like /tmp is refused even to
/// root where `fs.protected_regular` is set.
fn open_or_create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.read(true).write(true).mode(0o644).custom_flags(flags.bits() as i32);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            options.create_new(true).open(path)
        }
        opened => opened,
    }
}

/// A lock we may read but not write binds us all the same.
fn read_only(path: &Path, file: File, device: &Path, proc: &Path) -> Result<Option<Lock>, Held> {
    let others = flock(&file, FlockOperation::NonBlockingLockExclusive).err();
    let content = Content::read(&file);
    content
        .holder(others, device, proc)
        .map_or(Ok(None), |pid| Err(held(path, pid, &content, proc)))
}

/// Whose lock file stands for this device, without touching it.
pub(super) fn who_holds(device: &Path, roots: &Roots) -> Option<Held> {
    let name = file_name(device, &roots.dev);
    let files = roots.lock.iter().map(|folder| folder.join(&name));
    let held = |path: PathBuf| read_only(&path, File::open(&path).ok()?, device, &roots.proc).err();
    files.filter_map(held).next()
}

fn held(path: &Path, pid: u32, content: &Content, proc: &Path) -> Held {
    let program = holder::program(proc, pid).or_else(|| content.program());
    Held { file: path.into(), holder: Holder { pid, program: program.unwrap_or_default() } }
}

fn is_still_there(path: &Path, file: &File) -> bool {
    match (fs::symlink_metadata(path), file.metadata()) {
        (Ok(there), Ok(ours)) => (there.dev(), there.ino()) == (ours.dev(), ours.ino()),
        _ => false,
    }
}

fn is_mine(file: &File) -> bool {
    file.metadata().is_ok_and(|file| file.uid() == geteuid().as_raw())
}

fn is_command(text: &str) -> bool {
    text.starts_with("AT") && !text.contains(char::is_control)
}

/// What stood in a lock file.
struct Content(Vec<u8>);

impl Content {
    fn read(file: &File) -> Self {
        let mut octets = Vec::new();
        let read = file.take(LONGEST).read_to_end(&mut octets);
        Self(if read.is_ok() { octets } else { Vec::new() })
    }

    /// The process that holds this lock, if it lives.
    fn holder(&self, flocked: Option<Errno>, device: &Path, proc: &Path) -> Option<u32> {
        let pid = self.pid().filter(|pid| is_alive(*pid))?;
        let left_by_us = self.program().as_deref() == Some(PROGRAM);
        let is_leftover = left_by_us || self.is_of_another(pid, device, proc);
        (flocked.is_some() || !is_leftover).then_some(pid)
    }

    /// Whether the number has gone to a program of another name that, as far as can be seen, has
    /// nothing to do with the device. Where its files are hidden from us, the lock counts.
    fn is_of_another(&self, pid: u32, device: &Path, proc: &Path) -> bool {
        let named = self.program().zip(holder::program(proc, pid));
        let is_same = named.is_none_or(|(locked, now)| {
            let base = locked.rsplit('/').next().unwrap_or(&locked);
            base.starts_with(&now) // the kernel keeps 15 octets of a name
        });
        !is_same && holder::has_open(proc, pid, device) == Some(false)
    }

    /// In digits (HDB), or as the four octets that older programs write.
    fn pid(&self) -> Option<u32> {
        if let Ok(octets) = <[u8; 4]>::try_from(self.0.as_slice()) {
            if octets.iter().any(|octet| !octet.is_ascii_graphic() && *octet != b'\n') {
                return Some(u32::from_ne_bytes(octets));
            }
        }
        self.text()?.split_ascii_whitespace().next()?.parse().ok()
    }

    /// The word after the process id: on the next line (ours) or the same one (minicom).
    fn program(&self) -> Option<String> {
        self.text()?.split_ascii_whitespace().nth(1).map(str::to_owned)
    }

    /// Our own lines, and only from a file that no other user could have written.
    fn restore(&self, file: &File) -> Vec<String> {
        let ours = is_mine(file) && self.program().as_deref() == Some(PROGRAM);
        let lines = self.text().filter(|_| ours).unwrap_or_default().lines();
        let commands = lines.filter_map(|line| line.strip_prefix(RESTORE));
        commands.filter(|command| is_command(command)).map(str::to_owned).collect()
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

#[cfg(test)]
mod tests;
