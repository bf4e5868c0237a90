use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;

use super::*;

const ANSWER: &str = r##"{"time":"2026-11-22T10:00:00Z","modem":"attic","sim":"8f3a","iccid":"8932…0010","plmn":"20601","operator":"be-proximus-prepaid","answer":{"kind":"balance","confidence":"sure","via":"ussd","text":"12,34 EUR\n\"tot\" 31/12","raw":["+CUSD: 0,\"12,34\",15"],"pots":[{"type":"money","role":"main","amount":"12.340","unit":"EUR","expires":"2026-12-31"},{"type":"sms","role":"bonus","amount":"-5","unit":null,"expires":null}],"expires":["2026-12-31","2027-01-01"]}}"##;
const FAILURE: &str = r#"{"time":"2026-11-23T10:00:00Z","modem":"/dev/ttyUSB2","sim":null,"iccid":null,"plmn":null,"operator":null,"failure":{"class":"network","message":"no answer","hint":"`saldo doctor`"}}"#;

fn answer() -> Record {
    serde_json::from_str(ANSWER).unwrap()
}

fn failure() -> Record {
    serde_json::from_str(FAILURE).unwrap()
}

fn at(time: &str) -> Record {
    Record { time: time.parse().unwrap(), ..answer() }
}

/// The same tests for both kinds of file.
macro_rules! for_each_backend {
    ($($name:ident: $Backend:ty,)*) => {$(
        mod $name {
            use super::*;

            type Backend = $Backend;

            fn new() -> (tempfile::TempDir, Backend) {
                let folder = tempfile::tempdir().unwrap();
                let history = Backend::open(&folder.path().join("history")).unwrap();
                (folder, history)
            }

            fn again(folder: &tempfile::TempDir) -> Backend {
                Backend::open(&folder.path().join("history")).unwrap().checked().unwrap()
            }

            fn ids(records: Result<Vec<(i64, Record)>, HistoryError>) -> Vec<i64> {
                records.unwrap().into_iter().map(|(id, _)| id).collect()
            }

            #[test]
            fn a_record_is_given_back_as_it_was() {
                let (folder, mut history) = new();
                assert_eq!(history.note_all(&[answer()]).unwrap(), 1);
                assert_eq!(again(&folder).note_all(&[failure()]).unwrap(), 2);
                let expected = vec![(1, answer()), (2, failure())];
                assert_eq!(history.records(&Filter::default()).unwrap(), expected);
                assert_eq!(again(&folder).records(&Filter::default()).unwrap(), expected);
            }

            #[test]
            fn many_may_begin_it_at_the_same_moment() {
                for _ in 0..40 {
                    let folder = tempfile::tempdir().unwrap();
                    let (file, start) = (folder.path().join("history"), Barrier::new(4));
                    std::thread::scope(|scope| {
                        for _ in 0..4 {
                            scope.spawn(|| {
                                start.wait();
                                Backend::open(&file).unwrap().note_all(&[answer()]).unwrap();
                            });
                        }
                    });
                    assert_eq!(ids(again(&folder).records(&Filter::default())), [1, 2, 3, 4]);
                }
            }

            #[test]
            fn what_is_wanted_comes_oldest_first() {
                let (_folder, mut history) = new();
                let times = ["2026-11-22T10:00:00.9Z", "2026-11-22T09:00:00Z", "2026-11-22T11:00:00Z"];
                for time in times {
                    history.note_all(&[at(time)]).unwrap();
                }
                history.note_all(&[failure()]).unwrap();
                let any = Filter::default;
                let since = |time: &str| Some(time.parse().unwrap());
                for (filter, expected) in [
                    (any(), vec![2, 1, 3, 4]),
                    (Filter { since: since("2026-11-22T10:00:00Z"), ..any() }, vec![1, 3, 4]),
                    (Filter { modem: Some("attic".into()), ..any() }, vec![2, 1, 3]),
                    (Filter { modem: Some("attic' OR 1".into()), ..any() }, vec![]),
                    (Filter { sim: Some(SimKey("8f3a".into())), last: Some(2), ..any() }, vec![1, 3]),
                    (Filter { last: Some(0), ..any() }, vec![]),
                ] {
                    assert_eq!(ids(history.records(&filter)), expected, "{filter:?}");
                }
            }

            #[test]
            fn what_no_broker_has_is_told_until_it_is_delivered() {
                let (folder, mut history) = new();
                for _ in 0..4 {
                    history.note_all(&[answer()]).unwrap();
                }
                history.delivered(1).unwrap();
                history.delivered(3).unwrap();
                assert_eq!(ids(history.undelivered(0, 10)), [2, 4]);
                assert_eq!(ids(again(&folder).undelivered(2, 10)), [4]);
                assert_eq!(ids(history.undelivered(0, 1)), [2]);
            }

            #[test]
            fn state_is_kept_under_its_name() {
                let (folder, mut history) = new();
                assert_eq!(history.state("alerts").unwrap(), None);
                for value in ["one", "two \"2\"\n"] {
                    history.set_state("alerts", value).unwrap();
                }
                assert_eq!(again(&folder).state("alerts").unwrap().as_deref(), Some("two \"2\"\n"));
            }

            #[test]
            fn what_is_old_is_forgotten_and_its_number_not_given_again() {
                let (folder, mut history) = new();
                history.note_all(&[at("2026-11-22T10:00:00Z")]).unwrap();
                history.note_all(&[at("2026-11-22T10:00:01Z")]).unwrap();
                history.delivered(2).unwrap();
                history.set_state("alerts", "kept").unwrap();
                let limit = |text: &str| text.parse().unwrap();
                assert_eq!(history.count_before(limit("2026-11-22T10:00:01Z")).unwrap(), (1, 2));
                assert_eq!(history.forget_before(limit("2026-11-22T10:00:01Z")).unwrap(), 1);
                assert_eq!(ids(history.records(&Filter::default())), [2]);
                assert_eq!(ids(history.undelivered(0, 9)), [0; 0]);
                assert_eq!(history.forget_before(limit("2027-01-01T00:00:00Z")).unwrap(), 1);
                let mut history = again(&folder);
                assert_eq!(history.note_all(&[answer()]).unwrap(), 3);
                assert_eq!(history.state("alerts").unwrap().as_deref(), Some("kept"));
            }

            #[test]
            fn only_its_owner_may_read_it() {
                let (folder, mut history) = new();
                history.note_all(&[answer()]).unwrap();
                history.forget_before("2030-01-01T00:00:00Z".parse().unwrap()).unwrap();
                for entry in fs::read_dir(folder.path()).unwrap() {
                    let mode = entry.unwrap().metadata().unwrap().permissions().mode();
                    assert_eq!(mode & 0o077, 0, "{mode:o}");
                }
            }

            #[test]
            fn what_is_no_history_is_damaged_and_left_as_it_is() {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("history");
                let garbage = "no history at all\n".repeat(500);
                fs::write(&file, &garbage).unwrap();
                let error = Backend::open(&file).unwrap_err();
                assert!(matches!(error, HistoryError::Damaged { .. }), "{error}");
                assert_eq!(fs::read_to_string(&file).unwrap(), garbage);
            }
        }
    )*};
}

for_each_backend! { in_lines: lines::Lines, }
#[cfg(feature = "history")]
for_each_backend! { in_sqlite: sqlite::Sqlite, }

#[test]
fn a_broken_file_is_kept_and_a_new_one_begun() {
    let folder = tempfile::tempdir().unwrap();
    let file = History::file(folder.path());
    for number in 1..3 {
        for companion in ["db-wal", "db-shm"] {
            let _ = fs::remove_file(file.with_extension(companion)); // SQLite would mend the file with them
        }
        let garbage = format!("garbage {number}\n").repeat(500);
        fs::write(&file, &garbage).unwrap();
        let mut history = History::open(folder.path()).unwrap();
        let kept = file.with_extension(format!("broken-{number}.{}", Backend::ENDING));
        let notice = history.take_notice().unwrap();
        assert!(notice.contains(&kept.display().to_string()), "{notice}");
        assert_eq!(history.take_notice(), None);
        assert_eq!(fs::read_to_string(&kept).unwrap(), garbage);
        assert_eq!(history.note(&answer()).unwrap(), 1);
    }
}

#[test]
fn a_clock_that_is_years_ahead_costs_no_past() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = History::open(folder.path()).unwrap();
    let [days, weeks] = [400, 100].map(|days| SignedDuration::from_hours(24 * days));
    let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    for ago in [500, 200, 150, 120, 1] {
        history
            .note(&Record { time: now - SignedDuration::from_hours(24 * ago), ..answer() })
            .unwrap();
    }
    assert_eq!(history.tidy(now + days + days, days).unwrap(), 0, "all of it would go");
    assert_eq!(history.tidy(now, days).unwrap(), 1);
    assert_eq!(history.tidy(now, weeks).unwrap(), 3, "less is to be kept");
    assert_eq!(history.records(&Filter::default()).unwrap().len(), 1);
}

#[test]
fn simulated_modems_have_a_history_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    History::open_simulated(folder.path()).unwrap().note(&answer()).unwrap();
    let history = History::open(folder.path()).unwrap();
    assert_eq!(history.records(&Filter::default()).unwrap(), []);
}

#[test]
fn a_folder_that_is_none_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = History::open(&file).unwrap_err();
    assert!(error.to_string().contains(&file.display().to_string()), "{error}");
}

mod lines_alone {
    use super::*;

    #[test]
    fn a_torn_last_line_is_passed_over_and_cut_off_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(lines::Lines::ENDING);
        let mut history = lines::Lines::open(&file).unwrap();
        history.note_all(&[answer()]).unwrap();
        let whole = fs::read_to_string(&file).unwrap();
        history.note_all(&[failure()]).unwrap();
        let both = fs::read_to_string(&file).unwrap();
        for end in whole.len()..both.len() {
            fs::write(&file, &both[..end]).unwrap();
            let mut history = lines::Lines::open(&file).unwrap();
            assert_eq!(history.records(&Filter::default()).unwrap(), [(1, answer())]);
            assert_eq!(history.note_all(&[failure()]).unwrap(), 2);
            assert_eq!(fs::read_to_string(&file).unwrap(), both, "cut at {end}");
        }
    }

    #[test]
    fn a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(lines::Lines::ENDING);
        fs::write(&file, "{\"version\":2}\nsomething new\n").unwrap();
        let error = lines::Lines::open(&file).unwrap_err();
        assert!(matches!(error, HistoryError::Newer { found: 2, known: 1, .. }), "{error}");
    }
}

#[cfg(feature = "history")]
mod sqlite_alone {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn version_1_becomes_todays() {
        let folder = tempfile::tempdir().unwrap();
        let file = History::file(folder.path());
        let old = include_str!("../../../fixtures/history/version-1.sql");
        Connection::open(&file).unwrap().execute_batch(old).unwrap();
        let mut history = History::open(folder.path()).unwrap();
        assert_eq!(history.take_notice(), None);
        let records = history.records(&Filter::default()).unwrap();
        assert_eq!(records, [(7, answer()), (8, failure())]);
        assert_eq!(history.undelivered(0, 9).unwrap(), records);
        assert_eq!(history.note(&answer()).unwrap(), 9);
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_version_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = History::file(folder.path());
        let connection = Connection::open(&file).unwrap();
        let old = include_str!("../../../fixtures/history/version-1.sql");
        let taken = "CREATE TABLE record_undelivered (a)";
        connection.execute_batch(&format!("{old};{taken}")).unwrap();
        let error = History::open(folder.path()).unwrap_err();
        assert!(matches!(error, HistoryError::Failed { .. }), "{error}");
        let version: i64 =
            connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version, 1);
        assert!(connection.prepare("SELECT delivered FROM record").is_err());
    }

    #[test]
    fn a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = History::file(folder.path());
        drop(History::open(folder.path()).unwrap());
        Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let error = History::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("version 99"), "{error}");
        assert!(file.exists());
    }

    #[test]
    fn what_cannot_be_read_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::open(folder.path()).unwrap();
        history.note(&answer()).unwrap();
        history.note(&failure()).unwrap();
        let file = History::file(folder.path());
        let edit = "UPDATE record SET kind = 'wonderful' WHERE id = 1";
        Connection::open(file).unwrap().execute_batch(edit).unwrap();
        assert_eq!(history.records(&Filter::default()).unwrap(), [(2, failure())]);
    }

    #[test]
    fn damage_within_is_found_when_it_is_met() {
        let folder = tempfile::tempdir().unwrap();
        let file = History::file(folder.path());
        let mut history = History::open(folder.path()).unwrap();
        for _ in 0..50 {
            history.note(&answer()).unwrap();
        }
        drop(history);
        Connection::open(&file).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let mut octets = fs::read(&file).unwrap();
        octets[4096..].fill(0xA5);
        fs::write(&file, octets).unwrap();
        let mut history = History::open(folder.path()).unwrap();
        assert!(history.records(&Filter::default()).is_err());
        assert_eq!(history.note(&answer()).unwrap(), 1);
        assert!(history.take_notice().unwrap().contains("broken-1"));
        assert_eq!(history.records(&Filter::default()).unwrap(), [(1, answer())]);
    }

    #[test]
    fn the_log_of_many_short_runs_stays_short() {
        let folder = tempfile::tempdir().unwrap();
        let log = History::file(folder.path()).with_extension("db-wal");
        let mut longest = 0;
        for _ in 0..100 {
            History::open(folder.path()).unwrap().note(&answer()).unwrap();
            longest = longest.max(fs::metadata(&log).unwrap().len());
        }
        assert!(longest < 512 * 1024, "{longest}");
        let history = History::open(folder.path()).unwrap();
        assert_eq!(history.records(&Filter::default()).unwrap().len(), 100);
    }

    #[test]
    fn the_columns_are_for_people_too() {
        let folder = tempfile::tempdir().unwrap();
        History::open(folder.path()).unwrap().note(&answer()).unwrap();
        let connection = Connection::open(History::file(folder.path())).unwrap();
        let query = "SELECT time || ' ' || amount || ' ' || unit || ' ' || expires FROM record";
        let row: String = connection.query_row(query, [], |row| row.get(0)).unwrap();
        assert_eq!(row, "2026-11-22T10:00:00Z 12.340 EUR 2026-12-31");
    }
}
