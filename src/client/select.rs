//! Which port has the modem that was meant. The tables say whom to ask first, the answer decides.

use super::Modem;
use super::probe::{Probed, open, probe};
use super::together::together;
use crate::Error;
use crate::modems;
use crate::port::{self, Candidate, Line, PortSpec, Roots};

/// The port that `spec` means; a spec that names a port already comes back as it is.
///
/// Of a modem that `usb:` names the first port that answers `AT`. For `imei:` and `iccid:` every modem
/// is asked; those that another program holds, or that do not answer, are passed over.
///
/// # Errors
///
/// [`Error::Port`] where no modem is the one, or none of its ports answers; each with its reason.
pub async fn select(spec: PortSpec) -> Result<PortSpec, Error> {
    select_in(&Roots::default(), spec).await
}

/// As [`select`], looking into these folders.
///
/// # Errors
///
/// As [`select`].
pub async fn select_in(roots: &Roots, spec: PortSpec) -> Result<PortSpec, Error> {
    match &spec {
        PortSpec::Usb { .. } | PortSpec::Topology(_) => {
            let ports = port::ports_of(Some(&spec), roots)?;
            match ports.as_slice() {
                // The first command tells whether it answers.
                [only] if !must_prove(only) => Ok(PortSpec::Device(only.device.clone())),
                _ => that_answers(roots, &spec, &ports).await,
            }
        }
        PortSpec::Imei(_) | PortSpec::Iccid(_) => by_number(roots, &spec).await,
        _ => Ok(spec),
    }
}

/// Whether the port may be one of those that say `OK` to everything.
fn must_prove(port: &Candidate) -> bool {
    port.usb.is_some_and(|usb| modems::decoys(usb).next().is_some())
}

/// Of the ports of one modem, the first in order that answers.
pub(super) async fn that_answers(
    roots: &Roots,
    spec: &PortSpec,
    ports: &[Candidate],
) -> Result<PortSpec, Error> {
    let Some((first, rest)) = ports.split_first() else { return Err(port::none_found(roots)) };
    let mut probed = vec![probe(roots, first).await];
    if !matches!(probed.as_slice(), [Probed::Answers]) {
        // A silent port takes its time; a modem may have ten of them.
        probed.extend(together(rest.iter().map(|port| probe(roots, port))).await);
    }
    let mut asked = ports.iter().zip(&probed);
    match asked.find(|(_, probed)| matches!(probed, Probed::Answers)) {
        Some((port, _)) => Ok(PortSpec::Device(port.device.clone())),
        None => Err(none_answers(spec, ports, probed)),
    }
}

fn none_answers(spec: &PortSpec, ports: &[Candidate], probed: Vec<Probed>) -> Error {
    let mut hint = None;
    let mut way_in = None;
    let reasons = ports.iter().zip(probed).map(|(port, probed)| {
        if let Probed::Closed(error) = probed {
            hint = hint.take().or_else(|| error.hint());
            if let Error::Held { hint, .. } = &error {
                way_in.get_or_insert_with(|| hint.clone());
            }
            return error.to_string();
        }
        format!("{} {}", port.device.display(), probed.reason().unwrap_or_default())
    });
    let reasons: Vec<_> = reasons.collect();
    let reason = format!("no port takes commands: {}", reasons.join("; "));
    match way_in {
        Some(hint) => Error::Held { port: spec.to_string(), reason, hint },
        None => Error::Port { message: format!("{spec}: {reason}"), hint },
    }
}

async fn by_number(roots: &Roots, spec: &PortSpec) -> Result<PortSpec, Error> {
    let modems = port::by_modem(port::candidates(roots));
    if modems.is_empty() {
        return Err(port::none_found(roots));
    }
    let asked = together(modems.iter().map(|ports| has_number(roots, spec, ports))).await;
    asked.into_iter().flatten().next().ok_or_else(|| Error::Port {
        message: format!("no modem that answers is {spec}"),
        hint: Some("`saldo ports` lists the modems, and who holds them".into()),
    })
}

/// The port of this modem, where the modem has the number that `spec` names.
async fn has_number(roots: &Roots, spec: &PortSpec, ports: &[Candidate]) -> Option<PortSpec> {
    let device = that_answers(roots, spec, ports).await.ok()?;
    let mut modem = open(roots, &device).await.ok()?;
    let number = number(&mut modem, spec).await;
    modem.close().await;
    let (PortSpec::Imei(wanted) | PortSpec::Iccid(wanted)) = spec else { return None };
    (number.as_deref() == Some(wanted.unmasked())).then_some(device)
}

/// The number of the kind that `spec` names; `None` where this modem does not tell.
async fn number(modem: &mut Modem<Box<dyn Line>>, spec: &PortSpec) -> Option<String> {
    modem.identify().await.ok()?;
    match spec {
        PortSpec::Imei(_) => modem.imei().map(|imei| imei.expose().to_owned()),
        _ => modem.sim().await.ok()?.iccid.as_ref().map(|iccid| iccid.expose().to_owned()),
    }
}
