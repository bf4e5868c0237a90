//! `saldo doctor`: why it works or not, each finding with the one thing that helps.

mod account;
mod json;
mod nagios;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::Error;
use crate::client::Examination;
use crate::diag::{self, Facts, Finding, Level, PortFacts, Report};
use crate::port::{self, PortSpec, Roots};

use super::settings::Settings;
use super::with_modem::{block_on, on_port};
use super::{Globals, out};

/// Why it works or not: findings, each with one suggested command
///
/// Asks and reads; changes nothing and sends nothing on air.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Examine every modem that is found
    #[arg(long)]
    all: bool,

    /// Only this finding: status 0 where it is not found, 1 where it is
    #[arg(long, value_name = "NAME", value_parser = finding)]
    check: Option<String>,

    /// One line and the statuses that Nagios and its kin understand
    #[arg(long, conflicts_with_all = ["all", "json"])]
    nagios: bool,

    /// Write one page to hand to somebody else: FILE.html, or FILE.json
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Exit status: 0 healthy, 1 where a problem was found; with `--nagios` its own.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    let settings = Settings::load(globals)?;
    let ports = ports(args, &settings);
    if args.report.is_some() && ports.len() > 1 {
        return Err(Error::Usage {
            message: "a report is about one modem".into(),
            hint: Some("give one `--port`".into()),
        });
    }
    let patients = ports.iter().map(|spec| Patient::examined(spec.as_ref(), &settings, globals));
    let patients: Vec<Patient> = patients.collect::<Result<_, _>>()?;
    if patients.len() > 1 && !globals.json && args.check.is_none() {
        table::rows(&patients).into_iter().try_for_each(out::line)?;
        return Ok(status(&patients));
    }
    if let (Some(file), [patient]) = (&args.report, patients.as_slice()) {
        patient.write_report(file)?;
    }
    let statuses = patients.iter().map(|patient| patient.show(args, globals));
    let statuses: Vec<u8> = statuses.collect::<Result<_, _>>()?;
    Ok(ExitCode::from(statuses.into_iter().max().unwrap_or_default()))
}

/// Those named, all that are there, or the only one; `None` is to be found.
fn ports(args: &Args, settings: &Settings) -> Vec<Option<PortSpec>> {
    let candidates = port::candidates(&Roots::default());
    let named: Vec<Option<PortSpec>> = match args.all && settings.ports.is_empty() {
        true => port::first_ports(&candidates)
            .into_iter()
            .map(|found| Some(PortSpec::Device(found.device.clone())))
            .collect(),
        false => settings.ports.iter().cloned().map(Some).collect(),
    };
    if named.is_empty() { vec![None] } else { named }
}

fn status(patients: &[Patient]) -> ExitCode {
    let is_ill =
        |patient: &Patient| patient.findings.iter().any(|finding| finding.level == Level::Problem);
    ExitCode::from(u8::from(patients.iter().any(is_ill)))
}

/// One modem, and what was found.
struct Patient {
    examination: Examination,
    findings: Vec<Finding>,
}

impl Patient {
    fn examined(
        spec: Option<&PortSpec>,
        settings: &Settings,
        globals: &Globals,
    ) -> Result<Self, Error> {
        let mut examination = examine(spec, settings, globals)?;
        let now = jiff::Timestamp::now();
        examination.facts.account = account::of(&examination.facts, spec, settings, now);
        let findings = diag::judge(&examination.facts);
        Ok(Self { examination, findings })
    }

    /// Gives the exit status.
    fn show(&self, args: &Args, globals: &Globals) -> Result<u8, Error> {
        let mut findings = self.findings.clone();
        if let Some(name) = &args.check {
            findings.retain(|finding| finding.name == name);
        }
        let facts = &self.examination.facts;
        if args.nagios {
            return nagios::show(facts, &findings);
        }
        if globals.json {
            out::json(&json::Line::of(facts, &findings))?;
        } else {
            lines(args, facts, &findings).into_iter().try_for_each(out::line)?;
        }
        let is_bad = |finding: &Finding| match args.check {
            Some(_) => finding.level >= Level::Warning,
            None => finding.level == Level::Problem,
        };
        Ok(u8::from(findings.iter().any(is_bad)))
    }

    fn write_report(&self, file: &Path) -> Result<(), Error> {
        let facts = &self.examination.facts;
        let text = match file.extension().and_then(|ending| ending.to_str()) {
            Some("html" | "htm") => {
                let (time, version) = (&super::json::now(), env!("CARGO_PKG_VERSION"));
                let (findings, said) = (&self.findings, &self.examination.said);
                Report { time, version, facts, findings, said }.html()
            }
            Some("json") => serde_json::to_string_pretty(&json::Line::of(facts, &self.findings))
                .map_err(|error| Error::Output(error.into()))?,
            _ => {
                let message = format!("{}: a report is FILE.html or FILE.json", file.display());
                return Err(Error::Usage { message, hint: None });
            }
        };
        crate::store::replace(file, &text).map_err(|error| Error::Usage {
            message: format!("cannot write {}: {}", file.display(), out::cause(&error)),
            hint: None,
        })
    }
}

/// What the modem says, or why nobody could ask it.
fn examine(
    spec: Option<&PortSpec>,
    settings: &Settings,
    globals: &Globals,
) -> Result<Examination, Error> {
    let roots = Roots::default();
    let spec = match port::choose(spec, &roots) {
        Ok(spec) => spec,
        Err(error) if is_about_port(&error) => return Ok(unreachable(spec, &error, &roots)),
        Err(error) => return Err(error),
    };
    let clock = jiff::Timestamp::now().as_second();
    let examined = block_on(on_port(globals, &settings.dialects, &spec, async |modem| {
        Ok(modem.examine(globals.show_ids, &settings.operators, clock).await)
    }));
    match examined {
        Ok(mut examination) => {
            let said = examination.facts.port.clone();
            let port = port::inspect(Some(&spec), None, &roots);
            examination.facts.port = PortFacts {
                name: said.name,
                access: said.access,
                answers: said.answers,
                nmea: said.nmea,
                noise: said.noise,
                ..port
            };
            Ok(examination)
        }
        Err(error) if is_about_port(&error) => Ok(unreachable(Some(&spec), &error, &roots)),
        Err(error) => Err(error),
    }
}

/// A port that lets nobody in is a finding; whatever else stands in the way is an error here too.
fn is_about_port(error: &Error) -> bool {
    matches!(error, Error::Port { .. } | Error::Held { .. } | Error::Unplugged { .. })
}

fn unreachable(spec: Option<&PortSpec>, error: &Error, roots: &Roots) -> Examination {
    let mut examination = Examination::default();
    examination.facts.port = port::inspect(spec, Some(error), roots);
    examination
}

fn lines(args: &Args, facts: &Facts, findings: &[Finding]) -> Vec<String> {
    if let (Some(name), []) = (&args.check, findings) {
        return vec![format!("ok       {name}: not so")];
    }
    let mut lines: Vec<String> = head(facts).into_iter().collect();
    for finding in findings {
        lines.push(out::visible(&format!(
            "{:8} {} [{}]",
            finding.level, finding.message, finding.name
        )));
        lines.extend(finding.hint.as_ref().map(|hint| format!("         {}", out::visible(hint))));
    }
    lines
}

/// `Quectel EC25 on /dev/ttyUSB2`.
fn head(facts: &Facts) -> Option<String> {
    facts.modem.name().map(|name| out::visible(&format!("{name} on {}", facts.port.name)))
}

/// A name that findings have; of others those that share a word with it are told.
fn finding(name: &str) -> Result<String, String> {
    let shares_a_word =
        |known: &&str| known.split('-').any(|word| name.split('-').any(|n| n == word));
    if diag::names().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    let near: Vec<_> = diag::names().filter(shares_a_word).collect();
    let names = if near.is_empty() { diag::names().collect() } else { near };
    Err(format!("no finding has that name; there are {}", names.join(", ")))
}
