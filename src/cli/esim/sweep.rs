//! `saldo esim sweep`: the balance of every profile, and the first one in use again.

use std::process::ExitCode;
use std::time::Instant;

use crate::Error;
use crate::client::{Balance, Question, Sweep};
use crate::euicc::Profile;
use crate::operators::SimFacts;
use crate::port::PortSpec;

use super::super::json::{BalanceLine, Facts};
use super::super::remember::Memo;
use super::super::settings::Settings;
use super::super::with_modem::AnyModem;
use super::super::{Globals, out, render};
use super::brand::Brand;
use super::consent::Consent;
use super::json::{NotAskedLine, ProfileObject};
use super::list::label;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    consent: Consent,

    /// Do not wait for answers that come by SMS
    #[arg(long)]
    no_sms: bool,

    /// Ask also where that may cost something, by message for example
    #[arg(long)]
    may_cost: bool,
}

/// Exit status: the highest of all profiles that were enabled; one that was left out counts for nothing.
pub(super) async fn run(
    args: &Args,
    modem: &mut AnyModem,
    port: &PortSpec,
    (settings, memo): (&Settings, &Memo),
    globals: &Globals,
) -> Result<ExitCode, Error> {
    let sweep = modem.begin_sweep().await?;
    if let Some(what) = what(&sweep, settings) {
        args.consent.ask(&what, modem, globals).await?;
    }
    let question = question(args, settings, globals);
    let job = Job { sweep: &sweep, question: &question, port, settings, memo };
    let worst = job.all(modem, globals).await;
    let ended = modem.end_sweep(&sweep).await;
    let worst = worst?;
    ended.map(|()| ExitCode::from(worst))
}

/// One question, to be put to every profile.
struct Job<'a> {
    sweep: &'a Sweep,
    question: &'a Question,
    port: &'a PortSpec,
    settings: &'a Settings,
    memo: &'a Memo,
}

impl Job<'_> {
    /// Ends early where the modem is gone or nobody reads on.
    async fn all(&self, modem: &mut AnyModem, globals: &Globals) -> Result<u8, Error> {
        let mut worst = 0;
        for profile in self.sweep.profiles() {
            if let Some(reason) = left_out(self.sweep, &profile, self.settings) {
                show(&profile, &Err(reason), modem, self.settings, globals)?;
                continue;
            }
            let asked = self.ask(modem, &profile).await;
            self.remember(&profile, &asked, Facts::of(modem, globals));
            worst = worst.max(show(&profile, &asked, modem, self.settings, globals)?);
            if let Err(error @ (Error::Port { .. } | Error::Unplugged { .. })) = asked {
                return Err(error);
            }
        }
        Ok(worst)
    }

    /// A profile that could not be enabled leaves the modem with the facts of another one.
    fn remember(&self, profile: &Profile, asked: &Result<Balance, Error>, facts: Facts<'_>) {
        let is_its = facts.sim.iccid.is_some_and(|iccid| iccid.is_of_card(&profile.iccid));
        let known = if asked.is_ok() || is_its { facts.sim.clone() } else { SimFacts::default() };
        // A modem may tell no ICCID at all; the profiles are accounts of their own for all that.
        let sim = &SimFacts { iccid: known.iccid.or(Some(profile.iccid)), ..known };
        self.memo.keep(Some(self.port), asked.as_ref(), &Facts { sim, ..facts });
    }

    async fn ask(&self, modem: &mut AnyModem, profile: &Profile) -> Result<Balance, Error> {
        let started = Instant::now();
        modem.visit(self.sweep, profile).await?;
        let plan = modem.plan(self.question, &self.settings.operators).await?;
        modem.ask_balance(plan, self.question, started).await
    }
}

/// What will happen; `None` where no other profile is to be asked.
fn what(sweep: &Sweep, settings: &Settings) -> Option<String> {
    let original = sweep.original();
    let is_visited = |profile: &&Profile| {
        profile.iccid != original.iccid && left_out(sweep, profile, settings).is_none()
    };
    let visited: Vec<_> = sweep.profiles().iter().filter(is_visited).map(label).collect();
    (!visited.is_empty()).then(|| {
        format!(
            "{} will be enabled in turn and asked, then {} again; the modem restarts each time, and its \
             connections end",
            visited.join(", "),
            label(original)
        )
    })
}

/// Why a profile is not even enabled: nothing could be asked of it.
fn left_out(sweep: &Sweep, profile: &Profile, settings: &Settings) -> Option<Error> {
    if let Some(obstacle) = sweep.obstacle(profile) {
        return Some(obstacle);
    }
    let brand = Brand::of(profile, &settings.operators);
    let operator = brand.operator.as_ref()?;
    brand.ask().is_none().then(|| Error::Reply {
        message: format!("no way to ask {} for a balance is known", operator.name),
        hint: operator.other_ways(),
    })
}

fn question(args: &Args, settings: &Settings, globals: &Globals) -> Question {
    Question {
        code: None,
        operator: None, // each profile has its own
        answers: Vec::new(),
        wait_for_message: !args.no_sms,
        may_cost: args.may_cost,
        fallback: false,
        limit: settings.timeout,
        all_facts: globals.json,
    }
}

/// One profile's result as it comes; gives its exit status.
fn show(
    profile: &Profile,
    asked: &Result<Balance, Error>,
    modem: &AnyModem,
    settings: &Settings,
    globals: &Globals,
) -> Result<u8, Error> {
    let doubt = asked.as_ref().ok().filter(|balance| !balance.is_reliable());
    let doubt = doubt.map(render::not_a_balance);
    let error = asked.as_ref().err().or(doubt.as_ref());
    if globals.json {
        let object = ProfileObject::of(profile, &settings.operators, globals);
        match asked {
            Ok(balance) => {
                let facts = Facts::of(modem, globals);
                out::json(&BalanceLine::of(balance, error, &facts).of_profile(object))?;
            }
            Err(error) => out::json(&NotAskedLine::of(object, error))?,
        }
    } else {
        let prefix = format!("{}: ", label(profile));
        match asked {
            Ok(balance) => render::balance(balance, &prefix)?,
            Err(error) => out::line(out::visible(&format!("{prefix}{error}")))?,
        }
    }
    Ok(error.map_or(0, Error::exit_status))
}
