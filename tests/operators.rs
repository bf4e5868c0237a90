//! Every operator built in: each broken or ambiguous row is named.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "operators/collected.rs"]
mod collected;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use saldo::ids::{Iccid, Imsi, Plmn};
use saldo::operators::{Ask, By, DataError, Found, Operator, Operators, Query, SimFacts, Way};
use saldo::ussd::UssdCode;

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/operators/data")
}

/// File name and text of every data file, whether built in or not.
fn files() -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(data())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// The rows of one file, read as a user's file would be: the same rules, with line and field.
fn rows(name: &str, text: &str) -> Vec<Operator> {
    let read = Operators::with_user_file(text, name).unwrap_or_else(|error| panic!("{error}"));
    read.of_user().to_vec()
}

fn ids_of(text: &str) -> Vec<String> {
    let ids = text.lines().filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'));
    ids.map(str::to_owned).collect()
}

fn asks(operator: &Operator) -> impl Iterator<Item = &Ask> {
    operator.ask.iter().chain(&operator.data).chain(&operator.number)
}

#[test]
fn every_file_is_built_in_and_reads() {
    let built_in: BTreeSet<_> = Operators::built_in().all().into_iter().map(|o| o.id).collect();
    assert!(files().len() > 170, "the data folder was not found");
    for (name, text) in files() {
        assert!(!rows(&name, &text).is_empty(), "{name}: no operators");
        for id in ids_of(&text) {
            assert!(
                built_in.contains(&id),
                "{name}: `{id}` is not built in; is the file in FILES?"
            );
        }
    }
}

#[test]
fn every_reply_reads_as_its_row_says() {
    let all = Operators::built_in().all();
    assert!(all.iter().any(|operator| !operator.reply.is_empty()), "no row has a reply");
    let misread: Vec<_> = all.iter().flat_map(Operator::misread).collect();
    assert!(misread.is_empty(), "{misread:#?}");
}

#[test]
fn ids_are_sorted_in_their_file_and_unique_in_all() {
    let mut seen = BTreeMap::new();
    for (name, text) in files() {
        let ids = ids_of(&text);
        for pair in ids.windows(2) {
            assert!(pair[0] < pair[1], "{name}: `{}` stands after `{}`", pair[1], pair[0]);
        }
        for id in ids {
            let wellformed =
                id.bytes().all(|o| o.is_ascii_lowercase() || o.is_ascii_digit() || o == b'-');
            assert!(wellformed, "{name}: `{id}` is not in lower case with hyphens");
            if let Some(other) = seen.insert(id.clone(), name.clone()) {
                panic!("`{id}` stands in {other} and in {name}");
            }
        }
    }
}

#[test]
fn a_network_is_found_in_the_file_of_its_country() {
    let operators = Operators::built_in();
    for (name, text) in files() {
        for operator in rows(&name, &text) {
            for plmn in operator.plmn() {
                let found = operators.by_plmn(plmn);
                assert!(
                    found.iter().any(|own| own.id == operator.id),
                    "{name}: `{}` has {plmn}, whose country code FILES gives to another file",
                    operator.id
                );
            }
        }
    }
}

#[test]
fn rows_state_what_they_must() {
    for operator in Operators::built_in().all() {
        let id = &operator.id;
        let iso = |text: &Option<String>, len| {
            text.as_ref()
                .is_some_and(|t| t.len() == len && t.bytes().all(|o| o.is_ascii_uppercase()))
        };
        assert!(iso(&operator.country, 2), "{id}: country {:?}", operator.country);
        assert!(operator.country_name.is_some(), "{id}: country without a name");
        assert!(
            id.starts_with(&operator.country.clone().unwrap().to_lowercase()),
            "{id}: not of its country"
        );
        assert!(iso(&operator.currency, 3), "{id}: currency {:?}", operator.currency);
        assert!(matches!(operator.decimal, None | Some(',' | '.')), "{id}: decimal");
        assert!(!operator.name.trim().is_empty(), "{id}: no name");
        assert!(!operator.source.is_empty(), "{id}: no source");
        assert!(operator.seen.is_some(), "{id}: not dated");
        for reply in &operator.reply {
            assert!(!reply.text.is_empty() && !reply.gives.is_empty(), "{id}: empty reply");
        }
    }
}

#[test]
fn questions_are_plain_or_say_why_they_may_be_sent() {
    for operator in Operators::built_in().all() {
        for ask in asks(&operator) {
            let Way::Ussd { code, .. } = &ask.way else { continue };
            assert_eq!(code.check_query(true), Ok(()), "{}: {code}", operator.id);
            assert!(operator.lists(code), "{}: {code}", operator.id);
            let plain = code.check_query(false);
            assert_eq!(plain.is_err(), ask.why.is_some(), "{}: {code}: {plain:?}", operator.id);
        }
    }
}

#[test]
fn no_way_to_ask_stands_twice_and_none_is_a_top_up() {
    for operator in Operators::built_in().all() {
        for list in [&operator.ask, &operator.data, &operator.number] {
            for (place, ask) in list.iter().enumerate() {
                let twice = list.iter().take(place).any(|before| before.way == ask.way);
                assert!(!twice, "{}: {:?} stands twice", operator.id, ask.way);
            }
        }
        for topup in &operator.topup {
            let filled = topup.with_voucher(&"1".repeat(topup.digits.unwrap_or(14)));
            assert!(filled.is_ok(), "{}: {}: {filled:?}", operator.id, topup.pattern());
            if let Ok(saldo::operators::Filled::Ussd(code)) = filled {
                assert_eq!(code.service(), None, "{}: {}", operator.id, topup.pattern());
                assert!(!operator.lists(&code), "{}: {}", operator.id, topup.pattern());
            }
        }
    }
}

#[test]
fn no_mark_is_shared_by_brands_that_are_asked_in_different_ways() {
    let all = Operators::built_in().all();
    let faults: Vec<_> = Operator::ambiguous(&all).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_operator_is_asked_at_a_number_that_bills() {
    for operator in Operators::built_in().all() {
        for ask in asks(&operator) {
            let Way::Sms(sms) = &ask.way else { continue };
            assert!(!operator.is_premium(sms.to.as_str()), "{}: {}", operator.id, sms.to);
        }
    }
    let proximus = Operators::built_in().by_id("be-proximus-prepaid").unwrap();
    for (number, bills) in
        [("4040", true), ("8850", false), ("1966", false), ("+32470000001", false)]
    {
        assert_eq!(proximus.is_premium(number), bills, "{number}");
    }
}

#[test]
fn the_table_is_as_large_as_it_says() {
    let all = Operators::built_in().all();
    let countries: BTreeSet<_> = all.iter().filter_map(|row| row.country.as_deref()).collect();
    assert!(all.len() >= 700 && countries.len() >= 180, "{} in {}", all.len(), countries.len());
}

#[test]
fn messages_go_to_short_numbers_of_operators() {
    for operator in Operators::built_in().all() {
        for ask in asks(&operator) {
            if let Way::Sms(sms) = &ask.way {
                let short = sms.to.as_str().len() <= 8;
                assert!(short, "{}: {} may be anybody's", operator.id, sms.to);
                assert!(sms.text.chars().count() <= 30, "{}: {:?}", operator.id, sms.text);
            }
        }
    }
}

fn imsi(digits: &str) -> SimFacts {
    SimFacts { imsi: Some(Imsi::parse(digits).unwrap()), ..SimFacts::default() }
}

fn named(digits: &str, spn: &str) -> SimFacts {
    SimFacts { spn: Some(spn.into()), ..imsi(digits) }
}

fn found(sim: &SimFacts) -> Result<(String, By), usize> {
    match Operators::built_in().find(sim) {
        Found::One { operator, by } => Ok((operator.id, by)),
        Found::Several(brands) => Err(brands.len()),
        _ => Err(0),
    }
}

#[test]
#[rustfmt::skip]
fn a_sim_is_told_by_what_it_says_of_itself() {
    let plmn = |digits: &str| Plmn::parse(digits).unwrap();
    for (sim, id, by) in [
        (imsi("206010000000010"),                     "be-proximus-prepaid", By::Plmn(plmn("20601"))),
        (named("206010000000010", "Proximus"),        "be-proximus-prepaid", By::Spn),
        (named("206010000000010", "Mobile Vikings"),  "be-mobile-vikings",   By::Spn),
        (named("206200000000010", "BASE"),            "be-base-prepaid",     By::Spn),
        (named("206200000000010", "ALDI TALK"),       "be-aldi-talk",        By::Spn),
        (named("206010000000010", "JIM Mobile"),      "be-jim-mobile",       By::Spn),
        (named("206010000000010", "Youfone"),         "be-youfone",          By::Spn),
        (imsi("206060000000010"),                     "be-lycamobile",       By::Plmn(plmn("20606"))),
        (imsi("206100000000010"),                     "be-orange-prepaid",   By::Plmn(plmn("20610"))),
        (imsi("405840000000010"),                     "in-jio",              By::Plmn(plmn("405840"))),
        (imsi("334020000000010"),                     "mx-telcel",           By::Plmn(plmn("334020"))),
        (imsi("621300000000010"),                     "ng-mtn",              By::Plmn(plmn("62130"))),
    ] {
        assert_eq!(found(&sim), Ok((id.to_owned(), by)), "{sim:?}");
    }
}

#[test]
fn every_brand_is_found_by_its_own_name() {
    let mut mistaken = Vec::new();
    for operator in Operators::built_in().all() {
        for plmn in operator.plmn() {
            let sim = named(&format!("{plmn}000000010"), &operator.name);
            let told = found(&sim).map(|(id, _)| id);
            if told.as_ref() != Ok(&operator.id) {
                mistaken.push(format!("{plmn} {:?} of {}: {told:?}", operator.name, operator.id));
            }
        }
    }
    assert!(mistaken.is_empty(), "{}", mistaken.join("\n"));
}

#[test]
fn brands_that_only_the_user_can_tell_apart_are_not_guessed() {
    assert!(found(&imsi("206200000000010")).unwrap_err() > 1, "BASE and ALDI TALK ask differently");
}

#[test]
fn a_foreign_network_does_not_lend_its_brand() {
    let proximus = Plmn::parse("20601").unwrap();
    let serving = Some(proximus);
    let abroad = SimFacts { serving, ..imsi("621300000000010") };
    assert_eq!(found(&abroad).unwrap().0, "ng-mtn");
    let unknown_home = SimFacts { serving, ..imsi("999990000000010") };
    assert_eq!(found(&unknown_home), Err(0));
    let no_imsi = SimFacts { serving, ..SimFacts::default() };
    assert_eq!(found(&no_imsi).unwrap().1, By::Serving(proximus));
    assert_eq!(found(&SimFacts::default()), Err(0));
}

const MINE: &str = r##"
[[operator]]
name = "Example Mobile"
plmn = ["20601"]
currency = "EUR"
decimal = ","
ask = [{ ussd = "*100#" }, { sms = { to = "1966", text = "BAL" } }]
iccid = ["893299"]
seen = "operator help page, 2026-05"
"##;

#[test]
fn the_users_file_wins() {
    let operators = Operators::with_user_file(MINE, "mine.toml").unwrap();
    let Found::One { operator, .. } = operators.find(&imsi("206010000000010")) else { panic!() };
    assert_eq!((operator.id.as_str(), operator.ask.len()), ("example-mobile", 2));
    assert_eq!(operators.by_id("example-mobile").unwrap().name, "Example Mobile");
    let Found::One { operator, .. } = operators.find(&imsi("206060000000010")) else { panic!() };
    assert_eq!(operator.id, "be-lycamobile", "built in still counts elsewhere");
    assert_eq!(operators.all()[0].name, "Example Mobile");
}

#[test]
fn an_entry_of_the_user_replaces_the_one_with_its_id() {
    let text = MINE.replace("name =", "id = \"be-lycamobile\"\nname =");
    let operators = Operators::with_user_file(&text, "mine.toml").unwrap();
    let named = |o: &Operator| o.id == "be-lycamobile";
    let all: Vec<_> = operators.all().into_iter().filter(named).collect();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].name, "Example Mobile");
}

#[test]
fn the_issuer_in_the_iccid_tells_a_brand() {
    let operators = Operators::with_user_file(MINE, "mine.toml").unwrap();
    let iccid = Iccid::parse("8932990000000000010").ok();
    let Found::One { operator, by } =
        operators.find(&SimFacts { iccid, ..imsi("206200000000010") })
    else {
        panic!()
    };
    assert_eq!((operator.name.as_str(), by), ("Example Mobile", By::Iccid));
}

#[test]
#[rustfmt::skip]
fn a_wrong_row_is_named_with_line_and_field() {
    for (from, to, line, says) in [
        ("plmn",        "plnm",                  4, "unknown field `plnm`, expected one of `id`, `name`"),
        ("20601",       "2060",                  4, "`plmn`: a PLMN has 5 to 6 digits, this has 4"),
        ("*100#",       "*100",                  7, "`*100` is no question: a USSD code ends with #"),
        ("*100#",       "*21*0#",                7, "`*21*…#` is no question: 21 forwards calls"),
        ("*100#",       "*300#",                 7, "say in `why`"),
        ("*100#",       "*1 0#",                 7, "`ussd`: a USSD code is made of digits, *, # and +; this has ' '"),
        ("ussd = ",     "usdd = ",               7, "unknown field `usdd`"),
        ("\"1966\"",    "\"BAL\"",               7, "`to`: a number for messages has 2 to 15 digits"),
        ("name = \"Example Mobile\"", "",        2, "missing field `name`"),
        ("893299",      "89x",                   2, "`iccid`: `89x` is no beginning of an ICCID"),
        ("seen = ",     "seen : ",               9, ""),
    ] {
        let text = MINE.replace(from, to);
        let error: DataError = Operators::with_user_file(&text, "mine.toml").unwrap_err();
        assert!(error.message.contains(says), "{error}");
        assert_eq!((error.file.as_str(), error.line), ("mine.toml", line), "{error}");
        assert!(error.to_string().starts_with(&format!("mine.toml:{line}: ")), "{error}");
    }
    let twice = Operators::with_user_file(&format!("{MINE}{MINE}"), "mine.toml").unwrap_err();
    assert_eq!(twice.to_string(), "mine.toml:11: `id`: `example-mobile` stands here twice");
}

#[test]
#[rustfmt::skip]
fn words_find_operators() {
    let ids = |word: &str| -> Vec<String> {
        let found = Operators::built_in().search(&Query::parse(word));
        found.into_iter().map(|operator| operator.id).collect()
    };
    assert_eq!(ids("proximus")[..], ["be-mobile-vikings", "be-proximus-prepaid", "be-scarlet"]);
    assert_eq!(ids("be-base-prepaid")[..], ["be-base-prepaid"]);
    assert_eq!(ids("20606")[..], ["be-lycamobile"]);
    assert_eq!(ids("*103*100#")[..], ["be-lycamobile"]);
    assert_eq!(ids("be"), ids("BE"));
    assert_eq!(ids("8932020000000000010"), ids("be"), "the card says Belgium");
    assert!(ids("belgium").len() > 15 && ids("206").len() < ids("be").len());
    assert!(ids("no such name").is_empty());
}

#[test]
fn a_brand_without_a_method_says_what_remains() {
    let operators = Operators::built_in();
    let ways = |id: &str| operators.by_id(id).unwrap().other_ways();
    assert_eq!(
        ways("be-mobile-vikings").as_deref(),
        Some("use the Mobile Vikings app, or see https://support.mobilevikings.be")
    );
    assert_eq!(
        ways("be-jim-mobile").as_deref(),
        Some("call 1984, or see https://support.jimmobile.be")
    );
    assert_eq!(ways("be-tuneo"), None);
}

#[test]
fn purchases_are_not_listed() {
    let aldi = Operators::built_in().by_id("be-aldi-talk").unwrap();
    assert_eq!(aldi.ask.len(), 1);
    assert!(!aldi.lists(&UssdCode::parse("*400*2#").unwrap()));
}

/// Runs the program: its exit status, standard output and standard error.
fn saldo(arguments: &[&str]) -> (i32, String, String) {
    let program = env!("CARGO_BIN_EXE_saldo");
    let mut command = Command::new(program);
    let run = command.env_clear().arg("operators").args(arguments).output().unwrap();
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    (run.status.code().unwrap(), text(run.stdout), text(run.stderr))
}

#[test]
fn the_listing_is_aligned() {
    let (status, out, _) = saldo(&["be"]);
    assert_eq!(status, 0);
    let lines: Vec<_> = out.lines().collect();
    let column = lines[0].find("COUNTRY").unwrap();
    assert!(lines.len() > 15);
    for line in &lines[1..] {
        assert_eq!(&line[column - 1..column + 3], " BE ", "{line}");
    }
}

#[test]
fn one_operator_is_shown_whole() {
    let (status, out, _) = saldo(&["20606"]);
    assert_eq!(status, 0);
    for line in ["Lycamobile (be-lycamobile)", "  balance     *103#", "  top up      *103*{PIN}#"] {
        assert!(out.lines().any(|own| own == line), "{line:?} is not in {out}");
    }
}

#[test]
fn each_operator_is_one_json_object() {
    let (status, out, _) = saldo(&["--json"]);
    assert_eq!(status, 0);
    assert_eq!(out.lines().count(), Operators::built_in().all().len());
    for line in out.lines() {
        assert!(line.starts_with("{\"schema\":1,\"id\":"), "{line}");
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(object["ask"].as_array().unwrap().iter().all(|ask| ask["confidence"].is_string()));
    }
}

#[test]
fn what_nobody_knows_is_a_usage_error_with_a_hint() {
    let (status, out, err) = saldo(&["no such name", "--json"]);
    assert_eq!(status, 2);
    assert!(out.starts_with("{\"schema\":1,\"error\":{\"class\":\"usage\","), "{out}");
    let hint = "hint: `saldo operators` lists all that are known";
    assert_eq!(err.trim_end(), format!("error: no operator with name \"no such name\"\n{hint}"));
}

#[test]
fn operators_of_ones_own_are_listed_first_with_what_their_country_has_in_common() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.toml"), "").unwrap();
    let mine = "[[operator]]\nname = \"Mine\"\nplmn = [\"20601\"]\nask = [{ ussd = \"*100#\" }]\n";
    fs::write(folder.path().join("operators.toml"), mine).unwrap();
    let config = folder.path().join("config.toml");
    let (status, out, _) = saldo(&["be", "--config", config.to_str().unwrap()]);
    assert_eq!(status, 0);
    assert!(out.lines().nth(1).unwrap().starts_with("20601     mine "), "{out}");
    let (_, out, _) = saldo(&["mine", "--json", "--config", config.to_str().unwrap()]);
    let object: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(object["currency"], "EUR");
    assert_eq!(object["decimal"], ",");
    assert_eq!(object["language"], serde_json::json!(["nl", "fr", "de"]));
}

#[test]
fn everything_built_in_is_checked_in_a_moment() {
    let started = std::time::Instant::now();
    let (status, out, err) = saldo(&["--check"]);
    let took = started.elapsed();
    assert_eq!((status, err.as_str()), (0, ""));
    let brands = Operators::built_in().all().len();
    assert_eq!(out, format!("built in: {brands} operators, nothing wrong\n"));
    // 100 ms on a quiet machine; others run beside us, and this build is not optimized.
    assert!(took < std::time::Duration::from_secs(2), "{took:?}");
}

#[test]
fn a_file_of_ones_own_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    fs::write(&file, MINE).unwrap();
    let path = file.to_str().unwrap();
    assert_eq!(
        saldo(&["--check", path]),
        (0, format!("{path}: 1 operator, nothing wrong\n"), String::new())
    );
    let twins = MINE.replace("seen", "spn = [\"Talk\"]\nseen");
    let other = twins.replace("Example Mobile", "Other").replace("*100#", "*200#");
    fs::write(&file, twins + &other).unwrap();
    let (status, _, err) = saldo(&["--check", path]);
    assert_eq!(status, 2);
    assert!(err.contains("`example-mobile` and `other` share a network and the iccid"), "{err}");
    fs::write(&file, MINE.replace("plmn", "plnm")).unwrap();
    let (status, _, err) = saldo(&["--check", path]);
    assert_eq!(status, 2);
    assert!(
        err.starts_with(&format!("error: {path}:4: unknown field `plnm`, expected one of `id`")),
        "{err}"
    );
    assert_eq!(saldo(&["--check", "/nothing/here"]).0, 2);
}
