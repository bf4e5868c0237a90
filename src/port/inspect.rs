//! Why a port is not open, as a fact and not as an error.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use rustix::fs::Access as Right;

use super::lock::who_holds;
use super::{PortSpec, Roots, candidate, candidates, first_ports, holders};
use crate::Error;
use crate::diag::{Access, PortFacts};
use crate::modems::Role;

/// What is known about the port of `spec` besides what its modem says; `error` is why it would not open.
///
/// Nothing is opened here.
pub fn inspect(spec: Option<&PortSpec>, error: Option<&Error>, roots: &Roots) -> PortFacts {
    let mut facts = PortFacts {
        name: spec.map(ToString::to_string).unwrap_or_default(),
        error: error.map(ToString::to_string),
        hint: error.and_then(Error::hint),
        host_undervoltage: host_undervoltage(roots),
        ..PortFacts::default()
    };
    match spec {
        Some(PortSpec::Device(path)) => {
            let device = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
            describe(&mut facts, &device, roots);
            facts.access = error.map(|error| access(&mut facts, &device, error, roots));
        }
        Some(_) => facts.access = error.map(|_| Access::Failed),
        None => {
            let found = first_ports(&candidates(roots)).len();
            facts.access =
                error.map(|_| if found == 0 { Access::NoModem } else { Access::Several });
        }
    }
    facts
}

/// Role and driver, and the port of the same modem that takes commands where this one does not.
fn describe(facts: &mut PortFacts, device: &Path, roots: &Roots) {
    let Some(port) = candidate(device, roots) else { return };
    facts.driver.clone_from(&port.driver);
    facts.role = Some(port.role.to_string().to_lowercase());
    if !matches!(port.role, Role::At | Role::Modem) {
        let all = candidates(roots);
        let better = all.iter().find(|other| {
            other.modem() == port.modem() && other.role == Role::At && other.rejected.is_none()
        });
        facts.better = better.map(|better| better.device.display().to_string());
    }
}

fn access(facts: &mut PortFacts, device: &Path, error: &Error, roots: &Roots) -> Access {
    let Ok(file) = fs::metadata(device) else { return Access::Missing };
    if !file.file_type().is_char_device() || is_of_another_kind(&file, roots) {
        return Access::NotSerial;
    }
    if rustix::fs::access(device, Right::READ_OK | Right::WRITE_OK).is_err() {
        return Access::Denied;
    }
    let by_lock = who_holds(device, roots).map(|held| held.holder.to_string());
    let by_file = || {
        let devices = [device.to_owned()];
        let found = holders(&roots.proc, &devices).remove(device)?;
        found.first().map(ToString::to_string)
    };
    facts.holder = by_lock.or_else(by_file);
    match (&facts.holder, error) {
        (Some(_), _) | (None, Error::Held { .. }) => Access::Held,
        (None, _) => Access::Failed,
    }
}

/// What the kernel has under another heading than its terminals; pseudo-terminals it has under none.
fn is_of_another_kind(file: &fs::Metadata, roots: &Roots) -> bool {
    let number = file.rdev();
    let (major, minor) = (rustix::fs::major(number), rustix::fs::minor(number));
    let entry = roots.sys.join(format!("dev/char/{major}:{minor}"));
    fs::canonicalize(entry).is_ok_and(|place| {
        !place.components().any(|part| matches!(part.as_os_str().to_str(), Some("tty" | "wwan")))
    })
}

/// The Raspberry Pi's own alarm (`rpi_volt`), which stays until the next start.
fn host_undervoltage(roots: &Roots) -> Option<bool> {
    let sensors = fs::read_dir(roots.sys.join("class/hwmon")).ok()?;
    sensors.flatten().find_map(|sensor| {
        let name = fs::read_to_string(sensor.path().join("name")).ok()?;
        let alarm = fs::read_to_string(sensor.path().join("in0_lcrit_alarm")).ok()?;
        (name.trim() == "rpi_volt").then(|| alarm.trim() == "1")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(message: &str) -> Error {
        Error::Port { message: message.into(), hint: Some("`saldo ports`".into()) }
    }

    fn of(path: &str, roots: &Roots) -> PortFacts {
        inspect(Some(&PortSpec::Device(path.into())), Some(&refused("cannot open it")), roots)
    }

    #[test]
    fn what_is_no_terminal_is_no_serial_port() {
        for (path, access) in [
            ("/nothing/here", Access::Missing),
            ("/dev/null", Access::NotSerial),
            ("/etc/passwd", Access::NotSerial),
            ("/", Access::NotSerial),
        ] {
            assert_eq!(of(path, &Roots::default()).access, Some(access), "{path}");
        }
    }

    #[test]
    fn no_port_named_is_none_there_or_too_many() {
        let nowhere = tempfile::tempdir().unwrap();
        let roots = Roots { sys: nowhere.path().into(), ..Roots::default() };
        let facts = inspect(None, Some(&refused("no modem found")), &roots);
        assert_eq!(facts.access, Some(Access::NoModem));
        assert_eq!(facts.error.as_deref(), Some("no modem found"));
    }

    #[test]
    fn the_alarm_of_a_raspberry_pi_is_read() {
        let sys = tempfile::tempdir().unwrap();
        let sensor = sys.path().join("class/hwmon/hwmon1");
        fs::create_dir_all(&sensor).unwrap();
        fs::write(sensor.join("name"), "rpi_volt\n").unwrap();
        for (alarm, expected) in [("1\n", Some(true)), ("0\n", Some(false))] {
            fs::write(sensor.join("in0_lcrit_alarm"), alarm).unwrap();
            let roots = Roots { sys: sys.path().into(), ..Roots::default() };
            assert_eq!(host_undervoltage(&roots), expected);
        }
        fs::write(sensor.join("name"), "coretemp\n").unwrap();
        let roots = Roots { sys: sys.path().into(), ..Roots::default() };
        assert_eq!(host_undervoltage(&roots), None);
    }
}
