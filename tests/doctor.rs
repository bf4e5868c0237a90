//! Every situation in `fixtures/situations`: what is wrong there is what the doctor says first.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::future::Future as _;
use std::path::Path;
use std::time::Duration;

use saldo::client::{Examination, Modem};
use saldo::diag::{self, Finding, Level};
use saldo::operators::Operators;
use saldo::port::{Line, SimPort};
use saldo::sim;
use serde::Deserialize;

/// 22 November 2026, 10:00 UTC: the simulated network has the same day.
const NOW: i64 = 1_795_341_600;

#[derive(Deserialize)]
struct File {
    situation: Vec<Situation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Situation {
    about: String,
    finding: String,
    #[serde(default)]
    among: bool,
    #[serde(default = "healthy")]
    base: String,
    rows: String,
}

fn healthy() -> String {
    "be-proximus".into()
}

#[test]
fn what_is_wrong_is_said_first() {
    let mut missed = Vec::new();
    for situation in situations("situations") {
        let findings = diag::judge(&examine(&situation.base, &situation.rows).facts);
        let names: Vec<_> = findings.iter().map(|finding| finding.name).collect();
        let is_found = match situation.among {
            true => names.contains(&situation.finding.as_str()),
            false => names[0] == situation.finding,
        };
        if !is_found {
            missed.push(format!("{}: {} in {names:?}", situation.about, situation.finding));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn what_is_not_wrong_is_not_said() {
    for base in ["be-proximus", "quectel-ec25"] {
        let findings = diag::judge(&examine(base, "").facts);
        let bad: Vec<&Finding> =
            findings.iter().filter(|finding| finding.level > Level::Info).collect();
        assert!(bad.is_empty(), "{base}: {bad:#?}");
        assert_eq!(findings[0].name, "healthy");
    }
}

#[test]
fn an_odd_modem_that_works_has_no_problem() {
    let mut wrong = Vec::new();
    for situation in situations("healthy") {
        let findings = diag::judge(&examine(&situation.base, &situation.rows).facts);
        let is_bad = findings.iter().any(|finding| finding.level == Level::Problem);
        if is_bad || findings[0].name != situation.finding {
            wrong.push(format!("{}: {findings:#?}", situation.about));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_finding_about_a_modem_has_its_situation() {
    let shown: BTreeSet<String> =
        situations("situations").into_iter().map(|situation| situation.finding).collect();
    for name in diag::names() {
        let elsewhere = name == "healthy" || ELSEWHERE.contains(&name);
        assert!(shown.contains(name) != elsewhere, "{name}");
    }
    assert!(shown.len() >= 40, "{}", shown.len());
}

/// About the port, this computer and its history: `tests/ports.rs`, the tests below and those of `diag` have
/// them. Some differ in a number only.
const ELSEWHERE: &[&str] = &[
    "host-undervoltage",
    "modem-not-found",
    "modem-not-named",
    "port-missing",
    "port-no-permission",
    "port-held-by-modemmanager",
    "port-held",
    "port-not-serial",
    "port-failed",
    "port-for-diagnosis",
    "port-for-positions",
    "port-silent",
    "reject-identity-lost",
    "reject-detached",
    "reject-esm-failure",
    "reject-not-authorised-csg",
    "reject-not-in-this-network",
    "account-expired",
    "balance-known",
    "balance-old",
    "expires-soon",
];

#[test]
fn identities_are_masked_unless_asked_for() {
    let examination = examine("quectel-ec25", "");
    let all = format!("{:?} {:?}", examination.facts, examination.said);
    for secret in ["861075000000000", "206100000000027", "8932100000000000013"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    assert!(examination.facts.sim.iccid.unwrap().contains('…'));
}

#[test]
fn an_examination_reads_and_changes_nothing() {
    for base in ["be-proximus", "quectel-ec25", "huawei-e3372", "telit-he910", "sim7600", "sim800"]
    {
        for (command, _) in examine(base, "").said {
            let command = command.replace('\\', "");
            let names_alone = NAMED.iter().any(|named| {
                command.strip_prefix(named).is_some_and(|name| name.matches('"').count() == 1)
            });
            let reads = command.ends_with('?') || !command.contains('=') || names_alone;
            assert!(
                reads || ALLOWED.iter().any(|allowed| command.starts_with(allowed)),
                "{command}"
            );
        }
    }
}

/// A setting's name alone in quotes reads it.
const NAMED: &[&str] = &["AT+QCFG=\"", "AT+QNWPREFCFG=\""];

/// These have an equals sign, and read.
const ALLOWED: &[&str] = &[
    "AT+QENG=",
    "AT+SPIC",
    "AT#TEMPMON=1",
    "AT+ZPINPUK=?",
    "AT+GTSENRDTEMP=",
    "AT+MTSM=",
    "AT^SPIC=",
    "AT+CSIM=",
    "AT+CRSM=",
    "AT+CCHO=",
    "AT+CCHC=",
    "AT*ERINFO=",
    "AT+MENG=",
    "AT+XMCI=",
];

#[test]
fn a_modem_of_200_ms_a_command_is_examined_within_5_s() {
    for base in ["be-proximus", "quectel-ec25", "huawei-e3372", "telit-he910", "sim7600", "sim800"]
    {
        let (examination, took) = examine_at(base, "", Duration::from_millis(200));
        assert!(took <= Duration::from_secs(5), "{base}: {took:?}");
        let facts = examination.facts;
        assert!(facts.sim.is_ready() && facts.radio.was_asked, "{base}: {facts:#?}");
        assert_eq!(facts.network.is_registered(), Some(true), "{base}");
        assert_ne!(facts.service.has_ussd, Some(false), "{base}: what was not asked is not known");
    }
}

#[test]
fn a_modem_that_stops_answering_costs_seconds_and_not_minutes() {
    let rows = "[[row]]\ncommand = \"AT+CPIN?\"\nis-silent = true\n[[row]]\ncommand = \"AT+CFUN?\"\nis-silent = true\n\
                [[row]]\ncommand = \"AT+CSQ\"\nis-silent = true\n[[row]]\ncommand = \"AT+CREG?\"\nis-silent = true\n";
    let started = std::time::Instant::now();
    let examination = examine("be-proximus", rows);
    assert!(started.elapsed() < Duration::from_secs(1), "the clock of the test is paused");
    assert_eq!(examination.facts.port.answers, Some(true));
    assert_eq!(examination.facts.modem.model.as_deref(), Some("Stick 4G"));
}

fn situations(folder: &str) -> Vec<Situation> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        toml::from_str::<File>(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    files.iter().flat_map(|path| read(path).situation).collect()
}

fn examine(base: &str, rows: &str) -> Examination {
    examine_at(base, rows, Duration::ZERO).0
}

/// What is found, and how long it took on a modem that answers every command after `latency`.
fn examine_at(base: &str, rows: &str, latency: Duration) -> (Examination, Duration) {
    let rows = format!("base = [{base:?}]\n{rows}");
    let modem =
        sim::Modem::from_text("situation", &rows).unwrap_or_else(|error| panic!("{error}\n{rows}"));
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let mut modem = Modem::new(Simulated { port: SimPort::new(modem), latency, rest: None });
        let started = tokio::time::Instant::now();
        let examination = modem.examine(false, &Operators::built_in(), NOW).await;
        modem.close().await;
        let took = started.elapsed();
        assert!(took < Duration::from_secs(12), "{took:?}");
        (examination, took)
    })
}

/// A simulated modem as a port, which says nothing for a while after each write.
struct Simulated {
    port: SimPort,
    latency: Duration,
    rest: Option<std::pin::Pin<Box<tokio::time::Sleep>>>,
}

impl Line for Simulated {
    fn name(&self) -> String {
        "sim".into()
    }
}

impl tokio::io::AsyncRead for Simulated {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        if let Some(rest) = &mut self.rest {
            std::task::ready!(rest.as_mut().poll(cx));
            self.rest = None;
        }
        std::pin::Pin::new(&mut self.port).poll_read(cx, buf)
    }
}

impl tokio::io::AsyncWrite for Simulated {
    fn poll_write(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        octets: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        let latency = self.latency;
        self.rest = (!latency.is_zero()).then(|| Box::pin(tokio::time::sleep(latency)));
        std::pin::Pin::new(&mut self.port).poll_write(cx, octets)
    }

    fn poll_flush(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.port).poll_flush(cx)
    }

    fn poll_shutdown(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut self.port).poll_shutdown(cx)
    }
}
