//! A modem that goes and comes back under other numbers.

use std::time::Duration;

use saldo::Error;
use saldo::client::{Modem, Trace, Whereabouts, find_again};
use saldo::ids::Imei;
use saldo::port::{NamedPort, PortSpec};
use saldo::ussd::UssdCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::tree::{Tree, modem};

const LIMIT: Duration = Duration::from_secs(20);
const OURS: &str = "867530000000006";
const ANOTHER: &str = "490154203237518";

fn stick(tree: &Tree, topology: &str, first: u8) {
    tree.usb(topology, "12d1:1506", ["HUAWEI", "HUAWEI Mobile", ""]);
    tree.tty(&format!("ttyUSB{first}"), topology, 0, ["ff", "02", "12"], "option");
}

fn trace(tree: &Tree, device: &str, imei: Option<&str>) -> Trace {
    let imei = imei.map(|imei| Imei::parse(imei).unwrap());
    Trace::new(&tree.roots, &tree.roots.dev.join(device), imei)
}

fn port(tree: &Tree, name: &str) -> PortSpec {
    PortSpec::Device(tree.roots.dev.join(name))
}

#[tokio::test]
async fn a_modem_that_comes_back_in_its_place_is_found_under_its_new_number() {
    let tree = Tree::new();
    stick(&tree, "1-1.2", 0);
    let trace = trace(&tree, "ttyUSB0", Some(OURS));
    tree.unplug("1-1.2");
    stick(&tree, "1-1.2", 7);
    let pty = tree.plug("ttyUSB7");
    let mut modem = modem(OURS);
    tokio::select! {
        found = find_again(&tree.roots, &trace, LIMIT) => {
            assert_eq!(found.unwrap(), port(&tree, "ttyUSB7"));
        }
        _ = pty.play(&mut modem) => panic!("hung up"),
    }
}

/// Each switch of profiles restarts it, and what is put back restarts it once more.
#[tokio::test]
async fn one_that_restarts_again_and_again_is_followed() {
    let tree = Tree::new();
    stick(&tree, "1-1.2", 2);
    let modem_at = Whereabouts::new(tree.roots.clone(), port(&tree, "ttyUSB2"));
    let imei = Imei::parse(OURS).unwrap();
    for number in [5, 8, 2] {
        modem_at.note(Some(&imei));
        tree.unplug("1-1.2");
        modem_at.note(Some(&imei)); // too late to see a place
        stick(&tree, "1-1.2", number);
        let name = format!("ttyUSB{number}");
        let pty = tree.plug(&name);
        let mut modem = modem(OURS);
        tokio::select! {
            found = modem_at.find(LIMIT) => assert_eq!(found.unwrap(), port(&tree, &name)),
            _ = pty.play(&mut modem) => panic!("hung up"),
        }
        assert_eq!(modem_at.port(), port(&tree, &name));
    }
}

#[tokio::test]
async fn another_modem_under_its_name_is_not_taken_for_it() {
    let tree = Tree::new();
    let pty = tree.plug("ttyS1"); // nothing tells its place
    for (imei, is_ours) in [(ANOTHER, false), (OURS, true)] {
        let trace = trace(&tree, "ttyS1", Some(OURS));
        let mut modem = modem(imei);
        tokio::select! {
            found = find_again(&tree.roots, &trace, Duration::from_millis(1)) => {
                assert_eq!(found.is_ok(), is_ours, "{imei}");
            }
            _ = pty.play(&mut modem) => panic!("hung up"),
        }
    }
}

#[tokio::test]
async fn it_is_waited_for() {
    let tree = Tree::new();
    stick(&tree, "1-1.2", 0);
    let trace = trace(&tree, "ttyUSB0", None);
    tree.unplug("1-1.2");
    let mut modem = modem(OURS);
    let comes_back = async {
        tokio::task::yield_now().await; // the first look finds nothing
        stick(&tree, "1-1.2", 3);
        let pty = tree.plug("ttyUSB3");
        pty.play(&mut modem).await
    };
    tokio::select! {
        biased;
        found = find_again(&tree.roots, &trace, LIMIT) => {
            assert_eq!(found.unwrap(), port(&tree, "ttyUSB3"));
        }
        _ = comes_back => panic!("hung up"),
    }
}

#[tokio::test]
async fn in_another_socket_it_is_known_by_its_imei_and_whoever_took_its_place_is_not() {
    let tree = Tree::new();
    stick(&tree, "1-1.2", 0);
    let trace = trace(&tree, "ttyUSB0", Some(OURS));
    tree.unplug("1-1.2");
    stick(&tree, "1-1.2", 1);
    stick(&tree, "1-1.3", 2);
    let ptys = (tree.plug("ttyUSB1"), tree.plug("ttyUSB2"));
    let mut modems = (modem(ANOTHER), modem(OURS));
    tokio::select! {
        found = find_again(&tree.roots, &trace, LIMIT) => {
            assert_eq!(found.unwrap(), port(&tree, "ttyUSB2"));
        }
        _ = ptys.0.play(&mut modems.0) => panic!("hung up"),
        _ = ptys.1.play(&mut modems.1) => panic!("hung up"),
    }
}

#[tokio::test]
async fn what_does_not_come_back_is_given_up_in_time() {
    let tree = Tree::new();
    stick(&tree, "1-1.2", 0);
    let trace = trace(&tree, "ttyUSB0", Some(OURS));
    tree.unplug("1-1.2");
    let error = find_again(&tree.roots, &trace, Duration::from_millis(1)).await.unwrap_err();
    assert_eq!(error.exit_status(), 3);
    let message = error.to_string();
    assert!(message.contains("(usb:1-1.2) did not come back within 0.001 s"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn a_simulated_modem_that_restarts_is_found_again() {
    let tree = Tree::new();
    let port = PortSpec::Sim("_esim-restarts".into());
    let trace = Trace::of(&tree.roots, &port, None);
    let mut line = NamedPort::open_in(&tree.roots, &port).await.unwrap();
    line.write_all(b"AT+CFUN=1,1\r").await.unwrap();
    let mut said = String::new();
    line.read_to_string(&mut said).await.unwrap(); // to the end of the line
    drop(line);
    assert_eq!(find_again(&tree.roots, &trace, LIMIT).await.unwrap(), port);
}

/// The link stays where the terminal behind it gets a new number.
#[tokio::test]
async fn a_link_that_moves_on_is_followed() {
    let tree = Tree::new();
    let link = tree.roots.dev.join("modem");
    let (first, second) = (tree.plug("pts0"), tree.plug("pts1"));
    std::os::unix::fs::symlink(first.path(), &link).unwrap();
    let port = PortSpec::Device(link.clone());
    let trace = Trace::of(&tree.roots, &port, None);
    drop(first);
    std::fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(second.path(), &link).unwrap();
    let mut modem = modem(OURS);
    tokio::select! {
        found = find_again(&tree.roots, &trace, LIMIT) => assert_eq!(found.unwrap(), port),
        _ = second.play(&mut modem) => panic!("hung up"),
    }
}

/// The tty goes while the network works, as it does when the supply dips, and the modem enumerates anew.
#[tokio::test]
async fn a_reset_in_the_middle_of_a_request_is_told_and_nothing_is_sent_again() {
    let tree = Tree::new();
    stick(&tree, "1-1.2", 0);
    let pty = tree.plug("ttyUSB0");
    let line = NamedPort::open_in(&tree.roots, &port(&tree, "ttyUSB0")).await.unwrap();
    let trace = trace(&tree, "ttyUSB0", Some(OURS));
    let script = "# saldo script 1\n* AT+CMEE?;+CMEE=1;+CSCS?;+CGMI;+CGMM;+CUSD=2\n< OK\n\
                  > AT+CUSD=1,\"*100#\",15\n< OK\n! hangup\n> AT+CUSD=1,\"*100#\",15\n< OK\n";
    let mut before = saldo::sim::Modem::from_text("before.at", script).unwrap();
    let asks = async {
        let mut modem = Modem::new(line);
        let asked = modem.ussd(&UssdCode::parse("*100#").unwrap(), LIMIT, true).await;
        modem.close().await;
        asked
    };
    let resets = async {
        pty.play(&mut before).await.unwrap();
        drop(pty);
    };
    let (asked, ()) = tokio::join!(asks, resets);
    let error = asked.unwrap_err();
    assert!(matches!(error, Error::Unplugged { .. }), "{error}");
    assert!(error.to_string().ends_with("or the modem restarted (power?)"), "{error}");
    assert_eq!(before.unused().len(), 1, "the second request never came");

    tree.unplug("1-1.2");
    stick(&tree, "1-1.2", 4);
    let (pty, mut after) = (tree.plug("ttyUSB4"), modem(OURS));
    tokio::select! {
        found = find_again(&tree.roots, &trace, LIMIT) => {
            assert_eq!(found.unwrap(), port(&tree, "ttyUSB4"));
        }
        _ = pty.play(&mut after) => panic!("hung up"),
    }
}
