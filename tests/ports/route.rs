//! A machine whose own connection runs over the modem, and others.

use std::fs;

use saldo::port::own_connection;

use super::tree::Tree;

const OUT: &str = "wwan0 00000000 0101A8C0 0003 0 0 700 00000000 0 0 0";

/// Two modems; `wwan0` is the first one's.
fn tree(routes: &str) -> Tree {
    let tree = Tree::new();
    tree.quectel("1-1.2", 0);
    tree.quectel("1-1.3", 4);
    let interface = "sys/devices/usb1/1-1.2/1-1.2:1.4";
    tree.link("sys/class/net/wwan0/device", interface);
    tree.write("proc/net/route", routes);
    tree
}

fn connection(tree: &Tree, tty: &str) -> Option<String> {
    own_connection(&tree.roots, &tree.roots.dev.join(tty))
}

#[test]
fn the_modem_whose_interface_has_the_default_route_carries_the_machine() {
    let tree = tree(OUT);
    assert_eq!(connection(&tree, "ttyUSB2").as_deref(), Some("wwan0"));
    assert_eq!(connection(&tree, "ttyUSB6"), None, "the other modem carries nothing");
    assert_eq!(connection(&tree, "ttyS0"), None);
}

#[test]
fn an_interface_that_stands_on_the_modems_own_counts_as_it() {
    let tree = tree("qmimux0 00000000 00000000 0001 0 0 0 00000000 0 0 0");
    assert_eq!(connection(&tree, "ttyUSB2"), None);
    tree.link("sys/class/net/qmimux0/lower_wwan0", "sys/class/net/wwan0");
    assert_eq!(connection(&tree, "ttyUSB2").as_deref(), Some("qmimux0"));
}

#[test]
fn a_route_to_one_network_is_no_way_out() {
    let one = "wwan0 0001A8C0 00000000 0001 0 0 700 00FFFFFF 0 0 0";
    assert_eq!(connection(&tree(one), "ttyUSB2"), None);
}

#[test]
fn a_dialled_connection_belongs_to_the_modem_whose_port_pppd_holds() {
    let tree = tree("ppp0 00000000 00000000 0001 0 0 0 00000000 0 0 0");
    assert_eq!(connection(&tree, "ttyUSB2"), None, "nobody dials over it");
    tree.write("proc/812/comm", "pppd");
    fs::create_dir_all(tree.folder.path().join("proc/812/fd")).unwrap();
    tree.write("dev/ttyUSB3", "");
    std::os::unix::fs::symlink(
        tree.roots.dev.join("ttyUSB3"),
        tree.folder.path().join("proc/812/fd/3"),
    )
    .unwrap();
    assert_eq!(connection(&tree, "ttyUSB2").as_deref(), Some("ppp0"));
    assert_eq!(connection(&tree, "ttyUSB6"), None);
}
