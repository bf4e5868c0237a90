//! A port that ModemManager holds: whose it is, and how it is borrowed and given back.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::ioctl_tiocexcl;
use saldo::port::{Pty, sim_modem};

use super::bus::{Bus, finish};
use super::stub::{Facts, Stub};

/// A simulated modem on a pseudo-terminal, until the test's runtime ends.
fn plugged_in(scenario: &str) -> PathBuf {
    let pty = Pty::open().unwrap();
    let path = pty.path().to_owned();
    let mut modem = sim_modem(scenario).unwrap();
    tokio::spawn(async move { pty.play(&mut modem).await });
    path
}

/// Opens the port as ModemManager does.
fn hold(port: &Path) -> File {
    let flags = OFlags::NOCTTY | OFlags::NONBLOCK;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags.bits().try_into().unwrap())
        .open(port)
        .unwrap();
    ioctl_tiocexcl(&file).unwrap();
    file
}

/// ModemManager with this port open.
async fn holding(bus: &Bus, port: &Path, facts: Facts) -> Stub {
    let name = port.strip_prefix("/dev").unwrap().to_str().unwrap().to_owned();
    let held = Some(hold(port));
    Stub::start(bus, Facts { ports: vec![(name, 3)], held, ..facts }).await
}

#[tokio::test]
async fn a_held_port_is_named_with_its_number_and_both_ways_past() {
    let Some(bus) = Bus::start() else { return };
    let port = plugged_in("be-proximus");
    let mut stub = holding(&bus, &port, Facts { state: 11, ..Facts::default() }).await;
    let ran = bus.run(&["--port", port.to_str().unwrap()]).await;
    assert_eq!(ran.status, 3, "{ran:?}");
    let said = format!(
        "error: cannot open {}: ModemManager holds it, as mm:0 (Quectel EC25)\nhint: `--port mm:0` asks \
         through ModemManager; `--borrow` takes the modem from it for this run, which ends its data \
         connection\n",
        port.display()
    );
    assert_eq!(ran.err, said);
    assert_eq!(stub.calls(), [""; 0], "nothing is borrowed that nobody asked for");
}

#[tokio::test]
async fn a_borrowed_port_is_given_back_after_the_answer() {
    let Some(bus) = Bus::start() else { return };
    let port = plugged_in("be-proximus");
    let mut stub = holding(&bus, &port, Facts { state: 11, ..Facts::default() }).await;
    let ran = bus.run(&["--borrow", "--port", port.to_str().unwrap()]).await;
    assert_eq!(ran.out, "Proximus Pay&Go: 12.34 EUR, until 2026-12-31\n", "{ran:?}");
    assert!(ran.err.contains("note: the modem's data connection ends"), "{}", ran.err);
    let [borrowed, given_back] = &stub.calls()[..] else { panic!("two calls") };
    let device = "InhibitDevice /sys/devices/pci0000:00/0000:00:14.0/usb1/1-12";
    assert!(borrowed.starts_with(&format!("{device} true ")), "{borrowed}");
    assert!(given_back.starts_with(&format!("{device} false ")), "{given_back}");
}

#[tokio::test]
async fn a_borrowed_port_is_given_back_after_an_error_and_a_signal() {
    let Some(bus) = Bus::start() else { return };
    let port = plugged_in("no-sim");
    let mut stub = holding(&bus, &port, Facts::default()).await;
    let ran = bus.run(&["--borrow", "--port", port.to_str().unwrap()]).await;
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(stub.calls().last().unwrap().contains(" false "));

    let Some(bus) = Bus::start() else { return };
    let port = plugged_in("lte-only");
    let mut stub = holding(&bus, &port, Facts::default()).await;
    let child = bus.saldo(&["--borrow", "--port", port.to_str().unwrap()]).spawn().unwrap();
    stub.called("InhibitDevice").await;
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(finish(child).await.status, 130);
    assert!(stub.calls().last().is_none_or(|call| call.contains(" false ")), "what ends first");
    nobody_is_left(&stub).await;
}

#[tokio::test]
async fn a_killed_run_leaves_the_bus_which_gives_its_loan_back() {
    let Some(bus) = Bus::start() else { return };
    let port = plugged_in("lte-only");
    let mut stub = holding(&bus, &port, Facts::default()).await;
    let child = bus.saldo(&["--borrow", "--port", port.to_str().unwrap()]).spawn().unwrap();
    let call = stub.called("InhibitDevice").await;
    assert!(call.contains(" true "), "{call}");
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    assert_eq!(finish(child).await.status, -1);
    nobody_is_left(&stub).await;
}

/// ModemManager takes back what was lent to a name that has gone; here all but its own have to.
async fn nobody_is_left(stub: &Stub) {
    let bus = zbus::fdo::DBusProxy::new(&stub.connection).await.unwrap();
    let mut names = Vec::new();
    for _ in 0..10_000 {
        names = bus.list_names().await.unwrap();
        if names.iter().filter(|name| name.starts_with(':')).count() == 1 {
            return;
        }
    }
    panic!("still on the bus: {names:?}");
}

#[tokio::test]
async fn a_port_that_modemmanager_has_not_is_opened_as_ever() {
    let Some(bus) = Bus::start() else { return };
    let port = plugged_in("be-proximus");
    let mut stub = Stub::start(&bus, Facts::default()).await;
    let ran = bus.run(&["--borrow", "--port", port.to_str().unwrap()]).await;
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(stub.calls(), [""; 0]);
}
