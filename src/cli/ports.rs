//! `saldo ports`: what there is, what it is for, and who has it.

use std::process::ExitCode;

use crate::Error;
use crate::client::probe_all;
use crate::modems::{Role, UsbId};
use crate::port::{self, Candidate, Holder, Roots, candidates, name_holders, none_found};
use serde::Serialize;

use super::with_modem::block_on;
use super::{Globals, out};

/// Every candidate port, its role, and who holds it
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Ask every port that may be a modem's with `AT`, and show which do not answer; opens them
    #[arg(long)]
    probe: bool,
}

/// Exit status: 0 when there is a port that saldo would ask (or that has answered), 3 when there is none.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let roots = Roots::default();
    let mut ports = candidates(&roots);
    name_holders(&mut ports, &roots);
    let asked = ports.iter().filter(|port| port.rejected.is_none()).count();
    if args.probe {
        block_on(async {
            probe_all(&roots, &mut ports).await;
            Ok(())
        })?;
    }
    if globals.json {
        for port in &ports {
            out::json(&Row::new(port, globals.show_ids))?;
        }
    } else {
        for line in table(&ports) {
            out::line(line)?;
        }
    }
    if ports.iter().all(|port| port.rejected.is_some()) {
        return Err(if asked == 0 { none_found(&roots) } else { none_answered(asked) });
    }
    remarks(&ports, &roots).iter().for_each(|remark| out::note(globals, remark));
    Ok(ExitCode::SUCCESS)
}

fn none_answered(asked: usize) -> Error {
    Error::Port {
        message: format!("none of the {asked} ports that may be a modem's takes commands"),
        hint: Some("unplug the modem, wait for its light to go out, and plug it in again".into()),
    }
}

/// What the table has no column for.
fn remarks(ports: &[Candidate], roots: &Roots) -> Vec<String> {
    let mut remarks = port::without_ports(roots);
    if let Some((device, way)) = port::forbidden(ports) {
        remarks.push(format!("no permission to open {}: {way}", device.display()));
    }
    if ports.iter().all(|port| port.holder.is_none()) {
        let broker = port::hidden_broker(&roots.proc);
        remarks.extend(broker.map(|broker| {
            format!(
                "{broker} may hold these ports: only `sudo saldo ports` sees the files it has open"
            )
        }));
    }
    remarks
}

#[derive(Serialize)]
struct Row<'a> {
    schema: u8,
    device: String,
    usb: Option<UsbId>,
    topology: Option<&'a str>,
    interface: Option<u8>,
    role: Role,
    driver: Option<&'a str>,
    model: Option<String>,
    serial: Option<String>,
    holder: Option<&'a Holder>,
    rejected: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn new(port: &'a Candidate, show_ids: bool) -> Self {
        let serial = port.serial.as_deref();
        Self {
            schema: 1,
            device: port.device.display().to_string(),
            usb: port.usb,
            topology: port.topology.as_deref(),
            interface: port.interface,
            role: port.role,
            driver: port.driver.as_deref(),
            model: port.model(),
            serial: serial.map(|text| if show_ids { text.to_owned() } else { masked(text) }),
            holder: port.holder.as_ref(),
            rejected: port.rejected.as_deref(),
        }
    }
}

/// Some modems give their IMEI as the serial number of the USB device.
fn masked(serial: &str) -> String {
    let digits = serial.len() >= 14 && serial.bytes().all(|b| b.is_ascii_digit());
    match (serial.get(..4), serial.get(serial.len().saturating_sub(4)..)) {
        (Some(first), Some(last)) if digits => format!("{first}…{last}"),
        _ => serial.to_owned(),
    }
}

/// Nothing at all where there are no ports, not even the head.
fn table(ports: &[Candidate]) -> Vec<String> {
    if ports.is_empty() {
        return Vec::new();
    }
    let head = ["PORT", "USB", "PLACE", "IF", "ROLE", "MODEL", "HELD BY", "NOT ASKED BECAUSE"];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(ports.iter().map(cells));
    out::columns(&rows)
}

fn cells(port: &Candidate) -> [String; 8] {
    let or_dash = |cell: Option<String>| cell.unwrap_or_else(|| "-".into());
    [
        port.device.display().to_string(),
        or_dash(port.usb.map(|usb| usb.to_string())),
        or_dash(port.topology.clone()),
        or_dash(port.interface.map(|number| number.to_string())),
        port.role.to_string(),
        or_dash(port.model().map(|model| out::visible(&model))),
        or_dash(port.holder.as_ref().map(|holder| out::visible(&holder.to_string()))),
        port.rejected.as_deref().unwrap_or_default().to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(device: &str) -> Candidate {
        Candidate {
            device: device.into(),
            usb: Some(UsbId { vendor: 0x2c7c, product: 0x0125 }),
            topology: Some("1-1.2".into()),
            interface: Some(2),
            driver: Some("option".into()),
            role: Role::At,
            manufacturer: Some("Quectel".into()),
            product: Some("EC25\u{1b}[2J".into()),
            serial: Some("867530012345678".into()),
            holder: Some(Holder { pid: 812, program: "ModemManager".into() }),
            rejected: None,
            place: 0,
        }
    }

    #[test]
    fn the_table_lines_up_and_shows_no_control_characters() {
        let uart = Candidate {
            usb: None,
            topology: None,
            interface: None,
            role: Role::Uart,
            manufacturer: None,
            product: None,
            holder: None,
            rejected: Some("a UART".into()),
            ..port("/dev/ttyS0")
        };
        assert_eq!(
            table(&[port("/dev/ttyUSB2"), uart]),
            [
                r"PORT          USB        PLACE  IF  ROLE  MODEL                  HELD BY                 NOT ASKED BECAUSE",
                r"/dev/ttyUSB2  2c7c:0125  1-1.2  2   AT    Quectel EC25\u{1b}[2J  ModemManager (PID 812)",
                r"/dev/ttyS0    -          -      -   UART  -                      -                       a UART",
            ]
        );
    }

    #[test]
    fn the_object_has_every_key_in_order_and_masks_what_may_be_an_imei() {
        let port = port("/dev/ttyUSB2");
        let object = serde_json::to_string(&Row::new(&port, false)).unwrap();
        assert_eq!(
            object,
            concat!(
                r#"{"schema":1,"device":"/dev/ttyUSB2","usb":"2c7c:0125","topology":"1-1.2","#,
                r#""interface":2,"role":"at","driver":"option","model":"Quectel EC25\u001b[2J","#,
                r#""serial":"8675…5678","holder":{"pid":812,"program":"ModemManager"},"rejected":null}"#
            )
        );
        let shown = serde_json::to_string(&Row::new(&port, true)).unwrap();
        assert!(shown.contains("867530012345678"));
        assert_eq!(masked("A1B2"), "A1B2");
    }
}
