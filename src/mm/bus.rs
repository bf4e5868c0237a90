//! The system bus, and one call on it.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use zbus::Connection;
use zbus::zvariant::{DynamicType, OwnedObjectPath, OwnedValue, Type};

use super::why;
use crate::Error;

/// A connection to the bus on which ModemManager is.
pub(super) struct Bus(Connection);

/// ModemManager's own object, which lists all others.
pub(super) const ROOT: &str = "/org/freedesktop/ModemManager1";

/// The name that ModemManager has on the bus, and its first interface.
pub(super) const SERVICE: &str = "org.freedesktop.ModemManager1";

/// Every answer but the network's comes from memory.
const LIMIT: Duration = Duration::from_secs(10);

impl Bus {
    /// Connects, and makes sure that ModemManager is there: a call to it would start it.
    pub(super) async fn connect() -> Result<Self, Error> {
        let connection = within(Connection::system()).await.map_err(|error| why::no_bus(&error))?;
        let bus = Self(connection);
        match bus.is_there().await {
            Ok(true) => Ok(bus),
            Ok(false) => Err(why::not_running()),
            Err(error) => Err(why::no_bus(&error)),
        }
    }

    async fn is_there(&self) -> zbus::Result<bool> {
        const BUS: &str = "org.freedesktop.DBus";
        let asked = self.0.call_method(
            Some(BUS),
            "/org/freedesktop/DBus",
            Some(BUS),
            "NameHasOwner",
            &SERVICE,
        );
        within(asked).await?.body().deserialize()
    }

    /// Calls a method whose answer the modem or the network gives: it may take as long as the caller waits.
    pub(super) async fn ask<R>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        arguments: &(impl Serialize + DynamicType),
    ) -> zbus::Result<R>
    where
        R: DeserializeOwned + Type,
    {
        let asked = self.0.call_method(Some(SERVICE), path, Some(interface), method, arguments);
        asked.await?.body().deserialize()
    }

    /// As [`Bus::ask`], of what is answered soon or never.
    pub(super) async fn call<R>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        arguments: &(impl Serialize + DynamicType),
    ) -> zbus::Result<R>
    where
        R: DeserializeOwned + Type,
    {
        within(self.ask(path, interface, method, arguments)).await
    }

    /// All properties of one interface of one object.
    pub(super) async fn properties(&self, path: &str, interface: &str) -> zbus::Result<Properties> {
        const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
        self.call(path, PROPERTIES, "GetAll", &interface).await.map(Properties)
    }

    /// Everything that ModemManager lists and that has this interface: path and properties.
    pub(super) async fn objects(&self, interface: &str) -> zbus::Result<Vec<(String, Properties)>> {
        const MANAGER: &str = "org.freedesktop.DBus.ObjectManager";
        let objects: HashMap<OwnedObjectPath, HashMap<String, HashMap<String, OwnedValue>>> =
            self.call(ROOT, MANAGER, "GetManagedObjects", &()).await?;
        let with_interface = |(path, mut interfaces): (OwnedObjectPath, HashMap<String, _>)| {
            Some((path.to_string(), Properties(interfaces.remove(interface)?)))
        };
        Ok(objects.into_iter().filter_map(with_interface).collect())
    }
}

/// What comes too late is an error of the connection.
async fn within<T>(answer: impl Future<Output = zbus::Result<T>>) -> zbus::Result<T> {
    let late = |_| {
        let words = format!("no answer within {} s", LIMIT.as_secs());
        zbus::Error::from(io::Error::new(io::ErrorKind::TimedOut, words))
    };
    timeout(LIMIT, answer).await.map_err(late)?
}

/// The properties of one interface; one that is missing, empty or of another type is none.
#[derive(Debug, Default)]
pub(super) struct Properties(pub(super) HashMap<String, OwnedValue>);

impl Properties {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let text: &str = self.0.get(name)?.downcast_ref().ok()?;
        Some(text).filter(|text| !text.is_empty())
    }

    /// A number of either sign.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        let value = self.0.get(name)?;
        let unsigned = value.downcast_ref::<u32>().map(i64::from);
        unsigned.or_else(|_| value.downcast_ref::<i32>().map(i64::from)).ok()
    }

    pub(super) fn octets(&self, name: &str) -> Option<Vec<u8>> {
        self.list(name)
    }

    /// The path of another object; `/` is none.
    pub(super) fn path(&self, name: &str) -> Option<String> {
        let path: zbus::zvariant::ObjectPath<'_> = self.0.get(name)?.downcast_ref().ok()?;
        Some(path.to_string()).filter(|path| path != "/")
    }

    /// A list of whatever its items are.
    pub(super) fn list<T>(&self, name: &str) -> Option<Vec<T>>
    where
        Vec<T>: TryFrom<OwnedValue>,
    {
        self.0.get(name)?.try_clone().ok()?.try_into().ok()
    }
}
