//! Debian's ModemManager with a simulated modem: what the stub claims, from the program itself.

use std::collections::HashMap;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use saldo::port::{SimPort, sim_modem};
use tokio::io::{copy, split};
use zbus::zvariant::OwnedValue;
use zbus::{Connection, interface};

use super::bus::Bus;

const SERVICE: &str = "org.freedesktop.ModemManager1";
const ROOT: &str = "/org/freedesktop/ModemManager1";

/// Long enough for a busy machine; nothing here takes it when all is well.
const DEADLINE: Duration = Duration::from_secs(60);

/// ModemManager on a private bus. It ends with the test.
struct Real {
    daemon: Child,
    connection: Connection,
    bus: Bus,
}

/// Everybody may do everything; ModemManager asks before each call.
struct PolicyKit;

#[interface(name = "org.freedesktop.PolicyKit1.Authority")]
impl PolicyKit {
    fn check_authorization(
        &self,
        _subject: (String, HashMap<String, OwnedValue>),
        _action: &str,
        _details: HashMap<String, String>,
        _flags: u32,
        _cancellation: &str,
    ) -> (bool, bool, HashMap<String, String>) {
        (true, false, HashMap::new())
    }
}

impl Real {
    /// `None`, and a line that says so, where it is not installed.
    async fn start() -> Option<Self> {
        let bus = Bus::start()?;
        let connection = zbus::connection::Builder::address(bus.address())
            .unwrap()
            .name("org.freedesktop.PolicyKit1")
            .unwrap()
            .serve_at("/org/freedesktop/PolicyKit1/Authority", PolicyKit)
            .unwrap()
            .build()
            .await
            .unwrap();
        let program = ["/usr/sbin/ModemManager", "/usr/bin/ModemManager"];
        let program = program.into_iter().find(|program| std::path::Path::new(program).exists());
        let Some(program) = program else {
            eprintln!("skipped: no ModemManager");
            return None;
        };
        let daemon = Command::new(program)
            .args(["--test-session", "--test-enable", "--test-no-udev", "--test-no-qrtr"])
            .args(["--test-no-suspend-resume", "--no-auto-scan"])
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .env("DBUS_SYSTEM_BUS_ADDRESS", bus.address())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let real = Self { daemon, connection, bus };
        let names = zbus::fdo::DBusProxy::new(&real.connection).await.unwrap();
        until(async || names.name_has_owner(SERVICE.try_into().unwrap()).await.unwrap()).await;
        Some(real)
    }

    /// Plugs in a simulated modem, and waits until ModemManager lists it.
    async fn plug_in(&self, scenario: &str, index: u32) {
        let socket = format!("abstract:saldo-{}-{index}", self.daemon.id());
        let address = SocketAddr::from_abstract_name(&socket).unwrap();
        let listener = UnixListener::bind_addr(&address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = tokio::net::UnixListener::from_std(listener).unwrap();
        let mut modem = SimPort::new(sim_modem(scenario).unwrap());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (mut from, mut to) = tokio::io::split(stream);
                let (mut says, mut hears) = split(&mut modem);
                tokio::select! {
                    _ = copy(&mut from, &mut hears) => {}
                    _ = copy(&mut says, &mut to) => {}
                }
            }
        });
        let test = "org.freedesktop.ModemManager1.Test";
        let profile = (scenario, "generic", vec![socket.as_str()]);
        self.call(ROOT, test, "SetProfile", &profile).await;
        until(async || matches!(self.state(index).await, Some(-1 | 2 | 3))).await;
    }

    async fn enable(&self, index: u32) {
        let modem = "org.freedesktop.ModemManager1.Modem";
        self.call(&format!("{ROOT}/Modem/{index}"), modem, "Enable", &true).await;
        until(async || self.state(index).await == Some(8)).await;
    }

    async fn state(&self, index: u32) -> Option<i32> {
        let path = format!("{ROOT}/Modem/{index}");
        let properties = zbus::fdo::PropertiesProxy::new(&self.connection, SERVICE, path).await;
        let modem = "org.freedesktop.ModemManager1.Modem".try_into().unwrap();
        properties.unwrap().get(modem, "State").await.ok()?.try_into().ok()
    }

    async fn call<A>(&self, path: &str, interface: &str, method: &str, arguments: &A)
    where
        A: serde::Serialize + zbus::zvariant::DynamicType,
    {
        let connection = &self.connection;
        connection
            .call_method(Some(SERVICE), path, Some(interface), method, arguments)
            .await
            .unwrap();
    }
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// Asks again until it is so.
async fn until(mut is_so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !is_so().await {
        assert!(Instant::now() < end, "ModemManager does not come so far");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn modemmanager_without_a_modem_is_said_to_have_none() {
    let Some(real) = Real::start().await else { return };
    let ran = real.bus.run(&["--port", "mm:0"]).await;
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.err.starts_with("error: ModemManager has no modem\nhint: "), "{}", ran.err);
}

#[tokio::test]
async fn a_disabled_modem_is_named_and_an_enabled_one_gives_its_balance() {
    let Some(real) = Real::start().await else { return };
    real.plug_in("be-proximus", 0).await;
    let ran = real.bus.run(&["--port", "mm:0"]).await;
    assert_eq!(ran.status, 5, "{ran:?}");
    assert!(ran.err.contains("`mmcli -m 0 --enable`"), "{}", ran.err);
    real.enable(0).await;
    let ran = real.bus.run(&["--port", "mm:", "--json"]).await;
    assert_eq!(ran.status, 0, "{ran:?}");
    for part in [
        r#""imei":"3500…0006","port":"mm:0""#,
        r#""sim":{"iccid":"8932…0012","plmn":"20601","name":"Proximus"}"#,
        r#""via":"modemmanager""#,
        r#""amount":"12.34","unit":"EUR""#,
    ] {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
    let ran = real.bus.run(&["ussd", "*999#", "--port", "mm:0"]).await;
    assert_eq!(ran.status, 5, "{ran:?}");
    assert!(ran.err.contains("USSD is not supported here, or not for this code"), "{}", ran.err);
}

#[tokio::test]
async fn menus_are_walked_and_the_session_is_closed() {
    let Some(real) = Real::start().await else { return };
    real.plug_in("be-lyca-menu", 0).await;
    real.enable(0).await;
    let ran = real.bus.run(&["ussd", "*103#", "--port", "mm:0"]).await;
    assert!(ran.out.contains("1. Saldo"), "{ran:?}");
    // A session left open would take this code for an answer.
    let ran = real.bus.run(&["--port", "mm:0", "--answer", "1"]).await;
    assert!(ran.out.contains("7.05 EUR, until 2027-03-14"), "{ran:?}");
}

#[tokio::test]
async fn a_message_that_modemmanager_receives_is_the_answer() {
    let Some(real) = Real::start().await else { return };
    real.plug_in("be-sms-later", 0).await;
    real.enable(0).await;
    let ran = real.bus.run(&["--port", "mm:0", "--json", "--timeout", "20"]).await;
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.contains(r#""via":"sms""#), "{}", ran.out);
}

#[tokio::test]
async fn a_locked_and_a_missing_sim_are_named() {
    let Some(real) = Real::start().await else { return };
    real.plug_in("pin-locked", 0).await;
    real.plug_in("no-sim", 1).await;
    for (port, words) in [("mm:0", "the SIM is locked by its PIN"), ("mm:1", "SIM not inserted")] {
        let ran = real.bus.run(&["--port", port]).await;
        assert_eq!(ran.status, 4, "{ran:?}");
        assert!(ran.err.contains(words), "{}", ran.err);
    }
}
