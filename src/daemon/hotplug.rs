//! Whether a modem is plugged in, and the wait for one that is not.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tokio::io::unix::AsyncFd;
use tokio::time::sleep;

use crate::port::{self, PortSpec, Roots};

/// A device file is there before it may be opened, and the modem's other ports come one by one.
const SETTLE: Duration = Duration::from_secs(1);

/// How often a modem is looked for where the kernel does not tell of new device files.
const LOOK: Duration = Duration::from_secs(30);

/// Whether the modem of this port is there; `None` where only a question can tell.
pub(super) fn is_plugged_in(spec: Option<&PortSpec>) -> Option<bool> {
    match spec {
        Some(PortSpec::Device(path)) => Some(path.exists()),
        Some(spec @ (PortSpec::Usb { .. } | PortSpec::Topology(_))) => {
            Some(port::ports_of(Some(spec), &Roots::default()).is_ok())
        }
        Some(_) => None,
        None => Some(!port::candidates(&Roots::default()).is_empty()),
    }
}

/// Waits until the modem is there; for ever where a look does not tell.
pub(super) async fn plugged_in(spec: Option<&PortSpec>) {
    let folder = folder_of(spec);
    loop {
        // Anew each time: a folder that went with its last file is another one when it comes back.
        let watch = watch(&folder);
        match is_plugged_in(spec) {
            None => return std::future::pending().await,
            Some(true) => return,
            Some(false) => {}
        }
        match &watch {
            Ok(watch) => changed(watch).await,
            Err(_) => sleep(LOOK).await,
        }
        sleep(SETTLE).await;
    }
}

/// Where the device file would appear.
fn folder_of(spec: Option<&PortSpec>) -> PathBuf {
    match spec {
        Some(PortSpec::Device(path)) => match path.parent() {
            Some(folder) if folder == Path::new("") => ".".into(),
            Some(folder) => folder.into(),
            None => "/dev".into(),
        },
        _ => "/dev".into(),
    }
}

fn watch(folder: &Path) -> io::Result<AsyncFd<rustix::fd::OwnedFd>> {
    let watch = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
    inotify::add_watch(&watch, folder, WatchFlags::CREATE | WatchFlags::MOVED_TO)?;
    #[allow(deprecated)] // as in `port::wwan`: an owned descriptor keeps its number
    AsyncFd::new(watch)
}

/// Waits for a change, and forgets what there is of them.
async fn changed(watch: &AsyncFd<rustix::fd::OwnedFd>) {
    let Ok(mut ready) = watch.readable().await else { return sleep(LOOK).await };
    while rustix::io::read(watch.get_ref(), &mut [0; 4096]).is_ok_and(|read| read > 0) {}
    ready.clear_ready();
}
