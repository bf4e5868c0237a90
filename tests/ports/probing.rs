//! Which of a modem's ports is asked, on pseudo-terminals behind a made-up sysfs.

use saldo::client::{probe_all, select_in};
use saldo::port::{NamedPort, PortSpec};
use saldo::sim::Modem;

use super::tree::{Tree, modem};

async fn selected(tree: &Tree, spec: &str) -> String {
    match select_in(&tree.roots, spec.parse().unwrap()).await {
        Ok(PortSpec::Device(path)) => path.file_name().unwrap().to_string_lossy().into_owned(),
        Ok(other) => other.to_string(),
        Err(error) => error.to_string(),
    }
}

/// What a port of the kind that says `OK` to everything does.
fn decoy() -> Modem {
    let script = "# saldo script 1\n* AT\n< OK\n* ATI\n< APP1\n< OK\n";
    Modem::from_text("decoy.at", script).unwrap()
}

#[tokio::test]
async fn a_port_that_only_says_ok_is_passed_over_for_the_one_that_means_it() {
    let tree = Tree::new();
    tree.usb("1-1", "1199:9071", ["Sierra Wireless", "MC7455", ""]);
    // A firmware that has its ports the other way round than the table.
    tree.tty("ttyUSB0", "1-1", 3, ["ff", "ff", "ff"], "qcserial");
    tree.tty("ttyUSB1", "1-1", 4, ["ff", "ff", "ff"], "qcserial");
    let (app, at) = (tree.plug("ttyUSB0"), tree.plug("ttyUSB1"));
    let (mut decoy, mut modem) = (decoy(), modem("867530000000006"));
    tokio::select! {
        found = selected(&tree, "usb:1-1") => assert_eq!(found, "ttyUSB1"),
        _ = app.play(&mut decoy) => panic!("the decoy hung up"),
        _ = at.play(&mut modem) => panic!("the modem hung up"),
    }
}

#[tokio::test]
async fn where_no_port_takes_commands_each_has_its_reason() {
    let tree = Tree::new();
    tree.usb("1-1", "1199:9071", ["Sierra Wireless", "MC7455", ""]);
    tree.tty("ttyUSB0", "1-1", 3, ["ff", "ff", "ff"], "qcserial");
    tree.tty("ttyUSB1", "1-1", 4, ["ff", "ff", "ff"], "qcserial");
    let (app, held) = (tree.plug("ttyUSB0"), tree.plug("ttyUSB1"));
    let holder = PortSpec::Device(tree.roots.dev.join("ttyUSB1"));
    let _holder = NamedPort::open_in(&tree.roots, &holder).await.unwrap();
    let mut decoy = decoy();
    tokio::select! {
        found = selected(&tree, "usb:1-1") => {
            assert!(found.starts_with("cannot open usb:1-1: no port takes commands: "), "{found}");
            assert!(found.contains("ttyUSB0 says OK to everything and does nothing; "), "{found}");
            assert!(found.contains(&format!("PID {}", std::process::id())), "{found}");
        }
        _ = app.play(&mut decoy) => panic!("the decoy hung up"),
    }
    drop(held);
}

#[tokio::test]
async fn a_modem_is_found_by_its_imei_and_by_its_sim_whatever_the_port() {
    let tree = Tree::new();
    tree.usb("1-1", "12d1:1506", ["HUAWEI", "HUAWEI Mobile", ""]);
    tree.tty("ttyUSB0", "1-1", 0, ["ff", "02", "12"], "option");
    tree.usb("1-2", "12d1:1506", ["HUAWEI", "HUAWEI Mobile", ""]);
    tree.tty("ttyUSB1", "1-2", 0, ["ff", "02", "12"], "option");
    let (one, other) = (tree.plug("ttyUSB0"), tree.plug("ttyUSB1"));
    let mut modems = (modem("867530000000006"), modem("490154203237518"));
    tokio::select! {
        () = async {
            assert_eq!(selected(&tree, "imei:490154203237518").await, "ttyUSB1");
            assert_eq!(selected(&tree, "imei:867530000000006").await, "ttyUSB0");
            let missing = selected(&tree, "imei:356938035643809").await;
            assert_eq!(missing, "no modem that answers is imei:3569…3809");
            assert!(selected(&tree, "usb:12d1:1506").await.starts_with("2 modems: "));
        } => {}
        _ = one.play(&mut modems.0) => panic!("hung up"),
        _ = other.play(&mut modems.1) => panic!("hung up"),
    }
}

#[tokio::test]
async fn the_list_of_ports_can_show_who_answers() {
    let tree = Tree::new();
    tree.quectel("1-1", 0);
    let at = tree.plug("ttyUSB2");
    let mut modem = modem("867530000000006");
    let mut ports = tree.candidates();
    tokio::select! {
        () = probe_all(&tree.roots, &mut ports) => {}
        _ = at.play(&mut modem) => panic!("hung up"),
    }
    assert_eq!(ports[0].rejected, None);
    let reason = ports[1].rejected.as_deref().unwrap();
    assert!(reason.ends_with("ttyUSB3: no such device"), "{reason}");
}
