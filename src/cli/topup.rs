//! `saldo topup`: a voucher, shown masked, sent once.

use std::process::ExitCode;

use saldo::Error;
use saldo::balance::Kind;
use saldo::client::Credited;
use saldo::operators::{Filled, Operator};

use super::json::{Facts, TopUpLine};
use super::settings::Settings;
use super::with_modem::{AnyModem, block_on, on_port};
use super::{Globals, out, terminal};

/// Send a voucher to the operator, once
///
/// The voucher comes from the prompt or from standard input, never from an argument. What will be sent is
/// shown with the voucher masked, and sent after a yes. It is never sent a second time by itself.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// Take the SIM for this operator's (`saldo operators` lists them)
    #[arg(long, value_name = "ID")]
    operator: Option<String>,

    /// Send it without asking
    #[arg(long)]
    yes: bool,
}

/// Exit status: 0 when the operator took it as far as its words tell, 1 when it refused.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    block_on(async {
        let voucher = terminal::line("voucher: ").await.unwrap_or_default();
        let spec = settings.single_port()?;
        on_port(globals, &settings.dialects, &spec, async |modem| {
            let id = args.operator.as_deref().or(settings.operator.as_deref());
            let operator = modem.find_operator(id, &settings.operators).await?;
            let filled = filled(&operator, &voucher)?;
            let what = format!("{} ({})", described(&filled), operator.name);
            if args.yes {
                out::note(globals, &what);
            } else {
                terminal::confirm(&what).await?;
            }
            let credited = modem.top_up(&operator, &filled, settings.timeout).await?;
            show(&credited, &operator, modem, globals)
        })
        .await
    })
}

/// The pattern of the operator with the voucher in its place.
fn filled(operator: &Operator, voucher: &str) -> Result<Filled, Error> {
    let Some(way) = operator.topup.first() else {
        let message = format!("no way to send a voucher to {} is known", operator.name);
        return Err(Error::Usage { message, hint: operator.other_ways() });
    };
    way.with_voucher(voucher)
        .map_err(|error| Error::Usage { message: error.to_string(), hint: None })
}

fn described(filled: &Filled) -> String {
    match filled {
        Filled::Ussd(_) => format!("this dials {filled}, once"),
        _ => format!("this sends {filled}, once; the operator may charge the message"),
    }
}

fn show(
    credited: &Credited,
    operator: &Operator,
    modem: &AnyModem,
    globals: &Globals,
) -> Result<ExitCode, Error> {
    if globals.json {
        out::json(&TopUpLine::of(credited, operator, &Facts::of(modem, globals)))?;
    } else {
        out::line(out::visible(&credited.text))?;
    }
    Ok(ExitCode::from(u8::from(credited.kind == Kind::Error)))
}
