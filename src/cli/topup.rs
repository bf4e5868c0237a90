//! `saldo topup`: a voucher, shown masked, sent once.

use std::process::ExitCode;

use crate::Error;
use crate::balance::Kind;
use crate::client::Credited;
use crate::ids::mask_number;
use crate::operators::{Filled, Operator};
use crate::ussd::Answer;

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

/// Exit status: 0 when the operator took it as far as its words tell, 1 when it refused, 6 when it asks
/// something first.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    block_on(async {
        let voucher = Voucher(terminal::line("voucher: ").await.unwrap_or_default());
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
            let mut credited = modem.top_up(&operator, &filled, settings.timeout).await?;
            while let Some(answer) = asked(&credited, &voucher, globals).await {
                credited = modem.answer_top_up(&operator, &answer, settings.timeout).await?;
            }
            modem.end_ussd().await?;
            show(&credited, &voucher, &operator, modem, globals)
        })
        .await
    })
}

/// What the person at the terminal answers where the operator asks something first.
async fn asked(credited: &Credited, voucher: &Voucher, globals: &Globals) -> Option<Answer> {
    if !credited.wants_answer() || globals.json || !terminal::is_attended() {
        return None;
    }
    out::line(out::visible(&voucher.mask(&credited.text))).ok()?;
    Answer::parse(&terminal::line("> ").await?).ok()
}

/// The pattern of the operator with the voucher in its place.
fn filled(operator: &Operator, voucher: &Voucher) -> Result<Filled, Error> {
    let Some(way) = operator.topup.first() else {
        let message = format!("no way to send a voucher to {} is known", operator.name);
        return Err(Error::Usage { message, hint: operator.other_ways() });
    };
    way.with_voucher(&voucher.0)
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
    voucher: &Voucher,
    operator: &Operator,
    modem: &AnyModem,
    globals: &Globals,
) -> Result<ExitCode, Error> {
    let open = credited.wants_answer().then(|| Error::Reply {
        message: "the operator asks something before it takes the voucher".into(),
        hint: Some("answer it at a terminal: `saldo topup`".into()),
    });
    if globals.json {
        let facts = Facts::of(modem, globals);
        let shown = (&*voucher.digits(), &*voucher.masked());
        out::json(&TopUpLine::of(credited, operator, shown, open.as_ref(), &facts))?;
    } else if open.is_none() || !terminal::is_attended() {
        out::line(out::visible(&voucher.mask(&credited.text)))?;
    }
    if let Some(error) = open {
        out::complain("", &error, globals);
        return Ok(ExitCode::from(error.exit_status()));
    }
    Ok(ExitCode::from(u8::from(credited.kind == Kind::Error)))
}

/// As it was typed. An operator may say it back, and it is money until it is used.
struct Voucher(String);

impl Voucher {
    fn digits(&self) -> String {
        self.0.chars().filter(char::is_ascii_digit).collect()
    }

    fn masked(&self) -> String {
        let digits = self.digits();
        format!("…{}", digits.get(digits.len().saturating_sub(SHOWN)..).unwrap_or_default())
    }

    fn mask(&self, text: &str) -> String {
        mask_number(text, &self.digits(), &self.masked())
    }
}

/// How many digits of a voucher are shown, as in the code that is dialled.
const SHOWN: usize = 4;
