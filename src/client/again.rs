//! The same modem, after it was away: a reset, a replug and a profile switch number its ports anew.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::probe::{Probed, open, probe_device};
use super::select::that_answers;
use super::together::together;
use crate::Error;
use crate::ids::Imei;
use crate::port::{self, Candidate, PortSpec, Roots};

/// What a modem is recognised by when it comes back: its place on the bus first, its IMEI second.
#[derive(Clone, Debug)]
pub struct Trace {
    port: PortSpec,
    place: Option<String>,
    imei: Option<Imei>,
}

impl Trace {
    /// Taken while the modem is there: of the port that it has now, and of what it says of itself.
    pub fn new(roots: &Roots, device: &Path, imei: Option<Imei>) -> Self {
        Self::of(roots, &PortSpec::Device(device.into()), imei)
    }

    /// The same of a port by its name, which for one without a place may be a link that moves on.
    pub fn of(roots: &Roots, port: &PortSpec, imei: Option<Imei>) -> Self {
        let place = match port {
            PortSpec::Device(path) => [Some(path.clone()), std::fs::canonicalize(path).ok()]
                .into_iter()
                .flatten()
                .find_map(|device| port::candidate(&device, roots)?.topology),
            _ => None,
        };
        Self { port: port.clone(), place, imei }
    }

    /// Of a port that is gone already the place is not to be seen: then what was noted before holds.
    fn or_earlier(self, earlier: Option<Self>) -> Self {
        let has_place = |trace: &Self| trace.place.is_some();
        match earlier.filter(|earlier| has_place(earlier) && !has_place(&self)) {
            Some(earlier) => Self { imei: self.imei.or(earlier.imei), ..earlier },
            None => self,
        }
    }
}

/// Where one modem is, however often its port is numbered anew.
#[derive(Debug)]
pub struct Whereabouts {
    roots: Roots,
    port: RefCell<PortSpec>,
    trace: RefCell<Option<Trace>>,
}

impl Whereabouts {
    /// `port` is where it is now, and no longer one of several.
    pub fn new(roots: Roots, port: PortSpec) -> Self {
        Self { roots, port: port.into(), trace: RefCell::default() }
    }

    /// The port that it had when it was last seen.
    pub fn port(&self) -> PortSpec {
        self.port.borrow().clone()
    }

    /// Notes its place, while it is there, and whom to look for.
    pub fn note(&self, imei: Option<&Imei>) {
        let trace = Trace::of(&self.roots, &self.port(), imei.cloned());
        self.trace.replace_with(|earlier| Some(trace.or_earlier(earlier.take())));
    }

    /// Waits for it as [`find_again`] does; the next trace is taken where it is found.
    ///
    /// # Errors
    ///
    /// [`Error::Port`] where it does not come back in time.
    pub async fn find(&self, limit: Duration) -> Result<PortSpec, Error> {
        let noted = self.trace.borrow().clone();
        let trace = noted.unwrap_or_else(|| Trace::of(&self.roots, &self.port(), None));
        let port = find_again(&self.roots, &trace, limit).await?;
        self.port.replace(port.clone());
        Ok(port)
    }
}

/// How often we look: enumeration takes seconds, and a look costs a few reads of sysfs.
const BETWEEN: Duration = Duration::from_millis(500);

/// Waits up to `limit` for the modem to answer `AT` again, under whatever number, and gives its port.
///
/// A modem in the old place with another IMEI is another one; then, and where the place stays empty, the
/// IMEI is looked for everywhere. A port without a place, such as a UART, keeps its name, and so does one
/// of the simulator.
///
/// # Errors
///
/// [`Error::Port`] where it does not come back in time.
pub async fn find_again(roots: &Roots, trace: &Trace, limit: Duration) -> Result<PortSpec, Error> {
    let until = Instant::now() + limit;
    let mut others = Vec::new();
    loop {
        if let Some(port) = look(roots, trace, &mut others).await {
            return Ok(port);
        }
        if Instant::now() + BETWEEN > until {
            return Err(gone(trace, limit));
        }
        sleep(BETWEEN).await;
    }
}

/// `others` are modems that have given another IMEI already: they are not asked over and over.
async fn look(roots: &Roots, trace: &Trace, others: &mut Vec<Candidate>) -> Option<PortSpec> {
    let Some(place) = &trace.place else {
        return trace.is_at_its_port(roots).await.then(|| trace.port.clone());
    };
    let mut modems = port::by_modem(port::candidates(roots));
    modems.retain(|ports| ports.first().is_some_and(|first| !others.contains(first)));
    let is_here =
        |ports: &Vec<Candidate>| ports.iter().any(|port| port.topology.as_ref() == Some(place));
    let (here, elsewhere): (Vec<_>, Vec<_>) = modems.into_iter().partition(is_here);
    for ports in here {
        match ask(roots, &ports).await {
            Some((port, imei)) if trace.may_be(imei.as_ref()) => return Some(port),
            Some(_) => others.extend(ports.into_iter().take(1)),
            None => {}
        }
    }
    trace.imei.as_ref()?;
    let asked = together(elsewhere.iter().map(|ports| ask(roots, ports))).await;
    for (ports, answer) in elsewhere.into_iter().zip(asked) {
        match answer {
            Some((port, imei)) if imei == trace.imei => return Some(port),
            Some((_, Some(_))) => others.extend(ports.into_iter().take(1)),
            _ => {}
        }
    }
    None
}

impl Trace {
    /// In its old place a modem is believed to be the same, unless it says otherwise.
    fn may_be(&self, imei: Option<&Imei>) -> bool {
        self.imei.as_ref().zip(imei).is_none_or(|(wanted, told)| wanted == told)
    }

    /// A name may be another modem's by now: two that restart at once may swap theirs.
    async fn is_at_its_port(&self, roots: &Roots) -> bool {
        let probed = probe_device(roots, &self.port, &[]).await;
        if self.imei.is_none() || !matches!(probed, Probed::Answers) {
            return matches!(probed, Probed::Answers);
        }
        // One that could not be asked is asked again at the next look.
        told(roots, &self.port).await.is_some_and(|imei| self.may_be(imei.as_ref()))
    }
}

/// The port of these that answers, and the IMEI it tells.
async fn ask(roots: &Roots, ports: &[Candidate]) -> Option<(PortSpec, Option<Imei>)> {
    let spec = ports.first()?.spec();
    let port = that_answers(roots, &spec, ports).await.ok()?;
    let imei = told(roots, &port).await?;
    Some((port, imei))
}

/// The IMEI that the modem of a port tells, where there is a modem.
async fn told(roots: &Roots, port: &PortSpec) -> Option<Option<Imei>> {
    let mut modem = open(roots, port).await.ok()?;
    let imei = modem.identify().await.ok().and_then(|_| modem.imei().cloned());
    modem.close().await;
    Some(imei)
}

fn gone(trace: &Trace, limit: Duration) -> Error {
    let place = trace.place.as_ref().map(|place| format!(" (usb:{place})")).unwrap_or_default();
    let device = &trace.port;
    Error::Port {
        message: format!(
            "the modem of {device}{place} did not come back within {} s",
            limit.as_secs_f32()
        ),
        hint: Some(
            "`saldo ports` shows whether it is there; if not, check cable and supply".into(),
        ),
    }
}
