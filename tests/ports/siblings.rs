//! The answer on another port of the modem, on pseudo-terminals behind a made-up sysfs.

use std::process::{Command, Stdio};
use std::time::Duration;

use saldo::client::Modem;
use saldo::port::{Line, NamedPort, PortSpec, Pty, Rival};
use saldo::sim;
use saldo::ussd::UssdCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::tree::{Tree, pty};

const LIMIT: Duration = Duration::from_secs(20);
const REPLY: &str = "+CUSD: 0,\"Uw saldo bedraagt\r\n12,34 EUR.\",15";

/// A Huawei stick whose modem port is `ttyUSB0` and whose command port is `ttyUSB1`.
fn stick() -> Tree {
    let tree = Tree::new();
    tree.usb("1-1", "12d1:1001", ["HUAWEI", "HUAWEI Mobile", ""]);
    tree.tty("ttyUSB0", "1-1", 0, ["ff", "ff", "01"], "option");
    tree.tty("ttyUSB1", "1-1", 1, ["ff", "ff", "02"], "option");
    tree.tty("ttyUSB2", "1-1", 2, ["ff", "ff", "03"], "option");
    tree
}

fn port(tree: &Tree, name: &str) -> PortSpec {
    PortSpec::Device(tree.roots.dev.join(name))
}

async fn open(tree: &Tree, name: &str) -> NamedPort {
    NamedPort::open_in(&tree.roots, &port(tree, name)).await.unwrap()
}

/// A modem that takes every request and keeps its answers to itself, but for what `replies` adds.
fn silent(replies: &str) -> sim::Modem {
    let script = format!("# saldo script 1\n* AT+CUSD=1,\"*100#\",15\n< OK\n{replies}");
    sim::Modem::from_text("asked.at", &script).unwrap()
}

/// Asks on one port while `answer` is what the other one does.
async fn ask(
    line: NamedPort,
    asked: &Pty,
    modem: &mut sim::Modem,
    answer: impl Future<Output = ()>,
) -> String {
    let mut client = Modem::new(line);
    let code = UssdCode::parse("*100#").unwrap();
    let both = async {
        let (turn, ()) = tokio::join!(client.ussd(&code, LIMIT, true), answer);
        turn.unwrap().text().to_owned()
    };
    tokio::select! {
        text = both => text,
        _ = asked.play(modem) => panic!("hung up"),
    }
}

/// Writes on the far end of a pseudo-terminal once the near end is held by somebody.
async fn say_once_held(tree: &Tree, name: &str, far: &std::os::fd::OwnedFd, said: &str) {
    let lock = |file: &std::fs::DirEntry| file.file_name().to_string_lossy().contains(name);
    while !std::fs::read_dir(&tree.roots.lock[0]).unwrap().flatten().any(|file| lock(&file)) {
        tokio::task::yield_now().await;
    }
    rustix::io::write(far, said.as_bytes()).unwrap();
}

/// A tty whose far end the test holds, and the name of its lock.
fn sibling(tree: &Tree, name: &str) -> (std::os::fd::OwnedFd, String) {
    let (far, path) = pty();
    std::fs::create_dir_all(&tree.roots.dev).unwrap();
    std::os::unix::fs::symlink(&path, tree.roots.dev.join(name)).unwrap();
    (far, format!("pts_{}", path.file_name().unwrap().to_string_lossy()))
}

#[tokio::test]
async fn an_answer_on_the_sibling_is_the_answer() {
    let tree = stick();
    let (asked, (far, lock)) = (tree.plug("ttyUSB0"), sibling(&tree, "ttyUSB1"));
    let said = format!("\r\n^RSSI:14\r\n\r\n{REPLY}\r\n\r\n^DSFLOWRPT:1,2,3\r\n");
    let line = open(&tree, "ttyUSB0").await;
    let answer = say_once_held(&tree, &lock, &far, &said);
    let text = ask(line, &asked, &mut silent(""), answer).await;
    assert_eq!(text, "Uw saldo bedraagt\r\n12,34 EUR.".replace("\r\n", "\n"));
}

#[tokio::test]
async fn an_answer_on_both_ports_counts_once() {
    let tree = stick();
    let (asked, (far, lock)) = (tree.plug("ttyUSB0"), sibling(&tree, "ttyUSB1"));
    let mut line = open(&tree, "ttyUSB0").await;
    let mut modem = silent(&format!("< {}\n", REPLY.replace("\r\n", " ")));
    let said = format!("\r\n{REPLY}\r\n");
    let heard = async {
        line.write_all(b"AT+CUSD=1,\"*100#\",15\r").await.unwrap();
        let mut heard = String::new();
        let quiet = Duration::from_millis(600); // longer than a sibling's line is held back
        let mut octets = [0; 256];
        while let Ok(count) = tokio::time::timeout(quiet, line.read(&mut octets)).await {
            heard += &String::from_utf8_lossy(&octets[..count.unwrap()]);
        }
        heard
    };
    tokio::select! {
        (heard, ()) = async { tokio::join!(heard, say_once_held(&tree, &lock, &far, &said)) } => {
            assert_eq!(heard.matches("+CUSD: 0").count(), 1, "{heard:?}");
        }
        _ = asked.play(&mut modem) => panic!("hung up"),
    }
}

#[tokio::test]
async fn a_sibling_that_another_program_holds_is_passed_over() {
    let tree = stick();
    let (asked, other) = (tree.plug("ttyUSB0"), tree.plug("ttyUSB1"));
    let _held = open(&tree, "ttyUSB1").await;
    let line = open(&tree, "ttyUSB0").await;
    let mut modem = silent(&format!("~ 10ms\n< {}\n", REPLY.replace("\r\n", " ")));
    let text = ask(line, &asked, &mut modem, async {}).await;
    assert_eq!(text, "Uw saldo bedraagt 12,34 EUR.");
    drop(other);
}

#[tokio::test]
async fn ports_for_diagnosis_and_those_of_other_makers_are_not_listened_to() {
    let tree = stick();
    tree.quectel("1-2", 4);
    let ptys = ["ttyUSB0", "ttyUSB2", "ttyUSB6", "ttyUSB7"].map(|name| tree.plug(name));
    for name in ["ttyUSB0", "ttyUSB6"] {
        let mut line = open(&tree, name).await;
        line.write_all(b"AT+CUSD=1,\"*100#\",15\r").await.unwrap();
        assert_eq!(std::fs::read_dir(&tree.roots.lock[0]).unwrap().count(), 1, "{name} alone");
    }
    drop(ptys);
}

#[tokio::test]
async fn siblings_are_left_alone_until_the_network_is_asked_and_free_again_after() {
    let tree = stick();
    let (_asked, _sibling) = (tree.plug("ttyUSB0"), tree.plug("ttyUSB1"));
    let mut line = open(&tree, "ttyUSB0").await;
    let locks = || std::fs::read_dir(&tree.roots.lock[0]).unwrap().count();
    line.write_all(b"AT+CGMI\r").await.unwrap();
    assert_eq!(locks(), 1);
    line.write_all(b"AT+CUSD=1,\"*100#\",15\r").await.unwrap();
    assert_eq!(locks(), 2);
    drop(line);
    assert_eq!(locks(), 0);
}

#[tokio::test]
async fn a_program_that_had_the_port_open_before_us_is_named() {
    let tree = stick();
    let roots = saldo::port::Roots { proc: "/proc".into(), ..tree.roots.clone() };
    let pty = tree.plug("ttyUSB0");
    let near = std::fs::File::open(pty.path()).unwrap();
    let mut rival = Command::new("sleep").arg("60").stdin(Stdio::from(near)).spawn().unwrap();
    let line = NamedPort::open_in(&roots, &port(&tree, "ttyUSB0")).await.unwrap();
    assert_eq!(line.rival(false), None, "nothing has shown yet");
    let named = line.rival(true);
    rival.kill().unwrap();
    rival.wait().unwrap();
    let Some(Rival::Program(holder)) = named else { panic!("{named:?}") };
    assert_eq!((holder.pid, holder.program.as_str()), (rival.id(), "sleep"));
}

#[tokio::test]
async fn commands_that_we_did_not_send_show_another_program() {
    let tree = stick();
    let (far, _) = sibling(&tree, "ttyUSB0");
    let mut line = open(&tree, "ttyUSB0").await;
    line.write_all(b"AT+CSQ\r").await.unwrap();
    let echoes = b"AT+CSQ\r\r\nOK\r\nAT+CGSN\r\r\nOK\r\nAT^HCSQ?\r\r\nOK\r\n";
    rustix::io::write(&far, echoes).unwrap();
    let mut octets = vec![0; echoes.len()];
    line.read_exact(&mut octets).await.unwrap();
    assert_eq!(line.rival(false), Some(Rival::Unseen));
}
