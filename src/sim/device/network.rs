//! The network: registration, operator, signal (3GPP TS 27.007 clauses 7 and 8).

use std::time::Duration;

use super::line::{Command, Form};
use super::{Device, Info, Stop};
use crate::sim::text;

/// How long a search for networks takes here. Real ones take half a minute.
const SEARCH: Duration = Duration::from_millis(50);

impl Device {
    fn radio_is_on(&self) -> bool {
        self.settings.cfun == 1 && self.card.check_ready().is_ok()
    }

    /// Whether a network serves us: home or roaming.
    pub(super) fn is_registered(&self) -> bool {
        self.radio_is_on() && (self.has_circuit() || serves(self.reach().cereg))
    }

    /// Whether that is the circuit-switched domain.
    pub(super) fn has_circuit(&self) -> bool {
        serves(self.reach().creg)
    }
}

fn serves(stat: u8) -> bool {
    matches!(stat, 1 | 5)
}

pub(super) fn registration(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    let (on, reach, network) = (device.radio_is_on(), device.reach(), &device.scenario.network);
    let (n, stat) = match command.name.as_str() {
        "+CREG" => (&mut device.settings.creg, reach.creg),
        "+CGREG" => (&mut device.settings.cgreg, reach.cgreg),
        _ => (&mut device.settings.cereg, reach.cereg),
    };
    match (command.form, command.number(0)) {
        (Form::Set, Some(new @ 0..=2)) => {
            *n = new;
            Info::none()
        }
        (Form::Read, _) => {
            let stat = if on { stat } else { 0 };
            let mut line = format!("{}: {n},{stat}", command.name);
            if *n == 2 && matches!(stat, 1 | 5) {
                line += &format!(",\"{}\",\"{}\",{}", network.lac, network.cell, reach.act);
            }
            Info::line(line)
        }
        _ => Err(Stop::Cme(50)),
    }
}

pub(super) fn operator(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match command.form {
        Form::Read => Info::line(current(device)),
        Form::Test => search(device),
        Form::Set => select(device, command),
        Form::Run => Err(Stop::Error),
    }
}

fn current(device: &Device) -> Vec<u8> {
    let network = &device.scenario.network;
    let mode = device.settings.cops_mode;
    if !device.is_registered() {
        return format!("+COPS: {mode}").into_bytes();
    }
    let format = device.settings.cops_format;
    let name = match format {
        0 => text::for_terminal(device.settings.charset, &network.name),
        1 => text::for_terminal(device.settings.charset, &network.short),
        _ => network.plmn.clone().into_bytes(),
    };
    let behind = format!("\",{}", device.reach().act);
    [format!("+COPS: {mode},{format},\"").as_bytes(), &name, behind.as_bytes()].concat()
}

fn search(device: &mut Device) -> Result<Info, Stop> {
    if device.settings.cfun != 1 {
        return Err(Stop::Cme(30));
    }
    device.hold += SEARCH;
    let network = &device.scenario.network;
    let mut found = network.others.clone();
    if device.is_registered() {
        let (name, short) = (&network.name, &network.short);
        found.insert(
            0,
            format!("(2,\"{name}\",\"{short}\",\"{}\",{})", network.plmn, device.reach().act),
        );
    }
    Info::line(format!("+COPS: {},,(0,1,2,3,4),(0,1,2)", found.join(",")))
}

fn select(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    let mode = command.number(0).filter(|mode| *mode <= 4).ok_or(Stop::Cme(50))?;
    let format = match command.argument(1) {
        "" => device.settings.cops_format,
        _ => command.number(1).filter(|format| *format <= 2).ok_or(Stop::Cme(50))?,
    };
    if mode == 1 && command.argument(2) != device.scenario.network.plmn {
        return Err(Stop::Cme(30));
    }
    device.settings.cops_format = format;
    if mode != 3 {
        device.settings.cops_mode = mode;
    }
    Info::none()
}

pub(super) fn signal(device: &mut Device, _: &Command) -> Result<Info, Stop> {
    let csq = if device.settings.cfun == 1 { &device.scenario.network.csq } else { "99,99" };
    Info::line(format!("+CSQ: {csq}"))
}

pub(super) fn extended_signal(device: &mut Device, _: &Command) -> Result<Info, Stop> {
    let none = "99,99,255,255,255,255";
    let cesq = if device.settings.cfun == 1 { &device.scenario.network.cesq } else { none };
    Info::line(format!("+CESQ: {cesq}"))
}

pub(super) fn function(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match (command.form, command.number(0)) {
        (Form::Read, _) => Info::line(format!("+CFUN: {}", device.settings.cfun)),
        (Form::Set, Some(1)) if command.number(1) == Some(1) && device.is_to_restart() => {
            Info::none()
        }
        (Form::Set, Some(level @ (0 | 1 | 4))) => {
            match (std::mem::replace(&mut device.settings.cfun, level), level) {
                (1, 1) | (_, 4) => {}
                (_, 1) => device.reset_card(),
                (..) => device.power_off_card(),
            }
            Info::none()
        }
        _ => Err(Stop::Cme(50)),
    }
}

pub(super) fn clock(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match command.form {
        Form::Read => Info::line(format!("+CCLK: \"{}\"", device.inbox.time())),
        _ => Info::none(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::talk;

    #[test]
    fn registration_shows_the_cell_when_asked_to() {
        talk(
            "be-proximus",
            &[
                ("AT+CREG?;+CEREG?", "+CREG: 0,1|+CEREG: 0,1|OK"),
                ("AT+CREG=2;+CREG?", "+CREG: 2,1,\"2AF9\",\"00C3D501\",7|OK"),
                ("AT+CGREG?", "+CGREG: 0,1|OK"),
                ("AT+CREG=7", "ERROR"),
            ],
        );
        talk("lte-only", &[("AT+CREG?;+CEREG?", "+CREG: 0,0|+CEREG: 0,1|OK")]);
        talk("no-service", &[("AT+CREG?;+COPS?;+CSQ", "+CREG: 0,2|+COPS: 0|+CSQ: 99,99|OK")]);
    }

    #[test]
    fn the_operator_is_named_in_the_format_and_charset_that_were_set() {
        talk(
            "be-proximus",
            &[
                ("AT+COPS?", "+COPS: 0,0,\"Proximus\",7|OK"),
                ("AT+COPS=3,2;+COPS?", "+COPS: 0,2,\"20601\",7|OK"),
                (
                    "AT+CSCS=\"UCS2\";+COPS=3,1;+COPS?",
                    "+COPS: 0,1,\"00500052004F00580049004D00550053\",7|OK",
                ),
                ("AT+COPS=1,2,\"20610\"", "ERROR"),
                ("AT+COPS=0,0", "OK"),
                (
                    "AT+COPS=?",
                    "+COPS: (2,\"Proximus\",\"PROXIMUS\",\"20601\",7),(1,\"Orange B\",\"Orange B\",\"20610\",7),(1,\"BASE\",\"BASE\",\"20620\",7),,(0,1,2,3,4),(0,1,2)|OK",
                ),
            ],
        );
    }

    #[test]
    fn without_radio_there_is_no_network() {
        talk(
            "be-proximus",
            &[
                ("AT+CMEE=1;+CFUN=4;+CFUN?", "+CFUN: 4|OK"),
                ("AT+CREG?;+COPS?;+CSQ", "+CREG: 0,0|+COPS: 0|+CSQ: 99,99|OK"),
                ("AT+CUSD=1,\"#121#\"", "+CME ERROR: 30"),
                ("AT+CFUN=1;+CREG?", "+CREG: 0,1|OK"),
            ],
        );
    }
}
