//! By what a SIM is known again without its number: a keyed hash of the ICCID.
//!
//! The key stands in a file of its own, so that a history that is handed on says nothing of the card: without
//! the key the few digits that an ICCID has to itself cannot be tried out.

use std::fs::{self, File, OpenOptions};
use std::hash::Hasher;
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::{HistoryError, failed, make_folder};
use crate::hex;
use crate::ids::Iccid;
use crate::watch::SimKey;

/// 128 random bits; as many as SipHash takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

const NAME: &str = "history.salt";

impl Salt {
    /// The salt of a folder, made where there is none: then SIMs get new keys.
    ///
    /// # Errors
    ///
    /// Where it can be neither read nor written, and where the file holds anything else.
    pub fn in_folder(folder: &Path) -> Result<Self, HistoryError> {
        let file = folder.join(NAME);
        let salt = match read(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_folder(folder)?;
                make(&file)
            }
            salt => salt,
        };
        salt.map_err(|error| failed(&file, &error))
    }

    /// 16 hexadecimal digits, the same for one SIM in every run.
    pub fn key_of(&self, iccid: &Iccid) -> SimKey {
        SimKey(format!("{:016x}", sip_hash(self.0, iccid.expose().as_bytes())))
    }
}

/// Another process may make one at the same time: whose file is linked first has made it.
fn make(file: &Path) -> io::Result<Salt> {
    let mut salt = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut salt)?;
    let next = file.with_extension(format!("salt.{}", std::process::id()));
    let linked = write(&next, &salt).and_then(|()| fs::hard_link(&next, file));
    let _ = fs::remove_file(&next);
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())?;
    read(file)
}

fn write(file: &Path, salt: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    file.write_all(format!("{}\n", hex::digits(salt)).as_bytes())?;
    file.sync_all()
}

fn read(file: &Path) -> io::Result<Salt> {
    let text = fs::read_to_string(file)?;
    let octets = hex::octets(text.trim().as_bytes()).and_then(|octets| octets.try_into().ok());
    octets.map(Salt).ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidData, "it holds no 32 hexadecimal digits")
    })
}

/// SipHash-2-4 (Aumasson and Bernstein, 2012), which is what this type of the standard library is for good.
#[expect(deprecated, reason = "its successor may change its algorithm; a key on disk must not")]
fn sip_hash(salt: [u8; 16], octets: &[u8]) -> u64 {
    let [first, second] = [0, 8].map(|start| {
        let half = salt.iter().skip(start).take(8).rev();
        half.fold(0, |number: u64, octet| number << 8 | u64::from(*octet))
    });
    let mut hasher = std::hash::SipHasher::new_with_keys(first, second);
    hasher.write(octets);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_one_of_its_authors() {
        let salt = std::array::from_fn(|place| u8::try_from(place).unwrap());
        let octets: Vec<u8> = (0..15).collect();
        assert_eq!(sip_hash(salt, &octets), 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn a_sim_has_one_key_in_a_folder_and_another_elsewhere() {
        let iccid = Iccid::parse("8932020000000000010").unwrap();
        let key = |folder: &Path| Salt::in_folder(folder).unwrap().key_of(&iccid);
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        assert_eq!(key(here.path()), key(here.path()));
        assert_ne!(key(here.path()), key(there.path()));
        assert_eq!(fs::read_dir(here.path()).unwrap().count(), 1, "nothing is left over");
    }

    #[test]
    fn a_salt_that_is_none_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), "12").unwrap();
        assert!(Salt::in_folder(folder.path()).is_err());
    }
}
