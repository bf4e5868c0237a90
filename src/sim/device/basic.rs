//! The command interface itself, and who the modem is (V.250, 3GPP TS 27.007 clause 5).

use super::line::{Command, Form};
use super::settings::Settings;
use super::{Device, Info, Stop, table};
use crate::sim::text::Charset;

/// Taken, and without effect here.
pub(super) fn accept(_: &mut Device, _: &Command) -> Result<Info, Stop> {
    Info::none()
}

pub(super) fn reset(device: &mut Device, _: &Command) -> Result<Info, Stop> {
    let cfun = device.settings.cfun;
    device.settings = Settings { cfun, ..Settings::of(&device.scenario) };
    Info::none()
}

pub(super) fn echo(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    device.settings.echo = flag(command)?;
    Info::none()
}

pub(super) fn verbose(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    device.settings.verbose = flag(command)?;
    Info::none()
}

pub(super) fn quiet(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    device.settings.quiet = flag(command)?;
    Info::none()
}

/// The number of a basic command; none is 0 (V.250 clause 5.3.1).
fn flag(command: &Command) -> Result<bool, Stop> {
    match command.argument(0) {
        "" | "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(Stop::Error),
    }
}

pub(super) fn information(device: &mut Device, _: &Command) -> Result<Info, Stop> {
    let lines = &device.scenario.identity.info;
    Ok(Info(lines.iter().map(|line| device.filled(line).into_bytes()).collect()))
}

pub(super) fn manufacturer(device: &mut Device, _: &Command) -> Result<Info, Stop> {
    Info::line(device.scenario.identity.manufacturer.as_str())
}

pub(super) fn model(device: &mut Device, _: &Command) -> Result<Info, Stop> {
    Info::line(device.scenario.identity.model.as_str())
}

pub(super) fn revision(device: &mut Device, _: &Command) -> Result<Info, Stop> {
    Info::line(device.scenario.identity.revision.as_str())
}

pub(super) fn serial_number(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match command.form {
        Form::Test => Info::none(),
        _ => Info::line(device.scenario.identity.imei.as_str()),
    }
}

pub(super) fn capabilities(_: &mut Device, _: &Command) -> Result<Info, Stop> {
    Info::line("+GCAP: +CGSM,+DS,+ES")
}

pub(super) fn list(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    if command.form == Form::Test {
        return Info::none();
    }
    let rows = device.scenario.row.iter().filter_map(|row| row.command.get(2..));
    let own = rows.map(|text| text.split(['=', '?']).next().unwrap_or(text));
    let known = table::names().filter(|name| device.has(name));
    let mut names: Vec<&str> = own.collect();
    for name in known {
        names.push(name);
    }
    names.sort_unstable();
    names.dedup();
    Ok(Info(names.into_iter().map(|name| name.as_bytes().to_vec()).collect()))
}

pub(super) fn error_format(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match (command.form, command.number(0)) {
        (Form::Read, _) => Info::line(format!("+CMEE: {}", device.settings.cmee)),
        (Form::Set, Some(n @ 0..=2)) => {
            device.settings.cmee = n;
            Info::none()
        }
        _ => Err(Stop::Cme(50)),
    }
}

pub(super) fn charset(device: &mut Device, command: &Command) -> Result<Info, Stop> {
    match command.form {
        Form::Read => Info::line(format!("+CSCS: \"{}\"", device.settings.charset.name())),
        Form::Set => {
            device.settings.charset = Charset::named(command.argument(0)).ok_or(Stop::Cme(50))?;
            Info::none()
        }
        _ => Err(Stop::Cme(50)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{device, said, talk};

    #[test]
    fn who_the_modem_is() {
        talk(
            "huawei-e3372",
            &[
                (
                    "ATI",
                    "Manufacturer: huawei|Model: E3372|Revision: 21.180.01.00.00|IMEI: 861821000000007|+GCAP: +CGSM,+DS,+ES|OK",
                ),
                ("AT+CGMI", "huawei|OK"),
                ("AT+GMM", "E3372|OK"),
                ("AT+CGSN", "861821000000007|OK"),
                ("AT+CGSN=?", "OK"),
            ],
        );
    }

    #[test]
    fn the_list_of_commands_names_rows_and_standards() {
        let mut device = device("huawei-e3372");
        let list = said(&mut device, "AT+CLAC");
        for name in ["^HCSQ", "+CUSD", "&F"] {
            assert!(list.contains(&format!("\r\n{name}\r\n")), "{name}: {list}");
        }
        assert!(!list.contains("+CESQ"), "{list}");
    }

    #[test]
    fn the_charset_is_kept_and_unknown_ones_are_refused() {
        talk(
            "be-proximus",
            &[
                ("AT+CMEE=1;+CSCS?", "+CSCS: \"GSM\"|OK"),
                ("AT+CSCS=\"UCS2\"", "OK"),
                ("AT+CSCS?", "+CSCS: \"UCS2\"|OK"),
                ("AT+CSCS=\"KOI8\"", "+CME ERROR: 50"),
                ("AT&F;+CSCS?", "+CSCS: \"GSM\"|OK"),
            ],
        );
        talk("sim7600", &[("AT+CSCS?", "+CSCS: \"IRA\"|OK")]);
    }
}
