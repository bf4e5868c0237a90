//! A page on a port of this machine, a history, and a modem that answers when it is wished to.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;

use saldo::daemon::{Board, Change};
use saldo::watch::{AlertKind, Record, View};
use saldo::web::{Past, Server, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::LocalSet;

pub(crate) const TOKEN: &str = "correct horse battery";

/// What was asked before, in memory.
#[derive(Clone, Default)]
pub(crate) struct Memory(Rc<RefCell<Vec<Record>>>);

impl Past for Memory {
    fn records(
        &self,
        modem: &str,
        since: Option<jiff::Timestamp>,
        limit: usize,
    ) -> Result<Vec<(i64, Record)>, String> {
        let all = self.0.borrow();
        let of_modem = (1..).zip(all.iter().cloned()).filter(|(_, record)| {
            record.modem == modem && since.is_none_or(|since| record.time >= since)
        });
        let found: Vec<_> = of_modem.collect();
        Ok(found[found.len().saturating_sub(limit)..].to_vec())
    }
}

/// A page that is served.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) board: Board,
    pub(crate) memory: Memory,
    pub(crate) wishes: UnboundedReceiver<String>,
    _folder: tempfile::TempDir,
}

impl Site {
    /// Serves within the `LocalSet` that this is called in.
    pub(crate) fn open(token: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let token_file: Option<PathBuf> = token.map(|token| {
            let file = folder.path().join("token");
            std::fs::write(&file, token).unwrap();
            file
        });
        let (board, wishes) = Board::new();
        let memory = Memory::default();
        let settings = Settings { listen: "127.0.0.1:0".parse().unwrap(), token_file };
        let server = Server::bind(&settings, board.clone(), Some(Rc::new(memory.clone()))).unwrap();
        let address = server.address().unwrap();
        tokio::task::spawn_local(server.run());
        Self { address, board, memory, wishes, _folder: folder }
    }

    /// Remembers an answer and shows it.
    pub(crate) fn answer(&self, record: Record) {
        let mut view = self.board.view(&record.modem).unwrap_or_else(|| empty(&record.modem));
        view.last = Some(record.clone());
        if record.reliable().is_some() {
            view.last_good = Some(record.clone());
        }
        self.memory.0.borrow_mut().push(record.clone());
        let id = i64::try_from(self.memory.0.borrow().len()).unwrap();
        self.board.show(view);
        self.board.tell(Change::Record { id, record: Box::new(record) });
    }

    /// Sends these octets on one connection and reads until the other end is done.
    pub(crate) async fn send(&self, octets: impl AsRef<[u8]>) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The other end may refuse before it has read everything.
        let _ = stream.write_all(octets.as_ref()).await;
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply).await;
        String::from_utf8_lossy(&reply).into_owned()
    }

    /// One request with these header lines, and `Connection: close`.
    pub(crate) async fn ask(&self, line: &str, headers: &[&str], body: &str) -> String {
        let host = format!("host: {}", self.address);
        let host =
            if headers.iter().any(|it| it.starts_with("host:")) { "x-none: 1" } else { &host };
        let more: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let length = body.len();
        self.send(format!(
            "{line} HTTP/1.1\r\n{host}\r\n{more}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
        .await
    }

    /// The reply to a GET.
    pub(crate) async fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path}"), &[], "").await
    }
}

/// The status of a reply.
pub(crate) fn status(reply: &str) -> u16 {
    let status = reply.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no reply: {reply:?}"))
}

/// What follows the headers.
pub(crate) fn body(reply: &str) -> &str {
    reply.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// A header of a reply.
pub(crate) fn header<'a>(reply: &'a str, name: &str) -> Option<&'a str> {
    let head = reply.split("\r\n\r\n").next()?;
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// What a form of this page carries.
pub(crate) fn form_of(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"form\" value=\"").expect("a form");
    rest.split('"').next().unwrap()
}

/// Runs a test on one thread, as the program does.
pub(crate) async fn locally<F: Future>(test: F) -> F::Output {
    LocalSet::new().run_until(test).await
}

pub(crate) fn empty(modem: &str) -> View {
    View {
        modem: modem.into(),
        port: Some("/dev/ttyUSB2".into()),
        is_present: true,
        operator: Some("Proximus Pay&Go".into()),
        last: None,
        last_good: None,
        forecast: None,
        alerts: Vec::new(),
        radio: None,
        next: None,
    }
}

/// An answer that states this amount.
pub(crate) fn record(modem: &str, time: &str, amount: &str) -> Record {
    serde_json::from_value(serde_json::json!({
        "time": time, "modem": modem, "sim": "8f3a", "iccid": "8932…0010", "plmn": "20601",
        "operator": "be-proximus-prepaid",
        "answer": {
            "kind": "balance", "confidence": "sure", "via": "ussd",
            "text": format!("Your balance is {amount} EUR <b>& more</b>"), "raw": [],
            "pots": [{ "type": "money", "role": "main", "amount": amount, "unit": "EUR", "expires": "2027-01-31" }],
            "expires": ["2027-01-31"],
        },
    }))
    .unwrap()
}

/// A view in the state that an alert says.
pub(crate) fn alerted(modem: &str, kind: AlertKind) -> View {
    View { alerts: vec![kind], ..empty(modem) }
}
