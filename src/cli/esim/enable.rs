//! `saldo esim enable`: another profile in use.

use crate::Error;
use crate::client::{Registration, forbidden};
use crate::euicc::{self, Profile};

use super::super::settings::Settings;
use super::super::with_modem::AnyModem;
use super::super::{Globals, out};
use super::consent::Consent;
use super::json::EnabledLine;
use super::list::label;
use super::{choose, notifications};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Its number in the list, its ICCID, nickname or name, or the id of its operator
    profile: String,

    #[command(flatten)]
    consent: Consent,
}

pub(super) async fn run(
    args: &Args,
    modem: &mut AnyModem,
    settings: &Settings,
    globals: &Globals,
) -> Result<(), Error> {
    let profiles = modem.profiles().await?;
    let wanted = choose::profile(&args.profile, &profiles, &settings.operators)?;
    if euicc::enabled(&profiles) == Some(wanted) {
        out::note(globals, "it is enabled already");
        return show(wanted, &modem.registration().await?, settings, globals);
    }
    if let Some(obstacle) = euicc::obstacle(&profiles, wanted) {
        return Err(forbidden(obstacle));
    }
    args.consent.ask(&what(euicc::enabled(&profiles), wanted), modem, globals).await?;
    let registration = modem.enable_profile(wanted).await?;
    show(wanted, &registration, settings, globals)?;
    remind(modem, globals).await;
    Ok(())
}

/// The profile is in use, whether or not the card tells what it has still to say.
async fn remind(modem: &mut AnyModem, globals: &Globals) {
    let Ok(mut card) = modem.euicc().await else { return };
    if let Ok(waiting) = card.notifications().await {
        notifications::remark(waiting.len(), globals);
    }
    let _ = card.close().await;
}

fn what(from: Option<&Profile>, to: &Profile) -> String {
    let from = from.map(|from| format!(" in place of {}", label(from))).unwrap_or_default();
    let for_ever = match euicc::is_one_way(to) {
        true => "; there is no way back: a rule of it (PPR1) forbids that it is ever disabled",
        false => "",
    };
    let to = label(to);
    format!("{to} will be enabled{from}; the modem restarts, and its connections end{for_ever}")
}

fn show(
    profile: &Profile,
    registration: &Registration,
    settings: &Settings,
    globals: &Globals,
) -> Result<(), Error> {
    if globals.json {
        return out::json(&EnabledLine::of(profile, registration, &settings.operators, globals));
    }
    let network = registration.operator.as_ref().map(|name| format!(", on {name}"));
    let roams = if registration.is_roaming() { " (roaming)" } else { "" };
    let line = format!("{}: enabled{}{roams}", label(profile), network.unwrap_or_default());
    out::line(out::visible(&line))
}
