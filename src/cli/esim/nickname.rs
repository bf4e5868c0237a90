//! `saldo esim nickname`: what a user calls a profile.

use crate::Error;
use crate::euicc::{Nickname, NicknameResult};

use super::super::settings::Settings;
use super::super::with_modem::AnyModem;
use super::super::{Globals, out};
use super::choose;
use super::json::NicknameLine;

/// Name a profile, in at most 64 octets
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Its number in the list, its ICCID, nickname or name, or the id of its operator
    profile: String,
    /// The name; empty takes it away
    name: String,
}

pub(super) async fn run(
    args: &Args,
    modem: &mut AnyModem,
    settings: &Settings,
    globals: &Globals,
) -> Result<(), Error> {
    if args.name.chars().any(char::is_control) {
        let message = "the name holds control characters".into();
        return Err(Error::Usage { message, hint: None });
    }
    let name = Nickname::parse(&args.name).ok_or_else(|| {
        let (count, most) = (args.name.len(), Nickname::LONGEST);
        let message = format!("the name has {count} octets in UTF-8; a card takes {most}");
        Error::Usage { message, hint: None }
    })?;
    let mut card = modem.euicc().await?;
    let profiles = card.profiles().await?;
    let profile = choose::profile(&args.profile, &profiles, &settings.operators)?;
    let result = card.set_nickname(&profile.iccid, &name).await?;
    card.close().await?;
    let reason = match result {
        NicknameResult::Done => None,
        NicknameResult::NotFound => Some("it has no such profile".to_owned()),
        NicknameResult::Undefined => Some("it does not say why".into()),
        NicknameResult::Other(number) => Some(format!("result {number}")),
    };
    if let Some(reason) = reason {
        let message = format!("the card does not take the name: {reason}");
        return Err(Error::Sim { message, hint: None });
    }
    let iccid = profile.iccid.shown(globals.show_ids);
    if globals.json {
        return out::json(&NicknameLine::of(iccid, &args.name));
    }
    let done = if args.name.is_empty() {
        format!("{iccid} has no nickname now")
    } else {
        format!("{iccid} is {} now", args.name)
    };
    out::line(out::visible(&done))
}
