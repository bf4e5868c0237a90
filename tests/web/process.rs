//! `saldo watch` itself, with a simulated modem, asked over its ports.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::site::{body, status};

/// A watch that runs until it is dropped.
struct Watch {
    process: Child,
    /// Host and port of what it says it shows, in its order.
    hosts: Vec<String>,
    _folder: tempfile::TempDir,
}

impl Watch {
    fn start(arguments: &[&str], pages: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_saldo"))
            .env_clear()
            .env("HOME", folder.path())
            .args(["watch", "--port", "sim:be-proximus"])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let said = |line: std::io::Result<String>| {
            let line = line.unwrap();
            let address = line.strip_prefix("note: http://").unwrap_or_else(|| panic!("{line}"));
            address.split('/').next().unwrap().to_owned()
        };
        let hosts = lines.by_ref().take(pages).map(said).collect();
        // What it says later has somewhere to go.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, hosts, _folder: folder }
    }

    fn ask(&self, page: usize, line: &str) -> String {
        let host = &self.hosts[page];
        let mut stream = TcpStream::connect(host).unwrap();
        let head = format!("{line} HTTP/1.1\r\nhost: {host}\r\nx-saldo: test\r\n");
        write!(stream, "{head}connection: close\r\ncontent-length: 0\r\n\r\n").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    }

    /// The numbers of what was asked.
    fn records(&self) -> usize {
        let reply = self.ask(0, "GET /api/modems/sim%3Abe-proximus/records");
        let records: Value =
            serde_json::from_str(body(&reply)).unwrap_or_else(|_| panic!("{reply}"));
        records["records"].as_array().map_or(0, Vec::len)
    }

    /// Listens until an event of this name comes.
    fn hear(&self, name: &str) -> BufReader<TcpStream> {
        let host = &self.hosts[0];
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "GET /events HTTP/1.1\r\nhost: {host}\r\n\r\n").unwrap();
        let mut events = BufReader::new(stream);
        until(&mut events, name);
        events
    }
}

fn until(events: &mut BufReader<TcpStream>, wanted: &str) {
    let mut line = String::new();
    while !line.contains(wanted) {
        line.clear();
        assert!(events.read_line(&mut line).unwrap() > 0, "no {wanted}");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_watch_shows_its_modem_and_asks_it_when_it_is_wished_to() {
    let watch = Watch::start(&["--web", "127.0.0.1:0", "--metrics", "localhost:0"], 2);
    let mut events = watch.hear("retry:");
    if watch.records() == 0 {
        until(&mut events, "event: record");
    }
    let page = watch.ask(0, "GET /");
    assert!(page.contains("Proximus Pay&amp;Go") && page.contains("12<span>.34</span>"), "{page}");
    let reply = watch.ask(0, "POST /api/modems/sim%3Abe-proximus/check");
    assert_eq!(status(&reply), 202, "{reply}");
    until(&mut events, "event: record");
    assert_eq!(watch.records(), 2);
    let chart = watch.ask(0, "GET /modems/sim%3Abe-proximus/chart.svg");
    assert!(body(&chart).starts_with("<svg"), "{chart}");
    assert_eq!(status(&watch.ask(1, "GET /")), 404, "there is nothing but metrics");
    let metrics = watch.ask(1, "GET /metrics");
    assert!(metrics.contains("text/plain; version=0.0.4"), "{metrics}");
    check(body(&metrics));
}

/// What Prometheus' own tool says.
fn check(metrics: &str) {
    assert!(metrics.contains("12.34"), "{metrics}");
    let run = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut promtool) = run else {
        println!("skipped: no promtool");
        return;
    };
    promtool.stdin.take().unwrap().write_all(metrics.as_bytes()).unwrap();
    let out = promtool.wait_with_output().unwrap();
    let said = [out.stdout, out.stderr].concat();
    assert!(out.status.success() && said.is_empty(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn a_port_that_is_taken_and_a_page_for_all_end_the_watch_at_once() {
    let watch = Watch::start(&["--web", "127.0.0.1:0"], 1);
    for (address, message) in [
        (watch.hosts[0].as_str(), "address already in use"),
        ("0.0.0.0:0", "without a token"),
        ("nowhere", "is no address"),
    ] {
        let out = Command::new(env!("CARGO_BIN_EXE_saldo"))
            .env_clear()
            .env("HOME", "/nonexistent")
            .env("STATE_DIRECTORY", tempfile::tempdir().unwrap().path())
            .args(["watch", "--port", "sim:be-proximus", "--web", address])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{address}: {said}");
        assert!(said.contains(message), "{address}: {said}");
    }
}
