//! What one run finds out, the next one knows: at most three round trips before its first request.

use std::fs;

use saldo::client::Modem;
use saldo::modems::Dialects;
use saldo::store::Memory;
use tempfile::TempDir;

use super::bench::{BALANCE, Bench, LIMIT, ask, code, run, stick};

/// One run on a modem, as `saldo ussd` (or `saldo balance`) makes it; gives the bench back.
async fn once(bench: Bench, folder: &TempDir, whole: bool) -> Bench {
    let mut modem = Modem::new(bench).remembering(Memory::in_folder(folder.path()));
    let text = if whole {
        ask(&mut modem).await.unwrap().text
    } else {
        modem.ussd(&code("#121#"), LIMIT, true).await.unwrap().text().to_owned()
    };
    assert_eq!(text, BALANCE);
    modem.close().await
}

/// How many lines went before the first request.
fn lines_before(bench: &Bench) -> usize {
    bench.commands().iter().position(|line| line.starts_with("AT+CUSD=1,")).unwrap()
}

fn file(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("learned.toml")).unwrap_or_default()
}

const PACKED: &str = "[ussd]\nrequest = [\"packed-hex\"]\nreply = \"packed-hex\"\nrefusal = 100\n";

#[test]
fn the_second_run_asks_in_the_form_that_was_taken() {
    run(async {
        for (rows, request) in [
            (PACKED.to_owned(), "A3982C3602"),
            ("[ussd]\nrequest = [\"ucs2-hex\"]\n".into(), "00230031003200310023"),
            (format!("charset = \"UCS2\"\n{PACKED}"), "A3982C3602"),
            ("charset = \"UCS2\"\n[ussd]\nrequest = [\"plain\"]\n".into(), "#121#"),
            (
                "charset = \"HEX\"\n[ussd]\nrequest = [\"ucs2-hex\"]\n".into(),
                "00230031003200310023",
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let first = once(stick(&rows), &folder, true).await;
            assert!(first.requests().len() > 1, "{rows}");
            for whole in [false, true] {
                let mut bench = stick(&rows);
                let before = bench.state().await;
                let mut second = once(bench, &folder, whole).await;
                assert_eq!(second.requests(), [format!("AT+CUSD=1,\"{request}\",15")], "{rows}");
                assert_eq!(second.state().await, before, "{rows}");
                // One line is the state that was asked for above.
                let lines = lines_before(&second) - 1;
                assert!(lines <= 3, "{rows}: {lines} lines: {:?}", second.commands());
            }
        }
    });
}

#[test]
fn no_family_needs_more_than_three_lines_before_a_request() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        for (make, ways) in [
            ("Example", ""),
            ("huawei", "mode = 0\nneeds-portsel = true\n"),
            ("huawei", "mode = 1\nneeds-portsel = true\n"),
            ("Icera", "[[row]]\ncommand = \"AT%IUSSDMODE?\"\nsays = [\"%IUSSDMODE: 0\"]\n"),
            ("Quectel", ""),
            ("SIMCOM", ""),
            ("Telit", "is-before-ok = true\n"),
            ("ZTE", ""),
        ] {
            let rows =
                format!("charset = \"IRA\"\n[identity]\nmanufacturer = \"{make}\"\n[ussd]\n{ways}");
            for whole in [false, true] {
                let bench = once(stick(&rows), &folder, whole).await;
                assert!(lines_before(&bench) <= 3, "{make}: {:?}", bench.commands());
                assert_eq!(bench.requests().len(), 1, "{make}");
            }
        }
        let plain = lines_before(&once(stick(""), &folder, false).await);
        assert_eq!(plain, 2, "what is there, and that errors carry their number");
        let numbered = "[[row]]\ncommand = \"AT+CMEE?\"\nsays = [\"+CMEE: 1\"]\n";
        let numbered = lines_before(&once(stick(numbered), &folder, false).await);
        assert_eq!(numbered, 1, "nothing is to be said before");
    });
}

#[test]
fn what_the_family_takes_at_once_is_not_written_down() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        for rows in ["", "charset = \"UCS2\"\n", "charset = \"IRA\"\n"] {
            once(stick(rows), &folder, true).await;
        }
        assert_eq!(file(&folder), "");
    });
}

#[test]
fn another_firmware_is_another_modem() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        once(stick(PACKED), &folder, false).await;
        assert!(file(&folder).contains("firmware = \"1.02.03\"\nrequest = [\"packed\"]\n"));
        let newer = "[identity]\nrevision = \"2.0\"\n";
        let requests = once(stick(newer), &folder, false).await.requests();
        assert_eq!(requests, ["AT+CUSD=1,\"#121#\",15"]);
    });
}

#[test]
fn what_is_not_true_any_more_is_learned_anew() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        once(stick(PACKED), &folder, false).await;
        let plain = "[ussd]\nrequest = [\"plain\"]\n";
        assert_eq!(once(stick(plain), &folder, false).await.requests().len(), 2);
        assert_eq!(once(stick(plain), &folder, false).await.requests().len(), 1);
        assert_eq!(file(&folder).matches("[[dialect]]").count(), 1);
    });
}

#[test]
fn a_changed_mode_and_a_lossless_character_set_are_learned_too() {
    run(async {
        let mode = "[identity]\nmanufacturer = \"huawei\"\n[ussd]\nmode = 1\nrefusal = 304\n\
                    [[row]]\ncommand = 'AT+CUSD=1,\"A3982C3602\",15'\nerror = 304\n";
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(once(stick(mode), &folder, true).await.requests().len(), 3);
        assert_eq!(once(stick(mode), &folder, true).await.requests().len(), 1);
        assert!(file(&folder).contains("mode = 0\n"), "{}", file(&folder));

        let rows = "charset = \"IRA\"\n[ussd]\nrequest = [\"plain\"]\n\
                    [[code]]\nask = \"#121#\"\ntext = \"Баланс: 152.30 руб. Услуга\"\n";
        for requests in [3, 1] {
            let memory = Memory::in_folder(folder.path());
            let mut modem = Modem::new(stick(rows)).remembering(memory);
            let turn = modem.ussd(&code("#121#"), LIMIT, true).await.unwrap();
            assert_eq!(turn.text(), "Баланс: 152.30 руб. Услуга");
            assert_eq!(modem.close().await.requests().len(), requests);
        }
    });
}

#[test]
fn a_modem_that_takes_one_command_a_line_is_remembered_too() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let rows = format!("takes-one = true\n{PACKED}");
        let first = once(stick(&rows), &folder, false).await;
        assert_eq!(first.requests().len(), 3);
        assert!(file(&folder).contains("single = true\n"), "{}", file(&folder));
        let second = once(stick(&rows), &folder, false).await;
        assert_eq!(second.requests(), ["AT+CUSD=1,\"A3982C3602\",15"]);
        assert_eq!(lines_before(&second), lines_before(&first) + 2, "its model and firmware");
        // Where nothing of the kind is known, nobody pays for it.
        let empty = tempfile::tempdir().unwrap();
        let other = once(stick(&rows), &empty, false).await;
        assert_eq!(lines_before(&other), lines_before(&first));
    });
}

#[test]
fn what_the_user_says_of_a_modem_counts_before_what_was_learned() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        once(stick(PACKED), &folder, false).await;
        let row = |field: &str| {
            let row =
                "[[dialect]]\nkey = \"mine\"\nmodels = [\"Stick\"]\nwhy = \"So.\"\nseen = \"me\"\n";
            Dialects::with_user_file(&format!("{row}{field}\n"), "modems.toml").unwrap()
        };
        for (field, request) in [
            ("request = [\"ucs2\", \"packed\"]", "AT+CUSD=1,\"00230031003200310023\",15"),
            ("settle-ms = 10", "AT+CUSD=1,\"A3982C3602\",15"),
        ] {
            let memory = Memory::in_folder(folder.path());
            let mut modem = Modem::new(stick(PACKED)).with_dialects(row(field)).remembering(memory);
            modem.ussd(&code("#121#"), LIMIT, true).await.unwrap();
            assert_eq!(modem.close().await.requests()[0], request, "{field}");
        }
    });
}

#[test]
fn without_a_memory_nothing_is_written() {
    run(async {
        let mut modem = Modem::new(stick(PACKED));
        modem.ussd(&code("#121#"), LIMIT, true).await.unwrap();
        let commands = modem.close().await.commands();
        assert!(commands.iter().skip(1).all(|line| !line.contains("CGMI")), "{commands:?}");
    });
}
