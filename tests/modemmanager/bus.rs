//! A bus that nobody else is on, and saldo on it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;
use tokio::task::spawn_blocking;

/// A private bus; it ends with the test.
pub(crate) struct Bus {
    daemon: Child,
    address: String,
    folder: TempDir,
}

/// Everybody may own any name and say anything: who is on this bus is ours.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

impl Bus {
    /// `None`, and a line that says so, where no dbus-daemon is installed.
    pub(crate) fn start() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("bus.conf");
        fs::write(&config, CONFIG.replace("FOLDER", folder.path().to_str().unwrap())).unwrap();
        let daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut daemon) = daemon else {
            eprintln!("skipped: no dbus-daemon");
            return None;
        };
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Some(Self { daemon, address: address.trim().to_owned(), folder })
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// saldo on this bus, on a machine without ports and settings.
    pub(crate) fn saldo(&self, arguments: &[&str]) -> Command {
        let mut saldo = Command::new(env!("CARGO_BIN_EXE_saldo"));
        saldo
            .args(arguments)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.address)
            .env("SYSFS_PATH", self.folder())
            .env("STATE_DIRECTORY", self.folder())
            .env("XDG_CONFIG_HOME", self.folder())
            .env_remove("SALDO_PORT")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        saldo
    }

    /// Runs it to its end, while the test's own side of the bus goes on.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        let child = self.saldo(arguments).spawn().unwrap();
        finish(child).await
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What a run has printed, and its exit status; -1 after a signal.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) async fn finish(child: Child) -> Ran {
    let output: Output = spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    Ran {
        status: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}
