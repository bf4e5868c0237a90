//! Everything that can be known about a modem: reading commands only, within a few seconds, whatever fails.

use std::time::{Duration, Instant};

use super::run::{Answer, now};
use super::{Modem, Step};
use crate::Error;
use crate::at::{Command, Outcome};
use crate::diag::{Access, Asked, Facts, Home};
use crate::operators::{Found, Operator, Operators, Way};
use crate::port::Line;
use crate::transcript::{redacted_answer, redacted_command};

/// How long one question may take, and all of them together: with what is put back at the end, 5 s.
const ONE: Duration = Duration::from_millis(1500);
const ALL: Duration = Duration::from_millis(4500);

/// With less time than this a question is not begun.
const LEAST: Duration = Duration::from_millis(300);

/// After so many questions without a word the rest are not asked.
const SILENT: usize = 3;

/// The state of the SIM and the radio, before what depends on them.
const FIRST: &[&str] = &["AT+CPIN?", "AT+CFUN?"];

/// What every modem may know (3GPP TS 27.007, 27.005); the dialect's own commands come before these. A slow
/// modem does not get to the end, so what decides most stands first.
#[rustfmt::skip]
const STANDARD: &[&str] = &[
    "AT+CREG?", "AT+CGREG?", "AT+CEREG?", "AT+CEER", "AT+COPS?", "AT+CPMS?", "AT+CSQ", "AT+CESQ", "AT+CBC",
    "AT+CGATT?", "AT+CGDCONT?", "AT+CGACT?", "AT+CGPADDR", "AT+CSCA?", "AT+CUSD?", "AT+CIREG?", "AT+C5GREG?", "AT+CCLK?",
];

/// Opens and closes the application that only an eUICC has (GSMA SGP.22 clause 3.1): its ISD-R.
const ISD_R: &str = "AT+CCHO=\"A0000005591010FFFFFFFF8900000100\"";

/// What an examination gave.
#[derive(Clone, Debug, Default)]
pub struct Examination {
    /// For [`crate::diag::judge`].
    pub facts: Facts,
    /// Commands and the lines that answered them, masked.
    pub said: Vec<(String, Vec<String>)>,
}

impl<P: Line> Modem<P> {
    /// Facts for [`crate::diag::judge`]; never fails: a gap is a fact too.
    ///
    /// Identities are masked unless `show_ids`. `clock` is this machine's time in seconds since 1970.
    pub async fn examine(
        &mut self,
        show_ids: bool,
        operators: &Operators,
        clock: i64,
    ) -> Examination {
        let mut facts = Facts::default();
        facts.port.name = self.port_name();
        let mut inquiry = Inquiry { until: now() + ALL, silent: 0, clock, said: Vec::new() };
        let outcome = self.inquire(&mut facts, &mut inquiry, show_ids, operators).await;
        self.note_urcs(&mut facts);
        match outcome {
            Ok(()) => {}
            Err(Error::Unplugged { .. }) => facts.modem.restarted = true,
            Err(_) => facts.port.answers = Some(false),
        }
        Examination { facts, said: inquiry.said }
    }

    /// Whatever came unasked is part of the picture.
    fn note_urcs(&mut self, facts: &mut Facts) {
        for line in self.urcs.drain(..) {
            facts.note_urc(&String::from_utf8_lossy(&line));
        }
    }

    async fn inquire(
        &mut self,
        facts: &mut Facts,
        inquiry: &mut Inquiry,
        show_ids: bool,
        operators: &Operators,
    ) -> Result<(), Error> {
        facts.port.access = Some(Access::Open);
        self.prepare(&[]).await?;
        self.progress.set(Step::Examining);
        facts.port.answers = Some(true);
        self.note_identity(facts, show_ids).await?;
        self.put(FIRST, facts, inquiry).await?;
        let dialect = self.dialect();
        self.put(&dialect.retries, facts, inquiry).await?;
        if facts.sim.is_ready() {
            self.note_sim(facts, show_ids, operators).await?;
        }
        // The maker's own commands tell more than the standard ones, whose values are only a mirror on LTE.
        let own: Vec<_> =
            dialect.diag.iter().filter(|command| !STANDARD.contains(&command.as_str())).collect();
        self.put(&own, facts, inquiry).await?;
        let held: Vec<_> = dialect.fallback.iter().map(|way| &way.read).collect();
        self.put(&held, facts, inquiry).await?;
        self.put(STANDARD, facts, inquiry).await?;
        self.note_urcs(facts);
        if !facts.sim.is_ready() || facts.sim.has_no_imsi {
            facts.sim.is_euicc = self.has_isd_r(inquiry).await?;
        }
        facts.radio.is_deaf = facts.hears_nothing();
        Ok(())
    }

    async fn note_identity(&mut self, facts: &mut Facts, show_ids: bool) -> Result<(), Error> {
        let identity = self.identify().await?;
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        facts.modem.manufacturer = text(&identity.manufacturer);
        facts.modem.model = text(&identity.model);
        facts.modem.firmware = text(&identity.firmware);
        facts.modem.imei = self.imei().map(|imei| imei.shown(show_ids));
        let dialect = self.dialect();
        facts.modem.dialect = Some(dialect.key);
        facts.modem.cannot = dialect.cannot;
        facts.modem.note = dialect.note;
        Ok(())
    }

    /// Whose SIM it is. The subscriber is the one thing that an open SIM must tell.
    async fn note_sim(
        &mut self,
        facts: &mut Facts,
        show_ids: bool,
        operators: &Operators,
    ) -> Result<(), Error> {
        self.sim().await?;
        let sim = self.sim_names().await?;
        facts.sim.has_no_imsi = sim.imsi.is_none();
        facts.sim.imsi = sim.imsi.as_ref().map(|imsi| imsi.shown(show_ids));
        facts.sim.iccid = sim.iccid.as_ref().map(|iccid| iccid.shown(show_ids));
        facts.sim.spn.clone_from(&sim.spn);
        let found = operators.find(sim);
        facts.sim.plmn = sim.imsi.as_ref().map(|imsi| home_plmn(imsi, &found));
        facts.operator = (!facts.sim.has_no_imsi).then(|| home(&found));
        Ok(())
    }

    /// Puts each command and takes in what comes; one that hangs costs its own time only.
    async fn put(
        &mut self,
        commands: &[impl AsRef<str>],
        facts: &mut Facts,
        inquiry: &mut Inquiry,
    ) -> Result<(), Error> {
        for command in commands.iter().map(AsRef::as_ref) {
            let left = inquiry.left();
            if left < LEAST || inquiry.silent >= SILENT {
                break;
            }
            let answer = self.command(Command::new(command).within(left)).await?;
            inquiry.note(command, &answer);
            // Silence is no answer: to take it for a refusal would be a finding about our patience.
            if answer.outcome == Outcome::Silent {
                continue;
            }
            let error = match &answer.outcome {
                Outcome::Failed(result) => result.code,
                _ => None,
            };
            let is_ok = matches!(answer.outcome, Outcome::Ok | Outcome::Unfinished);
            let asked = Asked { command, lines: &answer.lines, is_ok, error };
            facts.note(&asked, inquiry.clock);
        }
        Ok(())
    }

    async fn has_isd_r(&mut self, inquiry: &Inquiry) -> Result<Option<bool>, Error> {
        let left = inquiry.left();
        if left.is_zero() {
            return Ok(None);
        }
        let answer = self.command(Command::new(ISD_R).within(left)).await?;
        if answer.outcome != Outcome::Ok {
            return Ok(None);
        }
        let channel = answer
            .lines
            .iter()
            .find_map(|line| line.rsplit(':').next()?.trim().parse::<u32>().ok());
        if let Some(channel) = channel {
            self.command(Command::new(format!("AT+CCHC={channel}"))).await?;
        }
        Ok(Some(true))
    }
}

/// How far the questions have come.
struct Inquiry {
    until: Instant,
    /// Questions in a row without a word.
    silent: usize,
    clock: i64,
    said: Vec<(String, Vec<String>)>,
}

impl Inquiry {
    fn left(&self) -> Duration {
        self.until.saturating_duration_since(now()).min(ONE)
    }

    fn note(&mut self, command: &str, answer: &Answer) {
        let shown = |octets: Vec<u8>| octets.escape_ascii().to_string();
        let lines: Vec<_> = answer.lines.iter().map(|line| line.as_bytes().to_vec()).collect();
        let mut said: Vec<String> =
            redacted_answer(command.as_bytes(), &lines).into_iter().map(shown).collect();
        said.push(match &answer.outcome {
            Outcome::Ok => "OK".into(),
            Outcome::Failed(result) => result.to_string(),
            Outcome::Unfinished => "(no final result)".into(),
            Outcome::Silent => "(silence)".into(),
        });
        self.said.push((shown(redacted_command(command.as_bytes())), said));
        self.silent = if answer.outcome == Outcome::Silent { self.silent + 1 } else { 0 };
    }
}

/// With two or three digits of network code, as the operator data know it.
fn home_plmn(imsi: &crate::ids::Imsi, found: &Found) -> String {
    let candidates = imsi.home_plmn_candidates();
    let listed =
        |operator: &Operator| candidates.iter().find(|plmn| operator.is_on(**plmn)).copied();
    let known = match found {
        Found::One { operator, .. } => listed(operator),
        Found::Several(brands) => brands.first().and_then(listed),
        Found::Unknown(plmn) => *plmn,
    };
    let [first, _] = candidates;
    known.unwrap_or(first).to_string()
}

fn home(found: &Found) -> Home {
    match found {
        Found::One { operator, .. } => Home {
            id: Some(operator.id.clone()),
            name: Some(operator.name.clone()),
            country: operator.country.clone(),
            ask: operator.ask.first().map(|ask| match &ask.way {
                Way::Ussd { code, .. } => code.to_string(),
                Way::Sms(sms) => sms.to_string(),
            }),
            candidates: Vec::new(),
        },
        Found::Several(brands) => Home {
            candidates: brands.iter().map(|brand| brand.id.clone()).collect(),
            ..Home::default()
        },
        Found::Unknown(_) => Home::default(),
    }
}
