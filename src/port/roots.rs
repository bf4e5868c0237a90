//! The folders this module looks into, so that a test can bring its own.

use std::path::PathBuf;

/// Where the kernel and other programs say what there is; [`Default`] is this machine.
#[derive(Clone, Debug)]
pub struct Roots {
    /// sysfs.
    pub sys: PathBuf,
    /// procfs.
    pub proc: PathBuf,
    /// Device files.
    pub dev: PathBuf,
    /// Folders for lock files, best first; the first one we may write to is used.
    pub lock: Vec<PathBuf>,
}

impl Default for Roots {
    fn default() -> Self {
        let lock = vec!["/run/lock".into(), "/var/lock".into(), std::env::temp_dir()];
        Self { sys: "/sys".into(), proc: "/proc".into(), dev: "/dev".into(), lock }
    }
}
