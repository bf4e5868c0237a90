//! What a run owes a modem beyond a power cut: settings that the modem itself remembers.
//!
//! One file a modem and subject, in a folder of the state folder: the commands that put back what a run is
//! about to change, written and synced before it changes anything. A run that is killed leaves its file, and
//! the next run that meets the modem, on whatever port, sends them. While the run lives its file is locked
//! with flock(2), so that another run on another port of the modem does not put back too early.
//!
//! ```text
//! saldo journal 1
//! radio mode
//! restore AT+CNMP=2
//! ```
//!
//! A profile of an eSIM is no command: its line is `enable`, its ICCID, and the EID of the card it is on. What is
//! owed to another card is another file: a card that is out of the modem keeps what it is owed.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::process::geteuid;

use crate::ids::{Eid, Iccid, Imei};
use crate::modems::Identity;

/// The journals of all modems.
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
}

/// By what a modem is known again, wherever it is plugged in: its IMEI, its maker and its model, in
/// few enough octets to be guessed again by who knows the model: it names a file, and is never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModemKey(String);

impl ModemKey {
    /// `None` for a modem whose IMEI is zeros: others have that one too.
    pub fn new(imei: &Imei, identity: &Identity) -> Option<Self> {
        if imei.expose().bytes().all(|digit| digit == b'0') {
            return None;
        }
        let whole = [imei.expose(), &identity.manufacturer, &identity.model].join("\n");
        Some(Self(format!("{:016x}", fnv1a(whole.as_bytes()))))
    }
}

/// What one run owes one modem, about one subject; locked as long as it lives.
#[derive(Debug)]
pub struct Owed {
    path: PathBuf,
    subject: String,
    debts: Vec<Debt>,
    /// Holds the lock.
    _file: File,
}

/// One thing that puts back what was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Debt {
    /// A command that sets what was set.
    Command(String),
    /// The profile that was in use on the eUICC of that EID; `None` where the journal is an older one.
    Profile(Iccid, Option<Eid>),
}

impl Owed {
    /// What is put back, in words: `radio mode`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What puts it back, in this order.
    pub fn debts(&self) -> &[Debt] {
        &self.debts
    }

    /// Everything was put back: nothing is owed any more.
    ///
    /// # Errors
    ///
    /// What the system says where the file cannot be removed.
    pub fn settle(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        sync_folder(&self.path)
    }
}

impl Journal {
    /// The journals in a folder, which need not be there.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Whether nobody owes anything to any modem, as nearly always.
    pub fn is_empty(&self) -> bool {
        !self.files().any(|path| is_journal(&path))
    }

    /// Writes down what will be owed. When this returns it outlives a power cut.
    ///
    /// # Errors
    ///
    /// Where it cannot be written, and `ResourceBusy` where something about this subject is owed to the modem
    /// already: what was noted first counts, since what is found now is not what its owner had set.
    pub fn note(&self, modem: &ModemKey, subject: &str, debts: &[Debt]) -> io::Result<Owed> {
        fs::create_dir_all(&self.folder)?;
        let _alone = self.alone()?;
        let card = debts.iter().find_map(card).unwrap_or_default();
        let name = format!("{}-{}{card}.{ENDING}", modem.0, subject.replace(' ', "-"));
        let path = self.folder.join(name);
        if path.exists() {
            return Err(io::ErrorKind::ResourceBusy.into());
        }
        let next = path.with_extension("new");
        let file = write(&next, subject, debts)?;
        fs::rename(&next, &path)?;
        sync_folder(&path)?;
        sync_folder(&self.folder)?; // the folder itself may be new
        let (subject, debts) = (subject.to_owned(), debts.to_vec());
        Ok(Owed { path, subject, debts, _file: file })
    }

    /// What earlier runs left for this modem. What a living run owes is its own affair.
    pub fn left_behind(&self, modem: &ModemKey) -> Vec<Owed> {
        let Ok(_alone) = self.alone() else { return Vec::new() };
        let is_of = |path: &PathBuf| {
            let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
            is_journal(path) && name.split('-').next() == Some(&modem.0)
        };
        let mut paths: Vec<_> = self.files().filter(is_of).collect();
        paths.sort();
        paths.into_iter().filter_map(read).collect()
    }

    fn files(&self) -> impl Iterator<Item = PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten();
        entries.filter_map(|entry| entry.ok().map(|entry| entry.path()))
    }

    /// Nobody else writes or takes a journal while this is held; it takes as long as a file does.
    fn alone(&self) -> io::Result<File> {
        let folder = File::open(&self.folder)?;
        flock(&folder, FlockOperation::LockExclusive)?;
        Ok(folder)
    }
}

const HEAD: &str = "saldo journal 1";
const RESTORE: &str = "restore ";
const ENABLE: &str = "enable ";
const ENDING: &str = "journal";

/// More than any journal of ours.
const LONGEST: u64 = 4096;

fn is_journal(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == ENDING)
}

fn write(path: &Path, subject: &str, debts: &[Debt]) -> io::Result<File> {
    let mut text = format!("{HEAD}\n{subject}\n");
    for debt in debts {
        text.push_str(&match debt {
            Debt::Command(command) if is_command(command) => format!("{RESTORE}{command}\n"),
            Debt::Command(_) => return Err(io::ErrorKind::InvalidInput.into()),
            Debt::Profile(iccid, None) => format!("{ENABLE}{}\n", iccid.expose()),
            Debt::Profile(iccid, Some(eid)) => {
                format!("{ENABLE}{} {}\n", iccid.expose(), eid.expose())
            }
        });
    }
    let mut options = File::options();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(file)
}

/// `None` where a living run owes it, where it is not ours, and where it is no journal.
fn read(path: PathBuf) -> Option<Owed> {
    let file = File::open(&path).ok()?;
    flock(&file, FlockOperation::NonBlockingLockExclusive).ok()?;
    if file.metadata().ok()?.uid() != geteuid().as_raw() {
        return None;
    }
    let mut text = String::new();
    (&file).take(LONGEST).read_to_string(&mut text).ok()?;
    let mut lines = text.lines();
    let subject = lines.next().filter(|head| *head == HEAD).and(lines.next())?.to_owned();
    let debts: Vec<_> = lines.filter_map(debt).collect();
    (!debts.is_empty()).then_some(Owed { path, subject, debts, _file: file })
}

fn debt(line: &str) -> Option<Debt> {
    if let Some(profile) = line.strip_prefix(ENABLE) {
        let (iccid, eid) = match profile.split_once(' ') {
            Some((iccid, eid)) => (iccid, Some(Eid::parse(eid).ok()?)),
            None => (profile, None),
        };
        return Iccid::parse(iccid).ok().map(|iccid| Debt::Profile(iccid, eid));
    }
    let command = line.strip_prefix(RESTORE).filter(|command| is_command(command))?;
    Some(Debt::Command(command.to_owned()))
}

/// What tells the file of one card from that of another.
fn card(debt: &Debt) -> Option<String> {
    match debt {
        Debt::Profile(_, Some(eid)) => Some(format!("-{:016x}", fnv1a(eid.expose().as_bytes()))),
        Debt::Profile(_, None) | Debt::Command(_) => None,
    }
}

fn is_command(text: &str) -> bool {
    text.starts_with("AT") && !text.contains(char::is_control)
}

/// A name that was added or taken away is on the disk only when its folder is.
fn sync_folder(of: &Path) -> io::Result<()> {
    of.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// FNV-1a of 64 bits: the same in every version of this program, as the hash of a library need not be.
fn fnv1a(octets: &[u8]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325;
    octets.iter().fold(start, |hash: u64, octet| {
        (hash ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(imei: &str, model: &str) -> ModemKey {
        let identity = Identity { model: model.into(), ..Identity::default() };
        ModemKey::new(&Imei::parse(imei).unwrap(), &identity).unwrap()
    }

    fn modem() -> ModemKey {
        key("861075000000000", "EC25")
    }

    fn command(text: &str) -> Debt {
        Debt::Command(text.into())
    }

    fn back() -> Vec<Debt> {
        vec![command("AT+CNMP=2")]
    }

    fn journal() -> (tempfile::TempDir, Journal) {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::new(folder.path().join("state/journal"));
        (folder, journal)
    }

    fn debts(owed: &[Owed]) -> Vec<&[Debt]> {
        owed.iter().map(Owed::debts).collect()
    }

    #[test]
    fn what_a_killed_run_owed_is_found_by_the_next_for_that_modem_alone() {
        let (_folder, journal) = journal();
        assert!(journal.is_empty());
        drop(journal.note(&modem(), "radio mode", &back()).unwrap()); // as after SIGKILL
        assert!(!journal.is_empty());
        for other in [key("861075000000018", "EC25"), key("861075000000000", "EC21")] {
            assert!(journal.left_behind(&other).is_empty());
        }
        let left = journal.left_behind(&modem());
        assert_eq!(debts(&left), [back()]);
        assert_eq!(left[0].subject(), "radio mode");
        for owed in left {
            owed.settle().unwrap();
        }
        assert!(journal.is_empty());
    }

    #[test]
    fn what_a_living_run_owes_is_left_to_it() {
        let (_folder, journal) = journal();
        let owed = journal.note(&modem(), "radio mode", &back()).unwrap();
        assert!(journal.left_behind(&modem()).is_empty());
        drop(owed);
        assert_eq!(journal.left_behind(&modem()).len(), 1);
    }

    #[test]
    fn what_was_noted_first_counts() {
        let (_folder, journal) = journal();
        drop(journal.note(&modem(), "radio mode", &back()).unwrap());
        let second = journal.note(&modem(), "radio mode", &[command("AT+CNMP=14")]).unwrap_err();
        assert_eq!(second.kind(), io::ErrorKind::ResourceBusy);
        assert_eq!(debts(&journal.left_behind(&modem())), [back()]);
    }

    fn profile(eid: Option<&str>) -> Debt {
        let eid = eid.map(|eid| Eid::parse(eid).unwrap());
        Debt::Profile(Iccid::parse("8932020000000000010").unwrap(), eid)
    }

    const EIDS: [&str; 2] =
        ["89033023000000000000000000012394", "89033023000000000000000000067890"];

    #[test]
    fn each_card_is_owed_its_own_profile() {
        let (_folder, journal) = journal();
        for eid in EIDS {
            let debt = [profile(Some(eid))];
            let owed = journal.note(&modem(), "profile", &debt).unwrap();
            let text = format!("saldo journal 1\nprofile\nenable 8932020000000000010 {eid}\n");
            assert_eq!(fs::read_to_string(&owed.path).unwrap(), text);
            assert!(!owed.path.display().to_string().contains(eid));
            drop(owed);
            let again = journal.note(&modem(), "profile", &debt).unwrap_err();
            assert_eq!(again.kind(), io::ErrorKind::ResourceBusy);
        }
        let mut left: Vec<_> =
            journal.left_behind(&modem()).iter().flat_map(|owed| owed.debts().to_vec()).collect();
        left.sort_by_key(|debt| format!("{debt:?}"));
        assert_eq!(left, EIDS.map(|eid| profile(Some(eid))));
    }

    #[test]
    fn a_journal_without_a_card_is_still_read() {
        let (_folder, journal) = journal();
        drop(journal.note(&modem(), "profile", &[profile(None)]).unwrap());
        assert_eq!(debts(&journal.left_behind(&modem())), [[profile(None)]]);
    }

    #[test]
    fn the_hash_is_the_one_of_its_authors() {
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn nothing_in_a_journal_names_the_modem() {
        let (folder, journal) = journal();
        let owed = journal.note(&modem(), "radio mode", &back()).unwrap();
        let text = fs::read_to_string(&owed.path).unwrap();
        assert_eq!(text, "saldo journal 1\nradio mode\nrestore AT+CNMP=2\n");
        let name = owed.path.strip_prefix(folder.path()).unwrap().display().to_string();
        assert_eq!(name, "state/journal/cc9b0c3f2206788b-radio-mode.journal");
        assert_eq!(fs::metadata(&owed.path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_modem_that_shares_its_number_with_others_has_no_key() {
        let zeros = Imei::parse("000000000000000").unwrap();
        assert_eq!(ModemKey::new(&zeros, &Identity::default()), None);
    }

    #[test]
    fn only_commands_are_written_and_only_a_journal_is_read() {
        let (_folder, journal) = journal();
        for bad in ["rm -rf /", "AT+CNMP=2\rAT+CFUN=0", ""] {
            assert!(journal.note(&modem(), "radio mode", &[command(bad)]).is_err(), "{bad}");
        }
        assert!(journal.is_empty(), "what was not written owes nothing");
        let owed = journal.note(&modem(), "radio mode", &back()).unwrap();
        let path = owed.path.clone();
        drop(owed);
        for text in ["", "garbage", "saldo journal 2\nx\nrestore AT\n", "saldo journal 1\nx\n"] {
            fs::write(&path, text).unwrap();
            assert!(journal.left_behind(&modem()).is_empty(), "{text}");
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_an_error_before_anything_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let journal = Journal::new(folder.path().join("file"));
        assert!(journal.note(&modem(), "radio mode", &back()).is_err());
        assert!(journal.is_empty() && journal.left_behind(&modem()).is_empty());
    }
}
