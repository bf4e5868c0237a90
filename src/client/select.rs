//! Which port has the modem of this IMEI, or the SIM of this ICCID: every modem is asked.

use super::Modem;
use crate::Error;
use crate::port::{self, NamedPort, PortSpec, Roots};

/// The port that `spec` means; a spec that names a port already comes back as it is.
///
/// Of each modem that is found the likeliest AT port is opened, asked and closed again. Modems that
/// another program holds, or that do not answer, are passed over.
///
/// # Errors
///
/// [`Error::Port`] where no modem is the one, or none is found at all.
pub async fn select(spec: PortSpec) -> Result<PortSpec, Error> {
    let (PortSpec::Imei(wanted) | PortSpec::Iccid(wanted)) = &spec else { return Ok(spec) };
    let candidates = port::candidates(&Roots::default());
    let ports = port::first_ports(&candidates);
    if ports.is_empty() {
        return Err(port::none_found(&Roots::default()));
    }
    for found in ports {
        let device = PortSpec::Device(found.device.clone());
        if ask(&device, &spec).await.as_deref() == Some(wanted.unmasked()) {
            return Ok(device);
        }
    }
    let hint = Some("`saldo ports` lists the modems, and who holds them".into());
    Err(Error::Port { message: format!("no modem that answers is {spec}"), hint })
}

/// The number of the kind that `spec` names; `None` where this modem does not tell.
async fn ask(device: &PortSpec, spec: &PortSpec) -> Option<String> {
    let mut modem = Modem::new(NamedPort::open(device).await.ok()?);
    let number = number(&mut modem, spec).await;
    modem.close().await;
    number
}

async fn number(modem: &mut Modem<NamedPort>, spec: &PortSpec) -> Option<String> {
    modem.identify().await.ok()?;
    match spec {
        PortSpec::Imei(_) => modem.imei().map(|imei| imei.expose().to_owned()),
        _ => modem.sim().await.ok()?.iccid.as_ref().map(|iccid| iccid.expose().to_owned()),
    }
}
