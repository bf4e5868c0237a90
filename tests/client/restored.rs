//! Which profile is in use after a run, where the way back is barred, gone, or another card's.

use saldo::Error;
use saldo::euicc::State;
use saldo::ids::Pin;

use super::bench::{Bench, LIMIT, ask, code, named, run, scenario, stick};
use super::profiles::{Room, SWEPT, home, sweep};

/// The travel card with a profile that may not be disabled once it is in use.
const ONE_WAY: &str = "base = [\"esim-travel\"]\n[[euicc.profile]]\niccid = \"8933010000000000044\"\n\
                       nickname = \"OneWay\"\nimsi = \"208010000000047\"\npolicy = [\"no-disable\"]\n";

#[test]
fn a_sweep_leaves_out_a_profile_that_it_could_never_leave() {
    run(async {
        let room = Room::new(scenario(ONE_WAY));
        let mut modem = room.modem();
        let sweep = modem.begin_sweep().await.unwrap();
        let profiles = sweep.profiles();
        let one_way = profiles.iter().find(|profile| profile.nickname == "OneWay").unwrap();
        let error = sweep.obstacle(one_way).unwrap();
        assert!(error.to_string().contains("it could not be left again"), "{error}");
        assert!(sweep.obstacle(sweep.original()).is_none());
        let error = modem.visit(&sweep, one_way).await.unwrap_err();
        assert!(error.to_string().contains("it could not be left again"), "{error}");
        modem.close().await;
        assert_eq!(room.in_use().await, home());
    });
}

/// A sweep is killed while another profile than the first is in use.
async fn killed_away_from_home(room: &Room) {
    let mut modem = room.modem();
    let sweep = modem.begin_sweep().await.unwrap();
    modem.visit(&sweep, &sweep.profiles()[1]).await.unwrap();
    drop(modem); // not closed: nothing is put back
    room.port.kill();
}

/// The travel card and its modem after that.
async fn left_away_from_home() -> Room {
    let room = Room::new(named("esim-travel"));
    killed_away_from_home(&room).await;
    room
}

/// What a question says that is asked next, as an amount, or the class of its error.
async fn asked_next(room: &Room) -> String {
    let mut modem = room.modem();
    let said = match ask(&mut modem).await {
        Ok(balance) => balance.reading.main().map(|pot| pot.amount.to_string()),
        Err(error) => Some(error.class().to_owned()),
    };
    modem.close().await;
    said.unwrap_or_default()
}

fn has_told(room: &Room, words: &str) -> bool {
    room.told.borrow().iter().any(|told| told.contains(words))
}

/// The same modem with another removable eUICC in it.
fn another_card() -> Bench {
    scenario(
        "base = [\"esim-travel\"]\n[euicc]\neid = \"89033023000000000000000000067890\"\n\
         enabled = \"8932100000000000021\"\n",
    )
}

/// The same card at a dialogue with the modem, for as long as the first attempt takes.
fn busy_card() -> Bench {
    scenario(
        "base = [\"esim-travel\"]\n[euicc]\nenabled = \"8932100000000000021\"\ncat-busy = 16\n",
    )
}

#[test]
fn what_one_card_is_owed_waits_while_another_is_in_the_modem() {
    run(async {
        let room = left_away_from_home().await;
        let first = room.port.0.replace(another_card());
        assert_eq!(
            asked_next(&room).await,
            "8.50",
            "the profile in use there is its owner's choice"
        );
        assert!(has_told(&room, "another card than this one is owed"), "{:?}", room.told.borrow());
        assert!(!has_told(&room, "eSIM profile: it is put back") && !room.owes_nothing());
        assert_eq!(room.in_use().await.0, "Orange Belgium");
        killed_away_from_home(&room).await;
        assert_eq!(asked_next(&room).await, "8.50", "it is owed its own");
        assert!(!room.owes_nothing());
        room.port.0.replace(first);
        assert_eq!(asked_next(&room).await, "12.34");
        assert_eq!(room.in_use().await, home());
        assert!(room.owes_nothing());
    });
}

#[test]
fn a_card_that_lists_nothing_is_owed_its_profile_still() {
    run(async {
        let room = left_away_from_home().await;
        let first = room.port.0.replace(scenario("base = [\"_esim-empty\"]\n"));
        asked_next(&room).await;
        assert!(has_told(&room, "the card lists no profile") && !room.owes_nothing());
        room.port.0.replace(first);
        assert_eq!(asked_next(&room).await, "12.34");
        assert!(room.owes_nothing());
    });
}

#[test]
fn a_profile_that_was_deleted_is_owed_no_more() {
    run(async {
        let room = left_away_from_home().await;
        room.port.0.replace(scenario(
            "base = [\"_esim-empty\"]\n[euicc]\nenabled = \"8933010000000000044\"\n[[euicc.profile]]\n\
             iccid = \"8933010000000000044\"\nimsi = \"208010000000047\"\n",
        ));
        asked_next(&room).await;
        assert!(has_told(&room, "no longer on this card") && room.owes_nothing());
    });
}

/// It came after the debt was written down: nothing can be paid any more.
#[test]
fn a_profile_that_may_not_be_disabled_ends_what_is_owed() {
    run(async {
        let room = left_away_from_home().await;
        room.port
            .0
            .replace(scenario(&format!("{ONE_WAY}[euicc]\nenabled = \"8933010000000000044\"\n")));
        asked_next(&room).await;
        assert!(has_told(&room, "(PPR1) forbids that the one before") && room.owes_nothing());
        assert_eq!(room.in_use().await.0, "OneWay");
    });
}

#[test]
fn nothing_is_asked_of_a_profile_that_the_owner_did_not_choose() {
    run(async {
        let room = left_away_from_home().await;
        room.port.0.replace(busy_card());
        let mut modem = room.modem();
        let error = ask(&mut modem).await.unwrap_err();
        assert!(matches!(error, Error::Sim { .. }), "{error}");
        assert!(error.to_string().contains("the one before does not come back"), "{error}");
        assert!(error.hint().unwrap().contains("saldo esim list"));
        let code = code("#123#");
        assert!(matches!(modem.ussd(&code, LIMIT, true).await, Err(Error::Sim { .. })));
        let pin = async |_| -> Result<Pin, Error> { panic!("a PIN was asked for") };
        assert!(matches!(modem.unlock(pin).await, Err(Error::Sim { .. })));
        assert!(matches!(modem.begin_sweep().await, Err(Error::Sim { .. })));
        assert_eq!(room.port.0.borrow().requests(), Vec::<String>::new());
        assert_eq!(modem.profiles().await.unwrap().len(), 4, "what the way out needs is told");
        modem.close().await;
        assert_eq!(room.in_use().await, home(), "it was tried once more");
        assert!(room.owes_nothing());
    });
}

#[test]
fn what_the_owner_enables_after_that_is_asked() {
    run(async {
        let room = left_away_from_home().await;
        room.port.0.replace(busy_card());
        let mut modem = room.modem();
        let voyage = modem.profiles().await.unwrap().remove(2);
        modem.enable_profile(&voyage).await.unwrap();
        assert!(ask(&mut modem).await.is_ok());
        modem.close().await;
        assert_eq!(room.in_use().await.0, "Voyage");
        assert!(room.owes_nothing());
    });
}

#[test]
fn a_modem_without_an_imei_is_told_of_while_anything_is_owed() {
    run(async {
        let room = left_away_from_home().await;
        room.port.0.replace(stick("[identity]\nimei = \"000000000000000\"\n"));
        assert_eq!(asked_next(&room).await, "12.34");
        assert!(has_told(&room, "the modem tells no IMEI of its own"), "{:?}", room.told.borrow());
        assert!(!room.owes_nothing());
    });
}

const HOME: &str = "8932020000000000010";
const AWAY: &str = "8932100000000000021";
const PIN: &str = "pin = \"1234\"\n";

/// Two profiles, each with rows of its own, and which of them is in use.
fn two_profiles(enabled: &str, home: &str, away: &str) -> Bench {
    scenario(&format!(
        "base = [\"_esim-empty\"]\n[euicc]\nenabled = \"{enabled}\"\n\
         [[euicc.profile]]\niccid = \"{HOME}\"\nimsi = \"206010000000013\"\n{home}\
         [[euicc.profile]]\niccid = \"{AWAY}\"\nimsi = \"206100000000027\"\n{away}"
    ))
}

/// What the modem says first it says of the SIM that a killed run left in use.
#[test]
fn the_sim_is_looked_at_after_it_was_put_back() {
    run(async {
        for (original, left, expected) in [(PIN, "", Some(true)), ("", PIN, Some(false))] {
            let room = Room::new(named("esim-travel"));
            killed_away_from_home(&room).await;
            let killed = two_profiles(AWAY, original, left);
            room.port.0.replace(killed);
            let mut modem = room.modem();
            let unlocked = modem.unlock(async |_| Ok(Pin::parse("1234").unwrap())).await;
            assert_eq!(unlocked.ok(), expected, "{:?}", room.told.borrow());
            modem.close().await;
            assert_eq!(room.in_use().await.1, "206010000000013");
            assert!(room.owes_nothing());
        }
    });
}

/// A modem that answers so to every question for the ICCID.
fn with_iccid_rows(enabled: &str, answer: &str) -> Bench {
    let rows = ["AT+QCCID", "AT+CCID", "AT+CRSM=176,12258,0,0,10"]
        .map(|command| format!("[[row]]\ncommand = \"{command}\"\n{answer}\n"));
    let enabled = format!("[euicc]\nenabled = \"{enabled}\"\n");
    scenario(&format!("base = [\"esim-travel\"]\n{enabled}{}", rows.concat()))
}

/// Nobody was asked: there is no other profile that the sweep would enable.
#[test]
fn a_sweep_restarts_nothing_for_the_profile_that_is_in_use() {
    run(async {
        let room = Room::new(with_iccid_rows(HOME, "error = 0"));
        let mut modem = room.modem();
        let sweep = modem.begin_sweep().await.unwrap();
        modem.visit(&sweep, sweep.original()).await.unwrap();
        modem.end_sweep(&sweep).await.unwrap();
        modem.close().await;
        let commands = room.port.0.borrow().commands();
        assert!(!commands.iter().any(|line| line.contains("+CFUN=")), "{commands:?}");
        assert!(room.owes_nothing());
    });
}

#[test]
fn whose_pin_is_wanted_is_said_of_the_profile_that_wants_it() {
    run(async {
        for (first, is_told) in [("", false), (PIN, true)] {
            let room = Room::new(two_profiles(HOME, first, PIN));
            let mut modem = room.modem();
            let wanted = modem.profiles().await.unwrap().remove(1);
            let error = modem.enable_profile(&wanted).await.unwrap_err();
            assert!(error.to_string().contains("so the one before is in use again"), "{error}");
            assert!(!error.hint().unwrap().contains("sim unlock"));
            modem.close().await;
            assert_eq!(room.profiles().await[0].state, State::Enabled);
            assert_eq!(has_told(&room, "is back, and wants its PIN"), is_told);
            assert!(!has_told(&room, "could not be enabled again") && room.owes_nothing());
        }
        let room = Room::new(two_profiles(HOME, "", PIN));
        let mut modem = room.modem();
        let sweep = modem.begin_sweep().await.unwrap();
        let error = modem.visit(&sweep, &sweep.profiles()[1]).await.unwrap_err();
        assert!(error.to_string().contains("the profile wants its PIN"), "{error}");
        modem.end_sweep(&sweep).await.unwrap();
        modem.close().await;
        assert_eq!(room.profiles().await[0].state, State::Enabled);
    });
}

#[test]
fn a_modem_that_tells_no_iccid_is_swept_and_put_back() {
    run(async {
        let room = Room::new(with_iccid_rows(HOME, "error = 0"));
        let mut modem = room.modem();
        let found = sweep(&mut modem).await;
        assert_eq!(found.unwrap(), SWEPT);
        modem.close().await;
        assert!(room.owes_nothing());
        killed_away_from_home(&room).await;
        assert_eq!(asked_next(&room).await, "12.34");
        assert!(room.owes_nothing());
        assert_eq!(room.in_use().await, home());
    });
}

#[test]
fn an_iccid_without_its_check_digit_is_the_one_that_is_owed() {
    run(async {
        let room = left_away_from_home().await;
        room.port.0.replace(with_iccid_rows(AWAY, "says = [\"893202000000000001\"]"));
        assert_eq!(asked_next(&room).await, "12.34");
        assert_eq!(room.in_use().await, home());
        assert!(room.owes_nothing());
        room.port.0.borrow_mut().sim.modem().take_card_log();
        assert_eq!(asked_next(&room).await, "12.34");
        assert_eq!(room.port.0.borrow_mut().sim.modem().take_card_log(), Vec::<String>::new());
    });
}
