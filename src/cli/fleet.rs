//! `saldo fleet`: what every machine on a broker last reported.

use std::process::ExitCode;

use crate::Error;
use crate::mqtt::{self, Fleet, Reported, Url};
use crate::watch::{AlertKind, Mark, Urgency};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::csv::cell;
use super::settings::Settings;
use super::signals::Ending;
use super::with_modem::block_on;
use super::{Globals, out};

/// What every machine on an MQTT broker last reported, who runs out first in front
///
/// The broker is the one of your settings (`[mqtt]`), where `--broker` names no other.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// mqtt://HOST:PORT, or mqtts://HOST:PORT for TLS
    #[arg(long, value_name = "URL", value_parser = broker)]
    broker: Option<Url>,

    /// Your name to the broker of `--broker`; the password is in SALDO_MQTT_PASSWORD
    #[arg(long, value_name = "NAME", requires = "broker")]
    user: Option<String>,

    /// Only modems with less than this, such as 5, "5 EUR" or "500 MB"; status 1 where there is one
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    below: Option<Mark>,

    /// Comma-separated values, with a line of names
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

/// Exit status: 0, or 1 where a balance is below `--below`; the error's own where there is no broker.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = settings(args, globals)?;
    let fleet = block_on(async { Ending::signals()?.interrupt(mqtt::fleet(&settings)).await })?;
    let now = Timestamp::now();
    let Fleet { mut modems, unreadable } = fleet;
    if modems.is_empty() {
        out::note(globals, &format!("nothing is reported under `{}`", settings.prefix));
    }
    if let Some(first) = unreadable.first() {
        let others = unreadable.len() - 1;
        out::note(globals, &format!("no state of a modem is in {first} and {others} other topics"));
    }
    if let Some(mark) = &args.below {
        modems.retain(|modem| modem.view.is_below(mark));
    }
    modems.sort_by_cached_key(|modem| modem.view.urgency(now));
    let rows: Vec<_> = modems.iter().map(|modem| Row::of(modem, now)).collect();
    if globals.json {
        rows.iter().try_for_each(out::json)?;
    } else if args.csv {
        out::line(CSV.join(","))?;
        rows.iter().try_for_each(|row| out::line(row.csv()))?;
    } else if !rows.is_empty() {
        let head = std::iter::once(HEAD.map(str::to_owned));
        let cells: Vec<_> = head.chain(rows.iter().map(|row| row.cells(now))).collect();
        out::line(out::columns(&cells).join("\n"))?;
    }
    Ok(ExitCode::from(u8::from(args.below.is_some() && !rows.is_empty())))
}

/// The settings' broker, or the one that was named: then nothing that the settings hold for theirs is shown to it.
fn settings(args: &Args, globals: &Globals) -> Result<mqtt::Settings, Error> {
    let configured = Settings::load(globals)?.mqtt;
    let Some(url) = args.broker.clone() else {
        return configured.ok_or_else(|| Error::Usage {
            message: "no broker is named".into(),
            hint: Some("`--broker mqtt://HOST`, or `[mqtt]` with `url` in config.toml".into()),
        });
    };
    let known = configured.filter(|settings| settings.url == url && args.user.is_none());
    let named = mqtt::Settings { user: args.user.clone(), ..mqtt::Settings::of(url) };
    Ok(known.unwrap_or(named))
}

fn broker(text: &str) -> Result<Url, String> {
    text.parse().map_err(|why: &str| why.to_owned())
}

/// The object of `--json`, and the line of `--csv`.
#[derive(Serialize)]
struct Row<'a> {
    schema: u8,
    device: &'a str,
    modem: &'a str,
    is_online: bool,
    operator: Option<&'a str>,
    balance: Option<String>,
    currency: Option<&'a str>,
    /// Until it is empty or no longer valid, whichever comes first.
    days_left: Option<String>,
    valid_until: Option<Date>,
    signal_dbm: Option<i16>,
    last_seen: Option<Timestamp>,
    last_success: Option<Timestamp>,
    alerts: &'a [AlertKind],
}

const CSV: [&str; 12] = [
    "device",
    "modem",
    "is_online",
    "operator",
    "balance",
    "currency",
    "days_left",
    "valid_until",
    "signal_dbm",
    "last_seen",
    "last_success",
    "alerts",
];

const HEAD: [&str; 9] =
    ["DEVICE", "MODEM", "OPERATOR", "BALANCE", "LEFT", "UNTIL", "SIGNAL", "SEEN", "ALERTS"];

impl<'a> Row<'a> {
    fn of(reported: &'a Reported, now: Timestamp) -> Self {
        let view = &reported.view;
        let good = view.last_good.as_ref();
        let main = good.and_then(|record| record.main());
        let days = match view.urgency(now) {
            Urgency::Days(days) => Some(days.round_dp(1).normalize().to_string()),
            Urgency::Balance(_) | Urgency::Unknown => None,
        };
        Self {
            schema: 1,
            device: &reported.device,
            modem: &view.modem,
            is_online: reported.is_online,
            operator: view.operator.as_deref(),
            balance: main.map(|pot| pot.amount.to_string()),
            currency: main.and_then(|pot| pot.unit.as_deref()),
            days_left: days,
            valid_until: good.and_then(|record| record.reliable()?.valid_until()),
            signal_dbm: view.radio.and_then(|radio| radio.rssi_dbm),
            last_seen: view.last.as_ref().map(|record| record.time),
            last_success: good.map(|record| record.time),
            alerts: &view.alerts,
        }
    }

    fn alerts(&self, between: &str) -> String {
        self.alerts.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(between)
    }

    fn csv(&self) -> String {
        let fields = [
            self.device.to_owned(),
            self.modem.to_owned(),
            self.is_online.to_string(),
            text(self.operator),
            text(self.balance.as_ref()),
            text(self.currency),
            text(self.days_left.as_ref()),
            text(self.valid_until),
            text(self.signal_dbm),
            text(self.last_seen),
            text(self.last_success),
            self.alerts(" "),
        ];
        fields.map(|field| cell(&field)).join(",")
    }

    fn cells(&self, now: Timestamp) -> [String; 9] {
        let with = |value: Option<String>, unit: &str| {
            value
                .map_or_else(|| "-".to_owned(), |value| format!("{value} {unit}").trim_end().into())
        };
        let offline = (!self.is_online).then(|| "offline".to_owned());
        let alerts = Some(self.alerts(" ")).filter(|alerts| !alerts.is_empty());
        let alerts: Vec<_> = offline.into_iter().chain(alerts).collect();
        [
            self.device.to_owned(),
            self.modem.to_owned(),
            self.operator.unwrap_or("-").to_owned(),
            with(self.balance.clone(), self.currency.unwrap_or_default()),
            with(self.days_left.clone(), "d"),
            with(self.valid_until.map(|date| date.to_string()), ""),
            with(self.signal_dbm.map(|level| level.to_string()), "dBm"),
            self.last_seen.map_or_else(|| "-".to_owned(), |seen| age(now, seen)),
            alerts.join(" "),
        ]
        .map(|cell| out::visible(&cell))
    }
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// `5 min`, `3 h` or `12 d`.
fn age(now: Timestamp, seen: Timestamp) -> String {
    let minutes = now.duration_since(seen).as_mins().max(0);
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_short() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        for (seen, expected) in [
            ("2026-11-22T09:58:30Z", "1 min"),
            ("2026-11-22T07:00:00Z", "3 h"),
            ("2026-11-10T10:00:00Z", "12 d"),
            ("2026-11-22T10:09:00Z", "0 min"), // a clock that is ahead
        ] {
            assert_eq!(age(now, seen.parse().unwrap()), expected);
        }
    }
}
