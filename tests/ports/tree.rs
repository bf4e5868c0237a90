//! A machine of our own making: a sysfs, and device files that lead to pseudo-terminals.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use saldo::Error;
use saldo::port::{Candidate, PortSpec, Pty, Roots, candidates, choose};
use saldo::sim::Modem;
use tempfile::TempDir;

/// A modem's side of a pseudo-terminal, and the path of ours.
pub(crate) fn pty() -> (OwnedFd, PathBuf) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    (master, path.into())
}

/// This machine, with a lock folder of its own.
pub(crate) fn machine() -> (TempDir, Roots) {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots { lock: vec![folder.path().into()], ..Roots::default() };
    (folder, roots)
}

/// A sysfs of our own making.
pub(crate) struct Tree {
    pub(crate) folder: TempDir,
    pub(crate) roots: Roots,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let roots =
            Roots { sys: at("sys"), proc: at("proc"), dev: at("dev"), lock: vec![at("lock")] };
        Self { folder, roots }
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{text}\n")).unwrap();
    }

    pub(crate) fn link(&self, path: &str, target: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::create_dir_all(self.folder.path().join(target)).unwrap();
        symlink(self.folder.path().join(target), path).unwrap();
    }

    pub(crate) fn usb(&self, topology: &str, id: &str, words: [&str; 3]) {
        let device = format!("sys/devices/usb1/{topology}");
        let (vendor, product) = id.split_once(':').unwrap();
        self.write(&format!("{device}/idVendor"), vendor);
        self.write(&format!("{device}/idProduct"), product);
        for (name, word) in ["manufacturer", "product", "serial"].into_iter().zip(words) {
            self.write(&format!("{device}/{name}"), word);
        }
    }

    /// An interface without a tty, and its driver.
    pub(crate) fn interface(&self, topology: &str, number: u8, driver: &str) {
        let interface = format!("sys/devices/usb1/{topology}/{topology}:1.{number}");
        self.link(&format!("{interface}/driver"), &format!("sys/bus/usb/drivers/{driver}"));
        self.link(
            &format!("sys/bus/usb/devices/{topology}"),
            &format!("sys/devices/usb1/{topology}"),
        );
        self.link(&format!("sys/bus/usb/devices/{topology}:1.{number}"), &interface);
    }

    /// A tty of a USB interface; `class` is class, subclass and protocol.
    pub(crate) fn tty(
        &self,
        name: &str,
        topology: &str,
        number: u8,
        class: [&str; 3],
        driver: &str,
    ) {
        let interface = format!("sys/devices/usb1/{topology}/{topology}:1.{number}");
        self.write(&format!("{interface}/bInterfaceNumber"), &format!("{number:02x}"));
        for (attribute, value) in ["Class", "SubClass", "Protocol"].into_iter().zip(class) {
            self.write(&format!("{interface}/bInterface{attribute}"), value);
        }
        self.link(&format!("{interface}/driver"), &format!("sys/bus/usb/drivers/{driver}"));
        self.link(&format!("sys/class/tty/{name}/device"), &format!("{interface}/{name}"));
    }

    pub(crate) fn quectel(&self, topology: &str, first: u8) {
        self.usb(topology, "2c7c:0125", ["Quectel", "EC25", ""]);
        for number in 0..4 {
            let name = format!("ttyUSB{}", first + number);
            self.tty(&name, topology, number, ["ff", "00", "00"], "option");
        }
    }

    pub(crate) fn candidates(&self) -> Vec<Candidate> {
        candidates(&self.roots)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let name =
            |port: Candidate| port.device.file_name().unwrap().to_string_lossy().into_owned();
        self.candidates().into_iter().map(name).collect()
    }

    pub(crate) fn choose(&self, spec: Option<&str>) -> Result<String, Error> {
        let spec = spec.map(|spec| spec.parse::<PortSpec>().unwrap());
        choose(spec.as_ref(), &self.roots).map(|spec| match spec {
            PortSpec::Device(path) => path.file_name().unwrap().to_string_lossy().into_owned(),
            other => other.to_string(),
        })
    }

    /// A device file that leads to a new pseudo-terminal, in place of an earlier one.
    pub(crate) fn plug(&self, name: &str) -> Pty {
        for folder in [&self.roots.dev, &self.roots.lock[0]] {
            fs::create_dir_all(folder).unwrap();
        }
        let pty = Pty::open().unwrap();
        let device = self.roots.dev.join(name);
        let _ = fs::remove_file(&device);
        symlink(pty.path(), device).unwrap();
        pty
    }

    /// Takes a USB device away, and the device files of its ttys.
    pub(crate) fn unplug(&self, topology: &str) {
        let ports = self.candidates().into_iter();
        for port in ports.filter(|port| port.topology.as_deref() == Some(topology)) {
            let name = port.device.file_name().unwrap().to_owned();
            fs::remove_dir_all(self.roots.sys.join("class/tty").join(name)).unwrap();
            let _ = fs::remove_file(port.device);
        }
        fs::remove_dir_all(self.roots.sys.join("devices/usb1").join(topology)).unwrap();
    }
}

/// A modem that says this IMEI of itself.
pub(crate) fn modem(imei: &str) -> Modem {
    let rows = format!("base = [\"be-proximus\"]\n[identity]\nimei = \"{imei}\"\n");
    Modem::from_text("modem.toml", &rows).unwrap()
}
