//! A real broker for the length of a test, and a client that hears what it says.

#![allow(dead_code)] // each test that shares it uses a part

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Longer than anything here takes, on a machine that is busy.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// mosquitto on a port of its own; what it keeps outlives a stop.
pub(crate) struct Broker {
    pub(crate) folder: TempDir,
    pub(crate) port: u16,
    process: Option<Child>,
}

impl Broker {
    /// With these lines in its configuration; `None`, and a word on stdout, where there is no mosquitto.
    pub(crate) fn start(lines: &str) -> Option<Self> {
        if Command::new("mosquitto").arg("-h").output().is_err() {
            println!("skipped: mosquitto is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let at = folder.path().display();
        let anonymous = if lines.contains("password_file") { "false" } else { "true" };
        let config = format!(
            "listener {port} 127.0.0.1\nuser root\nallow_anonymous {anonymous}\n\
             persistence true\npersistence_location {at}/\n{lines}\n"
        );
        fs::write(folder.path().join("mosquitto.conf"), config).unwrap();
        let mut broker = Self { folder, port, process: None };
        broker.resume();
        Some(broker)
    }

    /// Starts it again; when this returns it listens.
    pub(crate) fn resume(&mut self) {
        let mut command = Command::new("mosquitto");
        command.arg("-c").arg(self.folder.path().join("mosquitto.conf"));
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains(" running") {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "mosquitto ended");
        }
        // Whoever does not read it stops it in the end.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        self.process = Some(process);
    }

    /// Ends it as an administrator does.
    pub(crate) fn stop(&mut self) {
        let mut process = self.process.take().unwrap();
        kill_process(Pid::from_child(&process), Signal::TERM).unwrap();
        process.wait().unwrap();
    }

    pub(crate) fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    pub(crate) fn client(&self, id: &str) -> Client {
        Client::connect(self.port, id, true)
    }

    pub(crate) fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A message as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) topic: String,
    pub(crate) payload: String,
    pub(crate) is_retained: bool,
    /// The broker says that it may have sent it before.
    pub(crate) is_again: bool,
}

/// The least that a client of MQTT 3.1.1 can be, in the plainest form.
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) fn connect(port: u16, id: &str, is_clean: bool) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut client = Self(stream);
        let mut body = b"\0\x04MQTT\x04".to_vec();
        body.extend([if is_clean { 2 } else { 0 }, 0, 0]);
        text(&mut body, id);
        client.send(0x10, &body);
        let (first, body) = client.packet().unwrap();
        assert_eq!((first, body[1]), (0x20, 0), "the broker accepts it");
        client
    }

    /// Returns when the filters are granted, with the messages that came before that.
    pub(crate) fn subscribe(&mut self, filters: &[&str], quality: u8) -> Vec<Message> {
        let mut body = vec![0, 1];
        for filter in filters {
            text(&mut body, filter);
            body.push(quality);
        }
        self.send(0x82, &body);
        let mut before = Vec::new();
        loop {
            match self.packet().unwrap() {
                (0x90, _) => return before,
                (first, body) => before.extend(self.message(first, &body)),
            }
        }
    }

    pub(crate) fn publish(&mut self, topic: &str, payload: &str, is_retained: bool) {
        let mut body = Vec::new();
        text(&mut body, topic);
        body.extend(payload.as_bytes());
        self.send(0x30 | u8::from(is_retained), &body);
    }

    /// Returns when the broker has taken all that was published before.
    pub(crate) fn ping(&mut self) {
        self.send(0xc0, &[]);
        assert_eq!(self.packet().unwrap().0, 0xd0);
    }

    /// The next message, acknowledged; `None` where the connection ends or nothing comes.
    pub(crate) fn next(&mut self) -> Option<Message> {
        loop {
            let (first, body) = self.packet()?;
            if let Some(message) = self.message(first, &body) {
                return Some(message);
            }
        }
    }

    /// The next message that is `wanted`; what comes before is passed over.
    pub(crate) fn wait_for(&mut self, what: &str, wanted: impl Fn(&Message) -> bool) -> Message {
        let until = Instant::now() + LIMIT;
        while Instant::now() < until {
            match self.next() {
                Some(message) if wanted(&message) => return message,
                Some(_) => {}
                None => break,
            }
        }
        panic!("no {what} came");
    }

    fn message(&mut self, first: u8, body: &[u8]) -> Option<Message> {
        if first >> 4 != 3 {
            return None;
        }
        let end = 2 + usize::from(u16::from_be_bytes([body[0], body[1]]));
        let has_id = first & 6 != 0;
        let start = if has_id { end + 2 } else { end };
        if has_id {
            self.send(0x40, &body[end..start]);
        }
        let string = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
        Some(Message {
            topic: string(&body[2..end]),
            payload: string(&body[start..]),
            is_retained: first & 1 == 1,
            is_again: first & 8 == 8,
        })
    }

    fn send(&mut self, first: u8, body: &[u8]) {
        let mut packet = vec![first];
        let mut length = body.len();
        while length > 0x7f {
            packet.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        packet.push(length as u8);
        packet.extend(body);
        let _ = self.0.write_all(&packet); // the broker may have gone
    }

    fn packet(&mut self) -> Option<(u8, Vec<u8>)> {
        let first = self.octet()?;
        let mut length = 0;
        for shift in [0, 7, 14, 21] {
            let octet = self.octet()?;
            length |= usize::from(octet & 0x7f) << shift;
            if octet < 0x80 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).ok()?;
        Some((first, body))
    }

    fn octet(&mut self) -> Option<u8> {
        let mut octet = [0];
        self.0.read_exact(&mut octet).ok().map(|()| octet[0])
    }
}

fn text(body: &mut Vec<u8>, text: &str) {
    body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
    body.extend(text.as_bytes());
}

/// Runs a program of this machine; `false`, and a word on stdout, where it is not installed.
pub(crate) fn tool(folder: &Path, name: &str, arguments: &[&str]) -> bool {
    match Command::new(name).args(arguments).current_dir(folder).output() {
        Ok(output) => {
            assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
            true
        }
        Err(_) => {
            println!("skipped: {name} is not installed");
            false
        }
    }
}
