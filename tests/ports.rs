//! Opening ports on pseudo-terminals and sockets, and finding them in made-up sysfs trees.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OutputModes, tcgetattr};
use saldo::Error;
use saldo::port::{BAUD, Port, PortSpec, Roots, open_in};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A modem's side of a pseudo-terminal, and the path of ours.
fn pty() -> (OwnedFd, PathBuf) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    (master, path.into())
}

/// This machine, with a lock folder of its own.
fn machine() -> (TempDir, Roots) {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots { lock: vec![folder.path().into()], ..Roots::default() };
    (folder, roots)
}

async fn open(roots: &Roots, path: &Path) -> Result<Port, Error> {
    open_in(roots, &PortSpec::Device(path.into()), BAUD).await
}

#[tokio::test]
async fn octets_pass_a_tty_unchanged_both_ways() {
    let ((_folder, roots), (master, path)) = (machine(), pty());
    let mut port = open(&roots, &path).await.unwrap();
    let everything: Vec<u8> = (0..=255).collect();

    port.write_all(&everything).await.unwrap();
    let mut got = [0; 256];
    let count = rustix::io::read(&master, &mut got).unwrap();
    assert_eq!(got[..count], everything);

    rustix::io::write(&master, &everything).unwrap();
    let mut got = vec![0; 256];
    port.read_exact(&mut got).await.unwrap();
    assert_eq!(got, everything);
}

#[tokio::test]
async fn a_tty_is_left_as_it_was_found() {
    let ((_folder, roots), (master, path)) = (machine(), pty());
    let before = tcgetattr(&master).unwrap();
    assert!(before.local_modes.contains(LocalModes::ECHO), "the pty starts cooked");
    let port = open(&roots, &path).await.unwrap();
    let meanwhile = tcgetattr(&master).unwrap();
    assert!(!meanwhile.local_modes.intersects(LocalModes::ECHO | LocalModes::ICANON));
    assert!(!meanwhile.output_modes.contains(OutputModes::OPOST));
    drop(port);
    let after = tcgetattr(&master).unwrap();
    assert_eq!(format!("{after:?}"), format!("{before:?}"));
}

#[tokio::test]
async fn a_held_tty_is_refused_and_free_again_after() {
    let ((folder, roots), (_master, path)) = (machine(), pty());
    let port = open(&roots, &path).await.unwrap();
    let name = format!("LCK..pts_{}", path.file_name().unwrap().to_string_lossy());
    assert!(folder.path().join(&name).exists());

    let held = open(&roots, &path).await.unwrap_err();
    assert_eq!(held.exit_status(), 3);
    assert!(held.to_string().contains(&format!("PID {}", std::process::id())), "{held}");

    drop(port);
    assert!(!folder.path().join(&name).exists());
    open(&roots, &path).await.unwrap();
}

#[tokio::test]
async fn a_tty_held_by_flock_alone_is_refused_too() {
    let ((_folder, roots), (_master, path)) = (machine(), pty());
    let other = rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    rustix::fs::flock(&other, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let error = open(&roots, &path).await.unwrap_err();
    assert!(error.to_string().ends_with("another program holds it"), "{error}");
}

#[tokio::test]
async fn a_link_is_followed_and_the_device_itself_is_locked() {
    let ((folder, roots), (_master, path)) = (machine(), pty());
    let link = folder.path().join("modem-at");
    symlink(&path, &link).unwrap();
    let port = open(&roots, &link).await.unwrap();
    assert_eq!(port.device(), Some(path.as_path()));
    assert!(open(&roots, &path).await.is_err());
}

#[tokio::test]
async fn an_unplugged_tty_reads_as_ended() {
    let ((_folder, roots), (master, path)) = (machine(), pty());
    let mut port = open(&roots, &path).await.unwrap();
    drop(master);
    assert_eq!(port.read(&mut [0; 8]).await.unwrap(), 0);
    assert!(port.write_all(b"AT\r").await.is_err());
}

#[tokio::test]
async fn what_is_no_tty_is_refused_with_what_it_is() {
    let (folder, roots) = machine();
    let plain = folder.path().join("plain");
    fs::write(&plain, "AT").unwrap();
    for (path, words) in [
        (plain.as_path(), "it is a plain file, not a serial port"),
        (folder.path(), "it is a folder, not a serial port"),
        (Path::new("/dev/null"), "it is another kind of device, not a serial port"),
        (Path::new("/dev/nothing"), "no such device"),
        (Path::new("/dev/null/ttyUSB2"), "no such device"),
    ] {
        let error = open(&roots, path).await.unwrap_err();
        assert_eq!(error.exit_status(), 3);
        assert_eq!(error.to_string(), format!("cannot open {}: {words}", path.display()));
        assert!(error.hint().unwrap().contains("saldo ports"));
    }
    assert_eq!(fs::read_to_string(&plain).unwrap(), "AT");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no lock left");
}

#[tokio::test]
async fn a_network_port_carries_octets_and_reads_as_ended_when_closed() {
    let (_folder, roots) = machine();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let spec: PortSpec = format!("tcp:127.0.0.1:{port}").parse().unwrap();
    let (port, modem) = tokio::join!(open_in(&roots, &spec, BAUD), listener.accept());
    let (mut port, mut modem) = (port.unwrap(), modem.unwrap().0);
    port.write_all(b"AT\r").await.unwrap();
    let mut got = [0; 3];
    modem.read_exact(&mut got).await.unwrap();
    assert_eq!(&got, b"AT\r");
    drop(modem);
    assert_eq!(port.read(&mut got).await.unwrap(), 0);

    drop(listener);
    let error = open_in(&roots, &spec, BAUD).await.unwrap_err();
    assert!(error.to_string().contains("connection refused"), "{error}");
}
