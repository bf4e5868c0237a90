use std::collections::BTreeSet;

use super::*;

#[test]
fn there_are_many_checks_and_no_two_of_a_name() {
    let all: Vec<_> = names().collect();
    let unique: BTreeSet<_> = all.iter().collect();
    assert_eq!(all.len(), unique.len());
    assert!(all.len() >= 40, "{}", all.len());
    for name in all {
        assert!(
            name.bytes()
                .all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-')
        );
    }
}

#[test]
fn nothing_known_is_nothing_found() {
    let findings = judge(&Facts::default());
    assert_eq!(findings.iter().map(|finding| finding.name).collect::<Vec<_>>(), ["healthy"]);
}

fn first(facts: &Facts) -> &'static str {
    judge(facts)[0].name
}

#[test]
#[rustfmt::skip]
fn a_port_that_does_not_open_says_why() {
    let refused = |access, holder: Option<&str>| {
        let mut facts = Facts::default();
        facts.port.access = Some(access);
        facts.port.holder = holder.map(str::to_owned);
        facts.port.error = Some("cannot open it".into());
        facts
    };
    for (facts, expected) in [
        (refused(Access::NoModem, None),                        "modem-not-found"),
        (refused(Access::Several, None),                        "modem-not-named"),
        (refused(Access::Missing, None),                        "port-missing"),
        (refused(Access::Denied, None),                         "port-no-permission"),
        (refused(Access::Held, Some("ModemManager (PID 812)")), "port-held-by-modemmanager"),
        (refused(Access::Held, Some("minicom (PID 90)")),       "port-held"),
        (refused(Access::Held, None),                           "port-held"),
        (refused(Access::NotSerial, None),                      "port-not-serial"),
        (refused(Access::Failed, None),                         "port-failed"),
    ] {
        let findings = judge(&facts);
        assert_eq!((findings[0].name, findings.len()), (expected, 1));
        assert_eq!(findings[0].message, "cannot open it");
    }
}

#[test]
fn a_port_that_takes_no_commands_names_the_one_that_does() {
    let mut facts = Facts::default();
    facts.port.name = "/dev/ttyUSB0".into();
    facts.port.answers = Some(false);
    assert_eq!(first(&facts), "port-silent");
    facts.port.better = Some("/dev/ttyUSB2".into());
    for (role, expected) in [("diag", "port-for-diagnosis"), ("nmea", "port-for-positions")] {
        facts.port.role = Some(role.into());
        let findings = judge(&facts);
        assert_eq!((findings[0].name, findings.len()), (expected, 1), "{findings:?}");
        assert!(findings[0].hint.as_deref().unwrap().contains("--port /dev/ttyUSB2"));
    }
    facts.port.role = None;
    facts.note_urc("$GPGGA,092751.000,5321.6802,N");
    assert_eq!(first(&facts), "port-for-positions");
}

#[test]
fn the_supply_of_this_computer_is_a_warning() {
    let mut facts = Facts::default();
    facts.port.host_undervoltage = Some(true);
    assert_eq!((first(&facts), judge(&facts)[0].level), ("host-undervoltage", Level::Warning));
}

#[test]
fn the_worst_comes_first_and_within_a_level_the_lowest_layer() {
    let mut facts = Facts::default();
    facts.port.host_undervoltage = Some(true);
    facts.sim.state = Some("SIM PUK".into());
    facts.service.stores = vec![Store { name: "SM".into(), used: 9, total: 9 }];
    let names: Vec<_> = judge(&facts).iter().map(|finding| finding.name).collect();
    assert_eq!(names, ["sim-puk-required", "message-store-full", "host-undervoltage"]);
}

#[test]
fn a_hint_in_backticks_is_one_command() {
    let mut facts = Facts::default();
    facts.sim.state = Some("SIM PIN".into());
    let hint = judge(&facts)[0].hint.clone().unwrap();
    assert_eq!(hint, "`saldo sim unlock`");
}

#[test]
#[rustfmt::skip]
fn an_account_is_known_old_or_about_to_end() {
    let account = |age_s, days_valid: Option<i32>| Account {
        amount: "12.34".parse().unwrap(),
        unit: Some("EUR".into()),
        age_s,
        expires: days_valid.map(|_| jiff::civil::date(2026, 12, 31)),
        days_valid,
    };
    const DAY: i64 = 86_400;
    for (account, expected) in [
        (account(59, None),            "balance-known: the last balance was 12.34 EUR, 0 minutes ago"),
        (account(3 * 3600, Some(90)),  "balance-known: the last balance was 12.34 EUR, 3 hours ago"),
        (account(31 * DAY, None),      "balance-old: the last balance was 12.34 EUR, 31 days ago"),
        (account(0, Some(14)),         "expires-soon: the account is valid until 2026-12-31: 14 days"),
        (account(0, Some(-1)),         "account-expired: the account was valid until 2026-12-31"),
    ] {
        let facts = Facts { account: Some(account), ..Facts::default() };
        let found = judge(&facts).into_iter().find(|finding| finding.name != "healthy").unwrap();
        assert_eq!(format!("{}: {}", found.name, found.message), expected);
    }
}
