//! Profiles of an eSIM: one after another, back to the first, and back to it also after a kill at any moment.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use saldo::Error;
use saldo::client::{Modem, Reopen, Sweep};
use saldo::euicc::{Profile, State};
use saldo::ids::Imei;
use saldo::operators::Operators;
use saldo::port::Line;
use saldo::store::Journal;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, timeout};

use super::bench::{Bench, named, question, run, scenario};

/// A modem that outlives whoever talks to it.
#[derive(Clone)]
pub(super) struct Shared(pub(super) Rc<RefCell<Bench>>);

impl Shared {
    fn with<T>(&mut self, work: impl FnOnce(Pin<&mut Bench>) -> T) -> T {
        work(Pin::new(&mut self.0.borrow_mut()))
    }

    /// What the next run finds behind one that was killed.
    pub(super) fn kill(&self) {
        let mut bench = self.0.borrow_mut();
        bench.left_behind = Some(bench.noted.take());
    }
}

impl Line for Shared {
    fn name(&self) -> String {
        "the bench".into()
    }

    fn note_restore(&mut self, commands: &[String]) {
        self.0.borrow_mut().note_restore(commands);
    }

    fn take_left_behind(&mut self) -> Option<Vec<String>> {
        self.0.borrow_mut().take_left_behind()
    }
}

impl AsyncRead for Shared {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|bench| bench.poll_read(cx, buf))
    }
}

impl AsyncWrite for Shared {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|bench| bench.poll_write(cx, octets))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|bench| bench.poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|bench| bench.poll_shutdown(cx))
    }
}

/// The same modem whenever it is looked for.
impl Reopen<Shared> for Shared {
    fn note_place(&self, _: Option<&Imei>) {}

    fn nowhere(&self) -> Shared {
        self.clone()
    }

    fn reopen(&self) -> Pin<Box<dyn Future<Output = Result<Shared, Error>> + '_>> {
        Box::pin(async { Ok(self.clone()) })
    }
}

/// A modem with a card, and the journal of one machine.
pub(super) struct Room {
    folder: TempDir,
    pub(super) port: Shared,
    pub(super) told: Rc<RefCell<Vec<String>>>,
}

impl Room {
    pub(super) fn new(bench: Bench) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, port: Shared(Rc::new(RefCell::new(bench))), told: Rc::default() }
    }

    pub(super) fn modem(&self) -> Modem<Shared> {
        let told = self.told.clone();
        Modem::new(self.port.clone())
            .with_journal(Journal::new(self.folder.path().join("journal")))
            .telling(move |text| told.borrow_mut().push(text.into()))
            .reopening(self.port.clone())
    }

    pub(super) fn owes_nothing(&self) -> bool {
        Journal::new(self.folder.path().join("journal")).is_empty()
    }

    pub(super) async fn profiles(&self) -> Vec<Profile> {
        let mut modem = self.modem();
        let profiles = modem.profiles().await.unwrap();
        modem.close().await;
        profiles
    }

    /// Nickname or provider of the profile in use, and the IMSI that the modem reads.
    pub(super) async fn in_use(&self) -> (String, String) {
        let profiles = self.profiles().await;
        let enabled = profiles.iter().filter(|profile| profile.state == State::Enabled);
        let names: Vec<_> = enabled.map(name).collect();
        let mut modem = self.modem();
        let imsi = modem.sim().await.unwrap().imsi.as_ref().map(|imsi| imsi.expose().to_owned());
        modem.close().await;
        (names.join("+"), imsi.unwrap_or_default())
    }
}

pub(super) fn name(profile: &Profile) -> String {
    let names = [&profile.nickname, &profile.provider];
    names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default()
}

pub(super) fn home() -> (String, String) {
    ("Maison".into(), "206010000000013".into())
}

pub(super) async fn sweep(modem: &mut Modem<Shared>) -> Result<Vec<String>, Error> {
    let operators = Operators::built_in();
    let sweep: Sweep = modem.begin_sweep().await?;
    let mut found = Vec::new();
    for profile in sweep.profiles() {
        let asked = async {
            modem.visit(&sweep, &profile).await?;
            let plan = modem.plan(&question(), &operators).await?;
            modem.ask_balance(plan, &question(), Instant::now().into_std()).await
        };
        let said = match asked.await {
            Ok(balance) => balance.reading.main().map(|pot| pot.amount.to_string()),
            Err(error) => Some(error.class().to_owned()),
        };
        found.push(format!("{}: {}", name(&profile), said.unwrap_or_default()));
    }
    modem.end_sweep(&sweep).await?;
    Ok(found)
}

pub(super) const SWEPT: [&str; 4] =
    ["Maison: 12.34", "Orange Belgium: 8.50", "Voyage: 17.20", "Transatel: network"];

#[test]
fn every_profile_answers_for_itself_and_the_first_is_in_use_again() {
    run(async {
        let room = Room::new(named("esim-travel"));
        let mut modem = room.modem();
        assert_eq!(sweep(&mut modem).await.unwrap(), SWEPT);
        modem.close().await;
        assert_eq!(room.in_use().await, home());
        assert!(room.owes_nothing());
    });
}

#[test]
fn cards_and_modems_that_depart_from_the_standard_are_swept_too() {
    run(async {
        for name in
            ["_esim-busy", "_esim-eastcompeace", "_esim-eg916q", "_esim-noisy", "esim-csim-only"]
        {
            let room = Room::new(named(name));
            let before = room.in_use().await;
            let mut modem = room.modem();
            let found = sweep(&mut modem).await;
            assert!(found.as_ref().is_ok_and(|found| found.len() > 1), "{name}: {found:?}");
            modem.close().await;
            assert_eq!(room.in_use().await, before, "{name}");
            assert!(room.owes_nothing(), "{name}: {:?}", room.told.borrow());
        }
    });
}

/// It takes a switch and has forgotten it after the restart.
#[test]
fn a_card_that_forgets_is_told_and_stays_with_its_profile() {
    run(async {
        let room = Room::new(named("_esim-forgets"));
        let before = room.in_use().await;
        let wanted = room.profiles().await.into_iter().find(|one| one.state == State::Disabled);
        let mut modem = room.modem();
        let error = modem.enable_profile(&wanted.unwrap()).await.unwrap_err();
        assert!(error.to_string().contains("does not see it"), "{error}");
        modem.close().await;
        assert_eq!(room.in_use().await, before);
        assert!(room.owes_nothing());
    });
}

#[test]
fn another_card_in_the_modem_is_asked_as_ever() {
    run(async {
        let room = Room::new(named("esim-travel"));
        let mut modem = room.modem();
        let work = sweep(&mut modem);
        assert!(timeout(Duration::from_millis(150), work).await.is_err(), "it is in the middle");
        drop(modem);
        let plain = "base = [\"be-proximus\"]\n[identity]\nmanufacturer = \"Quectel\"\nmodel = \"EG25\"\n\
                     imei = \"861475050000001\"\n";
        room.port.0.replace(scenario(plain));
        let mut next = room.modem();
        assert!(next.plan(&question(), &Operators::built_in()).await.is_ok());
        next.close().await;
        assert!(!room.owes_nothing(), "it is still owed to the card that was there");
    });
}

#[test]
fn a_profile_is_enabled_and_stays_so() {
    run(async {
        let room = Room::new(named("esim-travel"));
        let wanted = room.profiles().await.remove(2);
        let mut modem = room.modem();
        modem.enable_profile(&wanted).await.unwrap();
        modem.close().await;
        assert_eq!(room.in_use().await, ("Voyage".into(), "208010000000039".into()));
        assert!(room.owes_nothing());
    });
}

#[test]
fn what_no_network_takes_is_undone() {
    run(async {
        let room = Room::new(scenario(
            "base = [\"esim-travel\"]\n[[euicc.profile]]\niccid = \"8933010000000000044\"\n\
             nickname = \"Unpaid\"\nimsi = \"208010000000047\"\n\
             network = { plmn = \"20601\", act = 7, creg = 3, cereg = 3 }\n",
        ));
        let profiles = room.profiles().await;
        let wanted = profiles.iter().find(|profile| profile.nickname == "Unpaid").unwrap();
        let mut modem = room.modem();
        let error = modem.enable_profile(wanted).await.unwrap_err();
        assert!(error.to_string().contains("denied"), "{error}");
        modem.close().await;
        assert_eq!(room.in_use().await, home());
    });
}

/// The list that tells whether the switch worked is asked of a card that is starting: busy (14), or not
/// there at all (10). One that was reset because it was busy with the modem is starting as well.
#[test]
fn a_card_that_starts_is_waited_for() {
    let refuses = "refuses = [\"iccid\", \"aid\", \"aid-refresh\"]"; // there is no second way
    let busy = format!("[euicc]\ncat-busy = 3\n{refuses}\n[apdu]");
    for cause in ["[apdu]\nloses-answer = true", &busy] {
        for code in [10, 14] {
            run(async {
                let rows = format!(
                    "base = [\"esim-travel\"]\n{cause}\nreading = {code}\nreads-ms = 4000\n"
                );
                let room = Room::new(scenario(&rows));
                let wanted = room.profiles().await.remove(2);
                let mut modem = room.modem();
                let enabled = modem.enable_profile(&wanted).await;
                assert!(enabled.is_ok(), "{cause} {code}: {enabled:?}");
                modem.close().await;
                assert_eq!(room.in_use().await.0, "Voyage");
                assert!(room.owes_nothing());
            });
        }
    }
}

/// What is not known is not "enabled": the debt would be forgiven for a modem that is nowhere.
#[test]
fn a_modem_that_tells_nothing_of_a_network_is_on_none() {
    for (lacks, served) in
        [("\"+CREG\", \"+CEREG\", \"+COPS\"", false), ("\"+CREG\", \"+CEREG\"", true)]
    {
        run(async {
            let rows = format!("base = [\"esim-travel\"]\nlacks = [{lacks}]\n");
            let room = Room::new(scenario(&rows));
            let wanted = room.profiles().await.remove(2);
            let mut modem = room.modem();
            let enabled = modem.enable_profile(&wanted).await;
            modem.close().await;
            assert_eq!(enabled.is_ok(), served, "{lacks}: {enabled:?}");
            if let Err(error) = enabled {
                assert!(error.to_string().contains("does not say"), "{error}");
                assert_eq!(room.in_use().await, home());
            }
            assert!(room.owes_nothing());
        });
    }
}

/// A run is dropped where it stands, and the next one is any question to that modem.
async fn killed(room: &Room, at: impl AsyncFnOnce(Pin<&mut dyn Future<Output = ()>>)) {
    let mut modem = room.modem();
    let mut work = Box::pin(async {
        let _ = sweep(&mut modem).await;
    });
    at(work.as_mut()).await;
    drop(work);
    drop(modem); // not closed: nothing is put back
    room.port.kill();
    let mut next = room.modem();
    let _ = next.plan(&question(), &Operators::built_in()).await;
    next.close().await;
    assert!(room.owes_nothing(), "{:?}", room.told.borrow());
    assert_eq!(room.in_use().await, home());
}

#[test]
fn the_original_profile_is_back_after_a_kill_between_any_two_lines() {
    run(async {
        let whole = Room::new(named("esim-travel"));
        let mut modem = whole.modem();
        sweep(&mut modem).await.unwrap();
        let lines = whole.port.0.borrow().commands().len();
        assert!(lines > 60, "{lines}");
        for count in 0..lines {
            let room = Room::new(named("esim-travel"));
            let port = room.port.clone();
            let until = async move |mut work: Pin<&mut dyn Future<Output = ()>>| {
                std::future::poll_fn(|cx| {
                    let is_over = work.as_mut().poll(cx).is_ready();
                    let is_sent = port.0.borrow().commands().len() >= count;
                    if is_over || is_sent { Poll::Ready(()) } else { Poll::Pending }
                })
                .await;
            };
            killed(&room, until).await;
        }
    });
}

#[test]
fn the_original_profile_is_back_after_a_kill_at_any_moment() {
    run(async {
        for seed in 0..500_u64 {
            let room = Room::new(named("esim-travel"));
            // A sweep takes about a second of the simulated clock.
            let after = Duration::from_micros(seed * 2417 % 1_200_000);
            killed(&room, async |work| drop(timeout(after, work).await)).await;
        }
    });
}
