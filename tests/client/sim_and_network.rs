//! SIM and network: what keeps them from answering is said in their words, with the exit status of its kind.

use std::time::Duration;

use saldo::Error;
use saldo::client::Modem;
use tokio::time::Instant;

use super::bench::{Bench, LIMIT, ask, code, named, run, stick};

async fn failure(bench: Bench) -> (Error, Bench) {
    let mut modem = Modem::new(bench);
    let error = ask(&mut modem).await.unwrap_err();
    (error, modem.close().await)
}

#[test]
#[rustfmt::skip]
fn what_stands_in_the_way_is_named_and_nothing_goes_on_air() {
    run(async {
        let puk = "[card]\npin = \"1234\"\npin-left = 0\n";
        let barred = "[network]\ncreg = 3\ncgreg = 3\ncereg = 3\n";
        for (bench, class, words) in [
            (named("no-sim"),     "sim",     "SIM not inserted"),
            (named("pin-locked"), "sim",     "the SIM is locked by its PIN"),
            (stick(puk),          "sim",     "the SIM is blocked: it wants its PUK"),
            (named("no-service"), "network", "the modem is not registered on any network"),
            (stick(barred),       "network", "the modem is not registered on any network"),
        ] {
            let (error, bench) = failure(bench).await;
            assert_eq!((error.class(), error.to_string().as_str()), (class, words));
            assert!(error.hint().is_some(), "{words}");
            assert_eq!(bench.requests(), [""; 0], "{words}");
        }
    });
}

#[test]
fn the_sim_is_named_also_where_only_a_code_is_dialled() {
    run(async {
        let mut modem = Modem::new(named("pin-locked"));
        let error = modem.ussd(&code("*100#"), LIMIT, true).await.unwrap_err();
        assert_eq!(error.class(), "sim");
        assert_eq!(modem.close().await.requests().len(), 1, "another form is no PIN");
    });
}

#[test]
fn a_sim_that_starts_up_is_waited_for() {
    run(async {
        let busy = "# saldo script 1\n\
            * ATE0\n< OK\n\
            > AT+CPIN?\n< +CME ERROR: 14\n\
            > AT+CPIN?\n< +CPIN: NOT READY\n< OK\n\
            > AT+CPIN?\n< +CME ERROR: 515\n\
            > AT+CPIN?\n< +CPIN: SIM PIN\n< OK\n";
        let mut modem = Modem::new(Bench::new(saldo::sim::Modem::from_text("x.at", busy).unwrap()));
        let started = Instant::now();
        let error = ask(&mut modem).await.unwrap_err();
        assert_eq!(error.to_string(), "the SIM is locked by its PIN");
        assert_eq!(started.elapsed(), Duration::from_secs(3));
        assert!(modem.close().await.sim.modem().is_done());
    });
}

#[test]
fn a_sim_that_never_starts_up_is_given_up_after_20_seconds() {
    run(async {
        // Noise wakes nobody: one question a second, whatever the modem says in between.
        let rows = "[[row]]\ncommand = \"AT+CPIN?\"\nerror = 14\n\
                    [[noise]]\nline = \"^RSSI:19\"\nevery-ms = 50\n";
        let started = Instant::now();
        let (error, bench) = failure(stick(rows)).await;
        assert_eq!((error.class(), error.to_string().as_str()), ("sim", "SIM busy"));
        assert_eq!(started.elapsed().as_secs(), 20);
        assert!(bench.commands().len() < 30, "{}", bench.commands().len());
    });
}

#[test]
fn a_module_known_for_its_silence_is_named_where_nothing_else_is_known() {
    run(async {
        let ep06 = "[identity]\nmanufacturer = \"Quectel\"\nmodel = \"EP06\"\n\
                    [[code]]\nask = \"#121#\"\nis-silent = true\n";
        for (rows, hint) in [
            (
                ep06.to_owned(),
                "takes the request and stays silent: it needs 3G for USSD; `--fallback` asks",
            ),
            (
                ep06.replace("[[code]]", "[network]\ncreg = 0\n[[code]]"),
                "`--fallback` asks over 3G or 2G and comes back",
            ),
            (
                ep06.replace("EP06", "EC25"),
                "`--fallback` asks over 3G or 2G, where answers are surer",
            ),
        ] {
            let (error, _) = failure(stick(&rows)).await;
            let said = error.hint().unwrap();
            assert!(said.contains(hint), "{said}");
        }
    });
}

#[test]
fn the_iccid_is_read_from_the_card_where_no_command_gives_it() {
    run(async {
        let rows = "lacks = [\"+CCID\", \"+ICCID\"]\n";
        let mut modem = Modem::new(stick(rows));
        let wish = saldo::client::Question { all_facts: true, ..super::bench::question() };
        super::bench::ask_as(&mut modem, &wish, &Default::default()).await.unwrap();
        assert!(modem.known_sim().iccid.is_some());
    });
}

#[test]
#[rustfmt::skip]
fn the_networks_no_is_told_by_its_cause() {
    run(async {
        let code = |row: &str| stick(&format!("[[code]]\nask = \"#121#\"\n{row}\n"));
        let no_circuit = |row: &str| stick(&format!("[network]\ncreg = 0\n[[code]]\nask = \"#121#\"\n{row}\n"));
        let here = "USSD is not possible here: the modem is on LTE without circuit-switched service";
        for (bench, words) in [
            (code("status = 4"),             "USSD is not supported here, or not for this code"),
            (no_circuit("status = 4"),       here),
            (code("status = 5"),             "the network gave the modem no answer in time"),
            (code("status = 3"),             "another program on this modem took the answer"),
            (code("status = 2"),             "the network ended the session without a text"),
            (code("late-error = 258"),       "the network refused the request: +CME ERROR: 258"),
            (no_circuit("late-error = 30"),  here),
        ] {
            // Dialled, since a balance would not be asked at all on such a network.
            let mut modem = Modem::new(bench);
            let error = modem.ussd(&super::bench::code("#121#"), LIMIT, true).await.unwrap_err();
            let bench = modem.close().await;
            assert_eq!(error.exit_status(), 5, "{words}");
            assert!(error.to_string().starts_with(words), "{error}, not {words}");
            assert_eq!(bench.requests().len(), 1, "{words}");
        }
    });
}
