//! Opening ports on pseudo-terminals and sockets, and finding them in made-up sysfs trees.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "ports/probing.rs"]
mod probing;
#[path = "ports/replug.rs"]
mod replug;
#[path = "ports/route.rs"]
mod route;
#[path = "ports/siblings.rs"]
mod siblings;
#[path = "ports/tree.rs"]
mod tree;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::termios::{LocalModes, OutputModes, tcgetattr};
use saldo::Error;
use saldo::modems::Role;
use saldo::port::{
    BAUD, Port, PortSpec, Roots, candidate, first_ports, name_holders, open_in, without_ports,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tree::{Tree, machine, pty};

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

#[test]
fn a_held_tty_is_what_the_doctor_finds() {
    let (_master, path) = pty();
    let other = rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    rustix::fs::flock(&other, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let output = saldo(&["doctor", "--json", "--port", path.to_str().unwrap()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("\"access\":\"held\""), "{said}");
    assert!(said.contains("\"findings\":[{\"name\":\"port-held\""), "{said}");
}

/// The program, without any file of this user's.
fn saldo(arguments: &[&str]) -> std::process::Output {
    let mut saldo = std::process::Command::new(env!("CARGO_BIN_EXE_saldo"));
    saldo.env_clear().args(arguments).output().unwrap()
}

#[tokio::test]
async fn a_tty_that_another_program_made_exclusive_is_refused_to_root_too() {
    let ((_folder, roots), (_master, path)) = (machine(), pty());
    let other = rustix::fs::open(&path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    rustix::termios::ioctl_tiocexcl(&other).unwrap();
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

#[test]
fn the_command_port_of_the_only_modem_is_chosen() {
    let tree = Tree::new();
    tree.quectel("1-1.2", 0);
    assert_eq!(tree.names(), ["ttyUSB2", "ttyUSB3", "ttyUSB1", "ttyUSB0"]);
    assert_eq!(tree.choose(None).unwrap(), "ttyUSB2");
    assert_eq!(tree.choose(Some("usb:2c7c:0125")).unwrap(), "ttyUSB2");
    assert_eq!(tree.choose(Some("usb:1-1.2")).unwrap(), "ttyUSB2");

    let port = tree.candidates().remove(0);
    assert_eq!((port.role, port.interface, port.rejected.clone()), (Role::At, Some(2), None));
    assert_eq!((port.driver.as_deref(), &port.serial), (Some("option"), &None));
    assert_eq!(port.model().unwrap(), "Quectel EC25");
    assert_eq!(port.device, tree.roots.dev.join("ttyUSB2"));
    assert_eq!(candidate(&port.device, &tree.roots), Some(port));
    assert_eq!(candidate(Path::new("/dev/pts/3"), &tree.roots), None);
}

#[test]
fn renumbered_ports_are_found_by_their_interface() {
    let tree = Tree::new();
    tree.usb("1-1", "2c7c:0125", ["Quectel", "EC25", ""]);
    for (name, number) in [("ttyUSB7", 2), ("ttyUSB0", 0), ("ttyUSB12", 3)] {
        tree.tty(name, "1-1", number, ["ff", "00", "00"], "option"); // NMEA has failed to bind
    }
    assert_eq!(tree.names(), ["ttyUSB7", "ttyUSB12", "ttyUSB0"]);
    assert_eq!(tree.choose(None).unwrap(), "ttyUSB7");
}

#[test]
fn of_two_modems_the_user_chooses() {
    let tree = Tree::new();
    tree.quectel("1-1.10", 0);
    tree.quectel("1-1.9", 4);
    let error = tree.choose(None).unwrap_err();
    assert_eq!(error.exit_status(), 3);
    let message = error.to_string();
    assert!(message.starts_with("2 modems: "), "{message}");
    assert!(message.contains("ttyUSB6 (Quectel EC25, usb:1-1.9)"), "{message}");
    assert!(message.find("1-1.9") < message.find("1-1.10"), "{message}");
    assert_eq!(error.hint().unwrap(), "choose one with `--port`");

    assert!(tree.choose(Some("usb:2c7c:0125")).is_err(), "both have this id");
    assert_eq!(tree.choose(Some("usb:1-1.10")).unwrap(), "ttyUSB2");
    assert_eq!(first_ports(&tree.candidates()).len(), 2);
}

#[test]
fn no_sysfs_is_told_from_no_modem_with_a_way_to_try_without() {
    let tree = Tree::new();
    assert!(tree.candidates().is_empty());
    let error = tree.choose(None).unwrap_err();
    assert_eq!(error.exit_status(), 3);
    let sys = tree.roots.sys.display();
    assert_eq!(error.to_string(), format!("cannot look for modems: there is no {sys}"));
    assert!(error.hint().unwrap().contains("saldo --port sim:be-proximus"));
    assert!(tree.choose(Some("usb:2c7c:0125")).unwrap_err().to_string().contains("2c7c:0125"));
    fs::create_dir(&tree.roots.sys).unwrap();
    let error = tree.choose(None).unwrap_err().to_string();
    assert_eq!(error, "no modem found: sysfs lists no serial port (class/tty, class/wwan)");
}

#[test]
fn what_names_no_usb_device_is_handed_back() {
    let tree = Tree::new();
    for spec in ["mm:0", "sim:menu", "tcp:router:2000"] {
        assert_eq!(tree.choose(Some(spec)).unwrap(), spec);
    }
    assert_eq!(tree.choose(Some("/dev/ttyUSB2")).unwrap(), "ttyUSB2");
    assert_eq!(tree.choose(Some("imei:867530012345678")).unwrap(), "imei:8675…5678");
}

#[test]
fn a_kernel_wwan_port_takes_commands_by_construction() {
    let tree = Tree::new();
    for name in ["wwan0at1", "wwan0at0", "wwan0qcdm0", "wwan0mbim0", "wwan0"] {
        tree.link(&format!("sys/class/wwan/{name}"), &format!("sys/devices/pci/wwan/wwan0/{name}"));
    }
    assert_eq!(tree.names(), ["wwan0at0", "wwan0at1", "wwan0qcdm0", "wwan0mbim0"]);
    let asked = tree.candidates().iter().filter(|port| port.rejected.is_none()).count();
    assert_eq!(asked, 2, "never the ones for packets and diagnosis");
    assert_eq!(tree.choose(None).unwrap(), "wwan0at0");
}

#[tokio::test]
async fn a_kernel_wwan_port_is_opened_without_what_only_ttys_know() {
    let (tree, (master, path)) = (Tree::new(), pty());
    let before = tcgetattr(&master).unwrap();
    fs::create_dir_all(&tree.roots.dev).unwrap();
    fs::create_dir_all(&tree.roots.lock[0]).unwrap();
    let device = tree.roots.dev.join("wwan0at0");
    symlink(&path, &device).unwrap();
    let link = tree.folder.path().join("modem-at");
    symlink(&device, &link).unwrap();

    let mut port = open(&tree.roots, &device).await.unwrap();
    assert_eq!(port.device(), Some(device.as_path()));
    assert!(tree.roots.lock[0].join("LCK..wwan0at0").exists());
    let after = tcgetattr(&master).unwrap();
    assert_eq!(format!("{after:?}"), format!("{before:?}"), "line settings are a tty's");
    assert_eq!(open(&tree.roots, &device).await.unwrap_err().exit_status(), 3, "held");

    port.write_all(b"AT\r").await.unwrap();
    let mut got = [0; 8];
    assert_eq!(rustix::io::read(&master, &mut got).unwrap(), 3);
    rustix::io::write(&master, b"OK\n").unwrap();
    assert_eq!(port.read(&mut got).await.unwrap(), 3);
    drop(master);
    assert_eq!(port.read(&mut got).await.unwrap(), 0);
}

#[tokio::test]
async fn a_port_for_packets_is_not_even_opened_when_it_is_named() {
    let tree = Tree::new();
    for name in ["wwan0mbim0", "wwan0qcdm0"] {
        tree.link(&format!("sys/class/wwan/{name}"), &format!("sys/devices/pci/wwan/wwan0/{name}"));
    }
    tree.link("sys/class/usbmisc/cdc-wdm0/device", "sys/devices/usb1/1-1/1-1:1.4");
    for (name, why) in [
        ("wwan0mbim0", "carries packets, not commands"),
        ("wwan0qcdm0", "for diagnosis: swallows commands"),
        ("cdc-wdm0", "carries packets, not commands"),
    ] {
        let device = tree.roots.dev.join(name);
        let error = open(&tree.roots, &device).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{}: {why}", device.display()));
    }
}

#[test]
fn what_may_be_anything_is_listed_and_never_chosen_unasked() {
    let tree = Tree::new();
    tree.usb("1-4", "10c4:ea60", ["Silicon Labs", "CP2102", "0001"]);
    tree.tty("ttyUSB0", "1-4", 0, ["ff", "00", "00"], "cp210x");
    tree.usb("1-5", "2341:0043", ["Example", "Board", ""]);
    tree.tty("ttyACM0", "1-5", 0, ["02", "02", "00"], "cdc_acm");
    tree.link("sys/class/tty/ttyS0/device", "sys/devices/pnp0/00:00");
    tree.write("sys/class/tty/ttyS0/type", "4");
    tree.link("sys/class/tty/ttyS1/device", "sys/devices/platform/serial8250");
    tree.write("sys/class/tty/ttyS1/type", "0");
    tree.write("sys/class/tty/tty0/dev", "4:0");

    let reasons: Vec<_> =
        tree.candidates().iter().map(|port| (port.role, port.rejected.clone())).collect();
    let names = tree.names();
    assert_eq!(names, ["ttyUSB0", "ttyACM0", "ttyS0"]);
    assert!(
        reasons.iter().all(|(_, reason)| reason.as_deref().unwrap().contains("--port")),
        "{reasons:?}"
    );
    assert_eq!(
        reasons.iter().map(|(role, _)| *role).collect::<Vec<_>>(),
        [Role::Adapter, Role::Unknown, Role::Uart]
    );
    assert_eq!(
        tree.choose(None).unwrap_err().to_string(),
        "no modem found: the 3 serial ports there are may be anything (`saldo ports`)"
    );
    assert_eq!(tree.choose(Some("usb:10c4:ea60")).unwrap(), "ttyUSB0", "named, so asked");
}

#[test]
fn a_modem_on_the_pins_of_a_board_is_hinted_at() {
    let tree = Tree::new();
    tree.link("sys/class/tty/ttyS0/device", "sys/devices/pnp0/00:00");
    tree.write("sys/class/tty/ttyS0/type", "4");
    let hint = tree.choose(None).unwrap_err().hint().unwrap();
    assert!(hint.starts_with("where a modem is wired to it: `saldo --port "), "{hint}");
    assert!(hint.ends_with("/ttyS0`"), "{hint}");
}

#[test]
fn an_unknown_product_is_asked_where_its_driver_serves_modems_only() {
    let tree = Tree::new();
    tree.usb("1-1", "fffe:0001", ["Example", "EX25", ""]);
    tree.tty("ttyUSB0", "1-1", 0, ["ff", "ff", "ff"], "option");
    tree.tty("ttyUSB1", "1-1", 1, ["ff", "ff", "ff"], "option");
    tree.usb("1-2", "fffe:0002", ["Example", "EX26", ""]);
    tree.tty("ttyACM0", "1-2", 0, ["02", "02", "01"], "cdc_acm");
    assert_eq!(tree.names(), ["ttyUSB0", "ttyUSB1", "ttyACM0"]);
    assert!(tree.candidates().iter().all(|port| port.rejected.is_none()));
}

#[test]
fn a_huawei_stick_is_read_by_protocol_and_an_option_stick_by_its_driver() {
    let tree = Tree::new();
    tree.usb("1-1", "12d1:1506", ["HUAWEI", "HUAWEI Mobile", ""]);
    tree.tty("ttyUSB0", "1-1", 0, ["ff", "02", "01"], "option");
    tree.tty("ttyUSB1", "1-1", 1, ["ff", "02", "12"], "option");
    tree.usb("1-2", "0af0:7501", ["Option N.V.", "Globetrotter HSUPA Modem", ""]);
    for (number, kind) in [(0, "Diagnostic"), (1, "Modem"), (2, "Application")] {
        let name = format!("ttyHS{number}");
        tree.tty(&name, "1-2", number, ["ff", "ff", "ff"], "hso");
        tree.write(&format!("sys/class/tty/{name}/hsotype"), kind);
    }
    assert_eq!(tree.names(), ["ttyUSB1", "ttyUSB0", "ttyHS2", "ttyHS1", "ttyHS0"]);
    assert_eq!(tree.candidates()[0].model().unwrap(), "HUAWEI Mobile");
}

#[test]
fn a_modem_in_a_mode_without_ports_is_named_with_its_mode() {
    for (id, words, driver, mode, hint) in [
        ("12d1:14dc", ["HUAWEI", "HUAWEI HiLink", ""], "cdc_ether", "network mode", "sim:"),
        (
            "12d1:1f01",
            ["HUAWEI", "HUAWEI Mass Storage", ""],
            "usb-storage",
            "storage",
            "usb_modeswitch",
        ),
        ("1199:9071", ["", "MC7455", ""], "cdc_mbim", "MBIM only", "ModemManager"),
    ] {
        let tree = Tree::new();
        tree.usb("1-1.4", id, words);
        tree.interface("1-1.4", 0, driver);
        let error = tree.choose(None).unwrap_err();
        let message = error.to_string();
        assert!(message.contains(&format!("{} (usb:1-1.4) ", words[1])), "{message}");
        assert!(message.contains(mode), "{message}");
        assert!(error.hint().unwrap().contains(hint), "{error}");
    }
}

#[test]
fn what_a_maker_of_modems_makes_besides_is_no_modem() {
    let tree = Tree::new();
    tree.usb("1-5", "8087:0a2b", ["Intel", "Bluetooth", ""]);
    tree.interface("1-5", 0, "btusb");
    tree.quectel("1-1", 0);
    tree.interface("1-1", 4, "qmi_wwan");
    assert!(without_ports(&tree.roots).is_empty());
}

#[test]
fn the_control_channel_of_packets_is_listed_and_left_alone() {
    let tree = Tree::new();
    tree.quectel("1-1", 0);
    let interface = "sys/devices/usb1/1-1/1-1:1.4";
    tree.write(&format!("{interface}/bInterfaceNumber"), "04");
    tree.link("sys/class/usbmisc/cdc-wdm0/device", interface);
    tree.link(&format!("{interface}/driver"), "sys/bus/usb/drivers/qmi_wwan");
    let port = tree.candidates().into_iter().find(|port| port.role == Role::Net).unwrap();
    assert_eq!(port.device, tree.roots.dev.join("cdc-wdm0"));
    assert_eq!((port.interface, port.topology.as_deref()), (Some(4), Some("1-1")));
    assert_eq!(port.rejected.as_deref(), Some("carries packets, not commands"));
}

#[test]
fn the_holder_of_a_port_is_named() {
    let tree = Tree::new();
    tree.quectel("1-1", 0);
    tree.write("proc/812/comm", "ModemManager");
    fs::create_dir_all(tree.roots.proc.join("812/fd")).unwrap();
    symlink(tree.roots.dev.join("ttyUSB2"), tree.roots.proc.join("812/fd/9")).unwrap();
    let mut ports = tree.candidates();
    name_holders(&mut ports, &tree.roots);
    assert_eq!(ports[0].holder.as_ref().unwrap().to_string(), "ModemManager (PID 812)");
    assert!(ports[1..].iter().all(|port| port.holder.is_none()));
}

#[cfg(not(feature = "modemmanager"))]
#[test]
fn a_build_that_does_not_speak_to_modemmanager_says_so() {
    for (arguments, status, words) in [
        (["--port", "mm:0"], 3, "mm:0: this build cannot talk to ModemManager"),
        (
            ["--borrow", "--port=sim:be-proximus"],
            2,
            "`cargo install --path . --features modemmanager`",
        ),
    ] {
        let output = saldo(&arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{said}");
        assert!(said.contains(words), "{said}");
    }
}
