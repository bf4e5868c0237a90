//! Forty ways in which a program that talks AT and USSD fails in the field, and what proves that this one
//! does not: scripts in `fixtures/scripts`, whose outcome `tests/client/scripts.rs` lists, and tests.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One of the forty: its number, what goes wrong elsewhere, the scripts that show it, and the tests, as
/// file and function.
struct Pitfall {
    number: usize,
    name: &'static str,
    scripts: &'static [&'static str],
    tests: &'static [(&'static str, &'static str)],
}

const fn pitfall(
    number: usize,
    name: &'static str,
    scripts: &'static [&'static str],
    tests: &'static [(&'static str, &'static str)],
) -> Pitfall {
    Pitfall { number, name, scripts, tests }
}

const REQUESTS: &str = "tests/client/requests.rs";
const SETTINGS: &str = "tests/client/settings.rs";
const NETWORK: &str = "tests/client/sim_and_network.rs";
const LADDER: &str = "tests/client/ladder.rs";
const MESSAGES: &str = "tests/client/messages.rs";
const READING: &str = "src/ussd/decode/tests.rs";
const PORTS: &str = "tests/ports.rs";
const FIRE: &str = "tests/client/fire.rs";
const PROBING: &str = "tests/ports/probing.rs";
const REPLUG: &str = "tests/ports/replug.rs";
const SIBLINGS: &str = "tests/ports/siblings.rs";
const LOCK: &str = "src/port/lock/tests.rs";

#[rustfmt::skip]
const PITFALLS: [Pitfall; 40] = [
    // Getting no answer, or the wrong one
    pitfall(1, "the request form is wrong for this firmware", &["error-in-words", "error-not-supported"], &[
        (REQUESTS, "a_modem_that_takes_another_form_is_asked_in_that_form"),
        (REQUESTS, "a_known_family_is_asked_in_its_own_form_at_once"),
        (REQUESTS, "no_more_than_three_requests_go_on_air_and_none_after_another_refusal"),
        (REQUESTS, "a_code_that_is_no_plain_query_goes_out_once_whatever_comes_back"),
        (LADDER, "every_modem_is_understood_whatever_its_row_says"),
        (LADDER, "what_may_have_reached_the_network_is_not_sent_again"),
        ("tests/client/learned.rs", "the_second_run_asks_in_the_form_that_was_taken"),
    ]),
    pitfall(2, "LTE without circuit-switched service", &[], &[
        ("tests/client/fallback.rs", "a_request_that_nobody_would_answer_is_not_sent"),
        ("tests/client/fallback.rs", "what_is_not_known_is_no_reason_to_refuse"),
        ("tests/client/fallback.rs", "every_maker_is_sent_to_3g_and_back_in_its_own_words"),
        (NETWORK, "the_networks_no_is_told_by_its_cause"),
        (NETWORK, "a_module_known_for_its_silence_is_named_where_nothing_else_is_known"),
    ]),
    pitfall(3, "the final text comes with status 2", &["end-without-text", "final-text-with-2"], &[]),
    pitfall(4, "the DCS lies", &[
        "dcs-cut-to-one-digit", "dcs-lies-packed", "dcs-lies-ucs2", "garbage-behind-the-end",
    ], &[
        (READING, "a_reply_in_any_form_is_read_whatever_the_dcs_says"),
        (READING, "a_language_in_front_is_dropped_only_where_it_is_one"),
    ]),
    pitfall(5, "the answer comes on another port of the modem", &[], &[
        (SIBLINGS, "an_answer_on_the_sibling_is_the_answer"),
        (SIBLINGS, "an_answer_on_both_ports_counts_once"),
        (PORTS, "a_huawei_stick_is_read_by_protocol_and_an_option_stick_by_its_driver"),
    ]),
    pitfall(6, "another program reads the port", &[], &[
        (PORTS, "the_holder_of_a_port_is_named"),
        (PORTS, "a_tty_that_another_program_made_exclusive_is_refused_to_root_too"),
        (SIBLINGS, "a_program_that_had_the_port_open_before_us_is_named"),
        (SIBLINGS, "commands_that_we_did_not_send_show_another_program"),
        (LOCK, "a_second_taker_learns_who_holds_the_port"),
        (LOCK, "of_many_takers_at_once_one_wins"),
        ("src/port/refusal.rs", "modemmanager_is_asked_not_killed"),
        ("tests/restore.rs", "a_second_run_on_the_port_is_told_whose_it_is"),
    ]),
    pitfall(7, "the time limit is too short", &["fallback-takes-longer"], &[
        (REQUESTS, "every_answer_is_read_whenever_it_comes"),
        (REQUESTS, "the_wait_is_as_long_as_the_user_says"),
        ("src/ussd/exchange.rs", "a_change_of_network_gives_more_time_once"),
    ]),
    pitfall(8, "OK is taken for success", &["cusd-4-then-ok", "late-cme-error", "late-error-without-number"], &[
        (REQUESTS, "a_request_without_ok_is_silence_and_an_ok_without_answer_the_network"),
        ("src/ussd/exchange.rs", "failures_end_the_wait_at_once"),
    ]),
    pitfall(9, "the old session is still open", &[
        "bare-end-before-answer", "cancel-brings-old-answer", "error-from-before", "menu-never-ends",
        "stale-answer-first",
    ], &[
        (REQUESTS, "a_menu_that_stays_open_is_closed"),
        (SETTINGS, "a_request_that_waits_for_its_ok_is_cancelled_before_settings_are_put_back"),
    ]),
    pitfall(10, "a late bare line erases the answer", &["bare-2-after-text", "release-before-answer"], &[
        ("src/ussd/exchange.rs", "a_bare_line_never_replaces_a_text"),
    ]),

    // Reading the body
    pitfall(11, "text is spread over several lines", &["text-in-lines"], &[
        ("src/at/line.rs", "lines_are_cut_where_they_end"),
    ]),
    pitfall(12, "quotes and commas stand inside the text", &["quotes-in-the-text"], &[
        ("src/ussd/reply.rs", "a_quoted_text_comes_back"),
    ]),
    pitfall(13, "quotes, DCS or the end of the text are missing", &[
        "packed-without-quotes", "text-cut-off", "text-without-dcs", "text-without-quotes",
    ], &[
        ("src/at/session/tests.rs", "a_text_cut_off_is_handed_over_after_silence"),
        ("src/ussd/reply.rs", "every_prefix_of_a_line_gives_no_longer_text"),
    ]),
    pitfall(14, "an unsolicited line falls into the middle", &["result-words-in-the-text", "urc-in-the-text"], &[
        (REQUESTS, "noise_in_and_between_answers_changes_nothing"),
        ("src/answers/sms.rs", "a_message_cut_anywhere_is_no_ussd_text"),
    ]),
    pitfall(15, "seven-bit padding gains or loses a letter", &[], &[
        ("src/gsm7/mod.rs", "every_length_comes_back_whatever_stands_at_its_end"),
        ("src/gsm7/mod.rs", "padding_is_no_character"),
        ("src/ussd/request.rs", "seven_characters_are_padded_with_cr"),
        ("tests/vectors.rs", "packed_ussd_text_is_packed_again_the_same"),
    ]),
    pitfall(16, "hexadecimal that is text, and text that is hexadecimal", &["digits-that-are-text"], &[
        (READING, "a_number_stays_a_number"),
        (READING, "short_bodies_are_text_until_something_says_otherwise"),
    ]),
    pitfall(17, "the character set loses letters, and outlives the run", &[], &[
        (READING, "lost_high_octets_are_told"),
        (LADDER, "letters_lost_on_the_way_are_asked_for_again_under_ucs2"),
        (REQUESTS, "a_modem_that_speaks_ucs2_is_asked_in_ucs2"),
        (REQUESTS, "a_form_whose_character_set_is_refused_is_not_sent"),
        (SETTINGS, "a_modem_is_left_as_it_was_found"),
    ]),
    pitfall(18, "raw octets, and octets that drive a terminal", &["control-bytes-in-the-text", "raw-ucs2-octets"], &[
        (READING, "any_octets_have_a_reading"),
        ("tests/pitfalls.rs", "a_text_cannot_drive_the_terminal"),
    ]),
    pitfall(19, "UCS2 is cut, in small letters, or has garbage behind it", &[
        "garbage-behind-the-end", "ucs2-cut-in-a-unit",
    ], &[
        (READING, "garbage_behind_the_end_is_dropped"),
        (READING, "a_reply_cut_anywhere_keeps_its_beginning"),
        ("src/ucs2.rs", "every_cut_of_a_pair_is_seen"),
    ]),
    pitfall(20, "a +CUSD that is no reply", &["range-is-no-reply", "request-reflected"], &[
        ("src/ussd/reply.rs", "what_is_no_reply_is_none"),
        ("src/answers/tests.rs", "a_reply_that_reflects_our_request_is_no_text"),
    ]),

    // Lines
    pitfall(21, "the echo is taken for an answer", &["echo-comes-back", "echo-in-part"], &[
        ("tests/replay.rs", "lines_come_without_their_ends_and_without_the_echo"),
        ("src/answers/request.rs", "an_echo_is_the_request_or_an_end_of_it"),
    ]),
    pitfall(22, "answers are split at any octet", &["answer-in-pieces"], &[
        ("tests/replay.rs", "a_session_reads_the_same_however_the_wire_is_cut"),
        ("src/at/line.rs", "a_line_reads_the_same_however_it_is_cut"),
        (FIRE, "a_balance_reads_the_same_octet_by_octet"),
    ]),
    pitfall(23, "a flood of noise", &[], &[
        ("src/at/session/tests.rs", "noise_does_not_put_off_the_hard_limit"),
        (REQUESTS, "a_request_without_ok_is_silence_and_an_ok_without_answer_the_network"),
        ("tests/flood.rs", "ten_thousand_lines_a_second_neither_hide_the_answer_nor_fill_the_memory"),
    ]),
    pitfall(24, "errors in unusual clothes", &[
        "error-in-words", "error-not-supported", "error-of-eight-digits", "error-of-the-modem",
        "late-error-without-number",
    ], &[
        ("src/at/code.rs", "final_lines_in_all_their_clothes"),
        ("src/answers/failure.rs", "every_line_that_says_no_is_explained"),
    ]),
    pitfall(25, "no final result at all", &["answer-without-ok", "no-final-result"], &[
        (REQUESTS, "a_command_that_never_ends_does_not_end_the_run"),
        ("src/at/session/tests.rs", "data_without_a_final_result_ends_at_the_idle_limit"),
    ]),
    pitfall(26, "prompts in variants, and a line stuck in one", &["prompt-without-blank", "stuck-in-a-prompt"], &[
        ("tests/client/dialects.rs", "a_menu_that_ends_in_a_prompt_is_answered_there"),
        ("tests/client/dialects.rs", "a_menu_that_nobody_answers_is_left_with_escape"),
        (SETTINGS, "a_prompt_that_another_program_left_open_is_left"),
        (SETTINGS, "a_run_dropped_behind_a_prompt_sends_nothing_and_frees_the_line"),
        (MESSAGES, "a_prompt_that_never_comes_is_left_and_nothing_is_sent"),
        ("src/at/line.rs", "a_prompt_is_one_only_where_it_was_expected"),
    ]),
    pitfall(27, "the prefix differs from the command", &["lower-case-prefix"], &[
        ("src/answers/sim.rs", "card_identities_under_every_name"),
        ("src/answers/retries.rs", "every_maker_has_an_order_of_its_own"),
    ]),
    pitfall(28, "a registration report is taken for its answer", &["urc-in-the-text"], &[
        ("src/at/urc.rs", "a_registration_report_is_told_from_its_answer"),
        ("src/answers/registration.rs", "answers_and_reports_in_all_their_forms"),
    ]),
    pitfall(29, "a question is answered with the test form", &["test-form-for-a-value"], &[
        (SETTINGS, "a_test_form_given_for_a_value_is_never_put_back"),
        (SETTINGS, "nothing_is_changed_before_it_is_known_what_was_there"),
    ]),

    // Ports, power, state
    pitfall(30, "port numbers move, and the first port takes no commands", &[], &[
        (PORTS, "renumbered_ports_are_found_by_their_interface"),
        (PORTS, "the_command_port_of_the_only_modem_is_chosen"),
        (PROBING, "a_port_that_only_says_ok_is_passed_over_for_the_one_that_means_it"),
        (PROBING, "where_no_port_takes_commands_each_has_its_reason"),
        ("src/modems/tests.rs", "an_interface_finds_its_role"),
    ]),
    pitfall(31, "probing hurts", &[], &[
        (PORTS, "what_may_be_anything_is_listed_and_never_chosen_unasked"),
        (PORTS, "a_port_for_packets_is_not_even_opened_when_it_is_named"),
        (SIBLINGS, "ports_for_diagnosis_and_those_of_other_makers_are_not_listened_to"),
        (SIBLINGS, "siblings_are_left_alone_until_the_network_is_asked_and_free_again_after"),
        ("src/modems/check.rs", "each_rule_names_its_offender"),
    ]),
    pitfall(32, "the SIM is not ready", &["sim-busy", "starts-up"], &[
        (NETWORK, "a_sim_that_starts_up_is_waited_for"),
        (NETWORK, "a_sim_that_never_starts_up_is_given_up_after_20_seconds"),
        ("tests/client/scripts.rs", "no_script_makes_us_reset_a_modem_or_turn_answers_off"),
    ]),
    pitfall(33, "PIN counters are read in the wrong order", &[], &[
        ("src/answers/retries.rs", "every_maker_has_an_order_of_its_own"),
        ("src/answers/sim.rs", "states_and_huawei_counters"),
        ("tests/client/pin.rs", "the_tries_are_read_before_the_pin_is_sent"),
        ("tests/client/pin.rs", "a_wrong_pin_is_sent_once_and_the_tries_left_are_told"),
        ("tests/client/pin.rs", "no_other_question_sends_a_pin"),
    ]),
    pitfall(34, "the modem restarts in the middle", &["hangup-in-the-wait", "modem-restarts", "under-voltage"], &[
        ("tests/client/unplugged.rs", "a_cable_pulled_at_any_command_is_one_error_at_once"),
        ("tests/client/unplugged.rs", "a_cable_pulled_while_the_network_works_is_noticed_at_once"),
        (REPLUG, "a_reset_in_the_middle_of_a_request_is_told_and_nothing_is_sent_again"),
        (REPLUG, "a_modem_that_comes_back_in_its_place_is_found_under_its_new_number"),
    ]),
    pitfall(35, "a change of radio access is not undone", &[], &[
        ("src/modems/fallback.rs", "templates_are_filled_from_the_answer"),
        ("tests/fallback.rs", "a_run_that_is_killed_at_any_command_is_made_good_by_the_next_of_any_kind"),
        ("tests/fallback.rs", "an_interrupted_run_puts_the_radio_back_itself"),
        ("tests/client/fallback.rs", "what_an_unplugged_modem_is_owed_it_gets_when_it_comes_back_and_no_other_does"),
        ("tests/restore.rs", "what_a_killed_run_left_is_put_back_by_the_next"),
    ]),
    pitfall(36, "shared settings are left changed", &[], &[
        (SETTINGS, "a_modem_is_left_as_it_was_found"),
        (SETTINGS, "a_run_dropped_at_any_moment_leaves_the_modem_as_it_was_found"),
        (SETTINGS, "a_setting_is_put_back_again_where_the_line_loses_that"),
        ("tests/restore.rs", "every_signal_that_ends_a_run_puts_everything_back"),
        (FIRE, "a_thousand_faults_end_in_a_result_or_a_clear_error"),
    ]),

    // Messages, names, measurements
    pitfall(37, "messages that break decoders", &[], &[
        ("tests/vectors.rs", "stored_messages"),
        ("tests/vectors.rs", "every_prefix_of_a_stored_message_is_read_or_refused"),
        ("src/sms/join.rs", "a_bad_record_hides_no_other_and_debug_hides_numbers"),
    ]),
    pitfall(38, "the balance comes as a message", &[], &[
        (MESSAGES, "a_balance_announced_by_ussd_is_read_from_the_message"),
        (MESSAGES, "messages_that_were_there_before_are_no_answer"),
        (MESSAGES, "a_message_that_nobody_announces_is_found_in_storage"),
    ]),
    pitfall(39, "operator names in odd forms", &[], &[
        ("src/answers/operator.rs", "the_current_operator_with_and_without_its_quotes"),
        ("src/answers/operator.rs", "scans_with_their_brackets_in_odd_places"),
    ]),
    pitfall(40, "numbers that look right and are wrong", &[], &[
        ("src/answers/units.rs", "values_outside_physics_are_unknown"),
        ("src/answers/units.rs", "indexes_give_lower_edges_and_unknown_gives_none"),
        ("src/answers/tests.rs", "serving_cells_of_every_maker"),
        ("src/answers/temperature.rs", "a_sensor_that_is_absent_has_no_temperature"),
    ]),
];

#[test]
fn every_pitfall_is_proved() {
    for (place, pitfall) in PITFALLS.iter().enumerate() {
        let Pitfall { number, name, scripts, tests } = pitfall;
        assert_eq!(*number, place + 1, "{name}");
        assert!(!scripts.is_empty() || !tests.is_empty(), "{number}, {name}: nothing proves it");
        for script in *scripts {
            let file = root().join(format!("fixtures/scripts/{script}.at"));
            assert!(file.exists(), "{number}, {name}: there is no script `{script}`");
        }
        for (file, test) in *tests {
            let text = fs::read_to_string(root().join(file)).unwrap_or_default();
            assert!(is_test(&text, test), "{number}, {name}: {file} has no test `{test}`");
        }
    }
}

/// A function behind `#[test]` or `#[tokio::test]`, whatever attributes stand in between.
fn is_test(text: &str, name: &str) -> bool {
    let Some((before, _)) = text.split_once(&format!("fn {name}(")) else { return false };
    let mut lines = before.trim_end().trim_end_matches("async").lines().rev().map(str::trim);
    let attribute = lines.find(|line| !line.is_empty() && !line.starts_with("#[rustfmt"));
    attribute.is_some_and(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
}

/// What the scripts show beside the forty, or in them all.
const BESIDE: &[&str] = &[
    "answer-before-ok",
    "answer-glued-to-ok",
    "ok-long-after-answer",
    "ok-right-behind-answer",
    "one-command-a-line",
    "push-before-the-answer",
];

#[test]
fn every_script_proves_something() {
    let named = PITFALLS.iter().flat_map(|pitfall| pitfall.scripts).chain(BESIDE);
    let named: BTreeSet<_> = named.map(|script| format!("{script}.at")).collect();
    for file in fs::read_dir(root().join("fixtures/scripts")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(named.contains(&name), "{name}: which pitfall does it show?");
    }
}

#[test]
fn a_text_cannot_drive_the_terminal() {
    let port = "sim:fixtures/scripts/control-bytes-in-the-text.at";
    for arguments in
        [&["balance"][..], &["balance", "--json"], &["ussd", "#121#"], &["ussd", "#121#", "--json"]]
    {
        let mut saldo = Command::new(env!("CARGO_BIN_EXE_saldo"));
        saldo
            .current_dir(root())
            .env_clear()
            .env("XDG_STATE_HOME", "/dev/null")
            .args(["--port", port, "-vv"])
            .args(arguments);
        let output = saldo.output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(said.contains("12.34") || said.contains("12,34"), "{said}");
        let wild = said.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(wild, None, "{arguments:?}: {said:?}");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}
