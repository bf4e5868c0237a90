//! `saldo esim list`: the profiles on the card.

use crate::Error;
use crate::euicc::{Class, Profile, State};
use crate::operators::Operators;

use super::super::settings::Settings;
use super::super::with_modem::AnyModem;
use super::super::{Globals, out};
use super::brand::Brand;
use super::json::ListLine;
use super::{notifications, or_dash, policy};

pub(super) async fn run(
    modem: &mut AnyModem,
    settings: &Settings,
    globals: &Globals,
) -> Result<(), Error> {
    let mut card = modem.euicc().await?;
    let eid = card.eid();
    let profiles = card.profiles().await?;
    let waiting = card.notifications().await?.len();
    card.close().await?;
    if globals.json {
        let line = ListLine::of(&eid, &profiles, waiting, &settings.operators, globals);
        return out::json(&line);
    }
    for line in table(&profiles, &settings.operators, globals) {
        out::line(out::visible(&line))?;
    }
    if profiles.is_empty() {
        out::note(globals, "there is no profile on the card");
    }
    notifications::remark(waiting, globals);
    Ok(())
}

fn table(profiles: &[Profile], operators: &Operators, globals: &Globals) -> Vec<String> {
    let head = ["#", "STATE", "NAME", "PROVIDER", "ICCID", "OPERATOR", "ASK", "RULES"];
    let rows =
        (1..).zip(profiles).map(|(number, profile)| row(number, profile, operators, globals));
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    if profiles.is_empty() { Vec::new() } else { out::columns(&rows) }
}

fn row(number: usize, profile: &Profile, operators: &Operators, globals: &Globals) -> [String; 8] {
    let brand = Brand::of(profile, operators);
    let operator = match (&brand.operator, profile.plmn) {
        (Some(operator), _) if brand.is_guess => format!("{} (guess)", operator.id),
        (Some(operator), _) => operator.id.clone(),
        (None, Some(plmn)) => format!("? on {plmn}"),
        (None, None) => "?".into(),
    };
    let mut rules = policy(&profile.policy);
    if profile.class != Class::Operational {
        rules.insert(0, class(profile.class));
    }
    let name = if profile.nickname.is_empty() { &profile.name } else { &profile.nickname };
    [
        number.to_string(),
        state(profile.state).into(),
        or_dash(name),
        or_dash(&profile.provider),
        profile.iccid.shown(globals.show_ids),
        operator,
        or_dash(&brand.ask().map(|ask| ask.way.to_string()).unwrap_or_default()),
        or_dash(&rules.join(", ")),
    ]
}

/// What a person knows a profile by.
pub(super) fn label(profile: &Profile) -> String {
    let given = format!("{} {}", profile.provider, profile.name);
    match (profile.nickname.as_str(), given.trim()) {
        ("", "") => profile.iccid.to_string(),
        ("", given) => given.to_owned(),
        (nickname, _) => nickname.to_owned(),
    }
}

pub(super) fn state(state: State) -> &'static str {
    match state {
        State::Disabled => "disabled",
        State::Enabled => "enabled",
    }
}

pub(super) fn class(class: Class) -> String {
    match class {
        Class::Test => "test".into(),
        Class::Provisioning => "provisioning".into(),
        Class::Operational => "operational".into(),
        Class::Other(number) => format!("class-{number}"),
    }
}
