//! ModemManager as far as saldo speaks to it: its interfaces, with a network that answers from a list.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::message::Header;
use zbus::names::ErrorName;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue};
use zbus::{Connection, Message, ObjectServer, interface};

use super::bus::Bus;

const ROOT: &str = "/org/freedesktop/ModemManager1";

/// What the network does next.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Says this and ends the session.
    Text(&'static str),
    /// Says this and waits for an answer.
    Menu(&'static str),
    /// ModemManager's error, without what all names have in common, and its words.
    Error(&'static str, &'static str),
    /// Nothing, ever.
    Silence,
}

/// What a test may know of the modem, and change while it stands on the bus.
pub(crate) struct Facts {
    pub(crate) state: i32,
    pub(crate) failed: u32,
    pub(crate) lock: u32,
    pub(crate) session: u32,
    pub(crate) has_sim: bool,
    pub(crate) ports: Vec<(String, u32)>,
    pub(crate) answers: VecDeque<Answer>,
    /// The message that comes, from this number, once somebody has dialled or sent one.
    pub(crate) message: Option<(&'static str, &'static str)>,
    pub(crate) has_come: bool,
    /// A port that is open as long as nobody borrows it.
    pub(crate) held: Option<File>,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            state: 8,
            failed: 0,
            lock: 1,
            session: 1,
            has_sim: true,
            ports: vec![("ttyUSB2".into(), 3), ("cdc-wdm0".into(), 6)],
            answers: VecDeque::new(),
            message: None,
            has_come: false,
            held: None,
        }
    }
}

/// The stub on its bus; what was called, call by call.
pub(crate) struct Stub {
    pub(crate) calls: UnboundedReceiver<String>,
    pub(crate) connection: Connection,
}

/// What every object knows.
#[derive(Clone)]
struct Shared {
    facts: Arc<Mutex<Facts>>,
    calls: UnboundedSender<String>,
}

impl Shared {
    fn called(&self, call: impl Into<String>) {
        let _ = self.calls.send(call.into());
    }

    /// The message comes, where one is to come.
    async fn deliver(&self, server: &ObjectServer) {
        let message = self.facts.lock().unwrap().message.take();
        if let Some((from, text)) = message {
            server.at(format!("{ROOT}/SMS/7"), Sms { from, text }).await.unwrap();
            self.facts.lock().unwrap().has_come = true;
        }
    }
}

impl Stub {
    /// Puts one modem, number 0, on the bus.
    pub(crate) async fn start(bus: &Bus, facts: Facts) -> Self {
        let (calls, log) = unbounded_channel();
        let shared = Shared { facts: Arc::new(Mutex::new(facts)), calls };
        let connection = zbus::connection::Builder::address(bus.address())
            .unwrap()
            .serve_at(ROOT, zbus::fdo::ObjectManager)
            .unwrap()
            .serve_at(ROOT, Manager(shared.clone()))
            .unwrap()
            .build()
            .await
            .unwrap();
        add_modem(connection.object_server(), 0, &shared).await;
        connection.request_name("org.freedesktop.ModemManager1").await.unwrap();
        Self { calls: log, connection }
    }

    /// A second modem, for whoever has to choose.
    pub(crate) async fn add(&self, index: u32) {
        let facts = Arc::new(Mutex::new(Facts { ports: Vec::new(), ..Facts::default() }));
        let shared = Shared { facts, calls: unbounded_channel().0 };
        add_modem(self.connection.object_server(), index, &shared).await;
    }

    /// Waits for a call that starts so, and gives it whole.
    pub(crate) async fn called(&mut self, start: &str) -> String {
        loop {
            let call = self.calls.recv().await.expect("the stub has gone");
            if call.starts_with(start) {
                return call;
            }
        }
    }

    /// Every call there was so far.
    pub(crate) fn calls(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.calls.try_recv().ok()).collect()
    }
}

async fn add_modem(server: &ObjectServer, index: u32, shared: &Shared) {
    let path = format!("{ROOT}/Modem/{index}");
    server.at(path.as_str(), Modem(shared.clone())).await.unwrap();
    server.at(path.as_str(), Ussd(shared.clone())).await.unwrap();
    server.at(path.as_str(), Messaging(shared.clone())).await.unwrap();
    server.at(format!("{ROOT}/SIM/{index}"), Sim).await.unwrap();
}

struct Manager(Shared);

#[interface(name = "org.freedesktop.ModemManager1")]
impl Manager {
    fn inhibit_device(&self, uid: &str, inhibit: bool, #[zbus(header)] header: Header<'_>) {
        if inhibit {
            let held = self.0.facts.lock().unwrap().held.take();
            // Closing would do for a device; a pseudo-terminal is open at its other end all the time.
            if let Some(port) = held {
                rustix::termios::ioctl_tiocnxcl(&port).unwrap();
            }
        }
        let sender = header.sender().unwrap();
        self.0.called(format!("InhibitDevice {uid} {inhibit} {sender}"));
    }
}

struct Modem(Shared);

#[interface(name = "org.freedesktop.ModemManager1.Modem")]
impl Modem {
    #[zbus(property)]
    fn manufacturer(&self) -> &str {
        "Quectel"
    }

    #[zbus(property)]
    fn model(&self) -> &str {
        "EC25"
    }

    #[zbus(property)]
    fn revision(&self) -> &str {
        "EC25EFAR06A01M4G"
    }

    #[zbus(property)]
    fn equipment_identifier(&self) -> &str {
        "350000000000006"
    }

    #[zbus(property)]
    fn device(&self) -> &str {
        "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-12"
    }

    #[zbus(property)]
    fn ports(&self) -> Vec<(String, u32)> {
        self.0.facts.lock().unwrap().ports.clone()
    }

    #[zbus(property)]
    fn sim(&self) -> OwnedObjectPath {
        let has_sim = self.0.facts.lock().unwrap().has_sim;
        let path = if has_sim { format!("{ROOT}/SIM/0") } else { "/".into() };
        ObjectPath::try_from(path).unwrap().into()
    }

    #[zbus(property)]
    fn state(&self) -> i32 {
        self.0.facts.lock().unwrap().state
    }

    #[zbus(property)]
    fn state_failed_reason(&self) -> u32 {
        self.0.facts.lock().unwrap().failed
    }

    #[zbus(property)]
    fn unlock_required(&self) -> u32 {
        self.0.facts.lock().unwrap().lock
    }
}

struct Sim;

#[interface(name = "org.freedesktop.ModemManager1.Sim")]
impl Sim {
    #[zbus(property)]
    fn imsi(&self) -> &str {
        "206010000000013"
    }

    #[zbus(property)]
    fn sim_identifier(&self) -> &str {
        "8932010000000000012"
    }

    #[zbus(property)]
    fn operator_identifier(&self) -> &str {
        "20601"
    }

    #[zbus(property)]
    fn operator_name(&self) -> &str {
        "Proximus"
    }

    #[zbus(property)]
    fn gid1(&self) -> Vec<u8> {
        vec![0x01, 0xFF]
    }
}

struct Ussd(Shared);

#[interface(name = "org.freedesktop.ModemManager1.Modem.Modem3gpp.Ussd")]
impl Ussd {
    async fn initiate(
        &self,
        command: &str,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> Result<String, Refusal> {
        self.0.called(format!("Initiate {command}"));
        self.0.deliver(server).await;
        self.answer().await
    }

    async fn respond(&self, response: &str) -> Result<String, Refusal> {
        self.0.called(format!("Respond {response}"));
        self.answer().await
    }

    fn cancel(&self) {
        self.0.facts.lock().unwrap().session = 1;
        self.0.called("Cancel");
    }

    #[zbus(property)]
    fn state(&self) -> u32 {
        self.0.facts.lock().unwrap().session
    }
}

impl Ussd {
    async fn answer(&self) -> Result<String, Refusal> {
        let answer = self.0.facts.lock().unwrap().answers.pop_front();
        let session = match answer {
            Some(Answer::Menu(_)) => 3,
            Some(Answer::Silence) => 2,
            _ => 1,
        };
        self.0.facts.lock().unwrap().session = session;
        match answer {
            Some(Answer::Text(text) | Answer::Menu(text)) => Ok(text.into()),
            Some(Answer::Error(name, words)) => Err(Refusal { name, words }),
            Some(Answer::Silence) => std::future::pending().await,
            None => Err(Refusal { name: "Core.Failed", words: "asked more often than expected" }),
        }
    }
}

struct Messaging(Shared);

#[interface(name = "org.freedesktop.ModemManager1.Modem.Messaging")]
impl Messaging {
    /// An old message is there always; the new one once it has come.
    #[zbus(property)]
    fn messages(&self) -> Vec<OwnedObjectPath> {
        let has_come = self.0.facts.lock().unwrap().has_come;
        let path = |index: u32| ObjectPath::try_from(format!("{ROOT}/SMS/{index}")).unwrap();
        let all = [path(3)].into_iter().chain(has_come.then(|| path(7)));
        all.map(OwnedObjectPath::from).collect()
    }

    async fn create(
        &self,
        message: HashMap<String, OwnedValue>,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> OwnedObjectPath {
        let text = |key: &str| message[key].downcast_ref::<&str>().unwrap().to_owned();
        self.0.called(format!("Create {} {}", text("number"), text("text")));
        let path = ObjectPath::try_from(format!("{ROOT}/SMS/5")).unwrap();
        server.at(&path, Outgoing(self.0.clone())).await.unwrap();
        path.into()
    }

    fn delete(&self, path: OwnedObjectPath) {
        self.0.called(format!("Delete {}", path.rsplit('/').next().unwrap()));
    }
}

/// A message of our own.
struct Outgoing(Shared);

#[interface(name = "org.freedesktop.ModemManager1.Sms")]
impl Outgoing {
    async fn send(&self, #[zbus(object_server)] server: &ObjectServer) {
        self.0.called("Send");
        self.0.deliver(server).await;
    }
}

struct Sms {
    from: &'static str,
    text: &'static str,
}

#[interface(name = "org.freedesktop.ModemManager1.Sms")]
impl Sms {
    #[zbus(property)]
    fn number(&self) -> &str {
        self.from
    }

    #[zbus(property)]
    fn text(&self) -> &str {
        self.text
    }

    #[zbus(property)]
    fn state(&self) -> u32 {
        3
    }

    #[zbus(property)]
    fn pdu_type(&self) -> u32 {
        1
    }
}

/// An error under a name of ModemManager's.
#[derive(Debug)]
struct Refusal {
    name: &'static str,
    words: &'static str,
}

impl zbus::DBusError for Refusal {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, self.name())?.build(&(self.words,))
    }

    fn name(&self) -> ErrorName<'_> {
        format!("org.freedesktop.ModemManager1.Error.{}", self.name).try_into().unwrap()
    }

    fn description(&self) -> Option<&str> {
        Some(self.words)
    }
}
