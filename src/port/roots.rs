//! The folders this module looks into, so that a test can bring its own.

use std::path::PathBuf;

/// Where the kernel and other programs say what there is; [`Default`] is this machine.
///
/// `SYSFS_PATH` in the environment names another sysfs, as it does for the kernel's own tools: a
/// container has its host's, a test its own.
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
        let sys = std::env::var_os("SYSFS_PATH").map_or_else(|| "/sys".into(), PathBuf::from);
        Self { sys, proc: "/proc".into(), dev: "/dev".into(), lock }
    }
}
