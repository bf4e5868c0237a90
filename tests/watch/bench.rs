//! A watch in this process: simulated modems, a clock that the test drives, a history in a folder of its own.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use saldo::Error;
use saldo::client::{self, Balance, KeepIccid, Question};
use saldo::daemon::config::{Alert, Modem, ModemTable, Tables, Watch};
use saldo::daemon::{Asked, Board, Clock, Config, Control, Daemon, Host, Level, Parts};
use saldo::operators::Operators;
use saldo::port::SimPort;
use saldo::sim;
use saldo::store::{Filter, History};
use saldo::watch::Record;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::sync::mpsc::UnboundedReceiver;

/// What comes of a question.
pub(crate) enum Reply {
    /// A simulated modem answers with this text.
    Says(String),
    /// It fails, before or after the request was on air.
    Fails { on_air: bool },
    /// No end.
    Never,
}

pub(crate) type Replies = Box<dyn Fn(&str, Timestamp) -> Reply>;

/// Simulated modems, and all that was asked of them.
pub(crate) struct Modems {
    pub(crate) replies: Replies,
    pub(crate) clock: Clock,
    pub(crate) asked: Rc<RefCell<Vec<(String, Timestamp)>>>,
    pub(crate) logged: Rc<RefCell<Vec<String>>>,
    pub(crate) messages: Rc<RefCell<Vec<String>>>,
    pub(crate) config: Rc<RefCell<String>>,
    pub(crate) control: Rc<Control>,
    pub(crate) operators: Operators,
}

impl Host for Modems {
    async fn ask(&self, modem: &Modem, _may_unlock: bool) -> Asked {
        self.asked.borrow_mut().push((modem.name.clone(), self.clock.now()));
        let mut asked = Asked {
            outcome: Err(Error::Unplugged { port: modem.name.clone() }),
            sim: Default::default(),
            port: None,
            radio: None,
            was_on_air: true,
            pin_refused: false,
        };
        match (self.replies)(&modem.name, self.clock.now()) {
            Reply::Says(text) => {
                (asked.outcome, asked.sim) = says(&text, &self.operators).await;
            }
            Reply::Fails { on_air } => {
                let message = "not today".into();
                asked.outcome = Err(Error::Network { message, hint: None });
                asked.was_on_air = on_air;
            }
            Reply::Never => asked.outcome = Err(self.control.ended().await),
        }
        asked
    }

    async fn write_message(&self, modem: &Modem, to: &str, text: &str) -> Result<(), Error> {
        self.messages.borrow_mut().push(format!("{} to {to}: {text}", modem.name));
        Ok(())
    }

    fn operator_name(&self, id: &str) -> Option<String> {
        self.operators.by_id(id).map(|operator| operator.name)
    }

    fn log(&self, level: Level, text: &str) {
        self.logged.borrow_mut().push(format!("{level:?} {text}"));
    }

    fn reload(&self) -> Result<Config, Error> {
        read(&self.config.borrow()).map_err(|message| Error::Usage { message, hint: None })
    }
}

/// Puts the question to a simulated modem whose operator says `text`.
async fn says(
    text: &str,
    operators: &Operators,
) -> (Result<Balance, Error>, saldo::operators::SimFacts) {
    let rows = format!("base = [\"be-proximus\"]\n[[code]]\nask = \"#121#\"\ntext = \"{text}\"\n");
    let modem = sim::Modem::from_text("test", &rows).unwrap();
    let mut modem = client::Modem::new(SimPort::new(modem));
    let question = Question {
        code: None,
        operator: None,
        answers: Vec::new(),
        wait_for_message: true,
        may_cost: false,
        fallback: false,
        limit: Duration::from_secs(45),
        all_facts: true,
    };
    let plan = modem.plan(&question, operators).await.unwrap();
    let balance = modem.ask_balance(plan, &question, Instant::now()).await;
    let facts = modem.known_sim().clone();
    modem.close().await;
    (balance, facts)
}

/// The tables as `config.toml` has them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    watch: Watch,
    #[serde(default)]
    modem: Vec<ModemTable>,
    #[serde(default)]
    alert: Alert,
}

pub(crate) fn read(toml: &str) -> Result<Config, String> {
    let file: File = toml::from_str(toml).map_err(|error| error.message().to_owned())?;
    let (watch, modem, alert) = (file.watch, file.modem, file.alert);
    Config::new(Tables { watch, modem, alert, ..Tables::default() })
}

/// What outlives a run, and what the test sees.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) asked: Rc<RefCell<Vec<(String, Timestamp)>>>,
    pub(crate) logged: Rc<RefCell<Vec<String>>>,
    pub(crate) messages: Rc<RefCell<Vec<String>>>,
    pub(crate) config: Rc<RefCell<String>>,
    /// By how much somebody has set the clock.
    pub(crate) offset: Rc<Cell<SignedDuration>>,
    pub(crate) clock: Clock,
}

pub(crate) const START: &str = "2026-11-22T10:00:00Z";

impl Bench {
    /// In a folder where syncing costs nothing, if there is one.
    pub(crate) fn new(config: &str) -> Self {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let offset = Rc::new(Cell::new(SignedDuration::ZERO));
        let (started, start) = (tokio::time::Instant::now(), START.parse::<Timestamp>().unwrap());
        let set = Rc::clone(&offset);
        let now = move || start + started.elapsed() + set.get();
        Self {
            folder: TempDir::new_in(place).unwrap(),
            asked: Rc::default(),
            logged: Rc::default(),
            messages: Rc::default(),
            config: Rc::new(RefCell::new(config.to_owned())),
            offset,
            clock: Clock::new(now, TimeZone::UTC),
        }
    }

    /// A watch that begins now, as after a restart.
    pub(crate) fn start(&self, replies: impl Fn(&str, Timestamp) -> Reply + 'static) -> Run {
        let (board, wishes) = Board::new();
        let control = Rc::<Control>::default();
        let host = Modems {
            replies: Box::new(replies),
            clock: self.clock.clone(),
            asked: Rc::clone(&self.asked),
            logged: Rc::clone(&self.logged),
            messages: Rc::clone(&self.messages),
            config: Rc::clone(&self.config),
            control: Rc::clone(&control),
            operators: Operators::default(),
        };
        let config = read(&self.config.borrow()).unwrap();
        let parts = Parts {
            host,
            clock: self.clock.clone(),
            board: board.clone(),
            history: Rc::new(RefCell::new(History::open(self.folder.path()).unwrap())),
            keep: KeepIccid::Plain,
            control: Rc::clone(&control),
        };
        Run { daemon: Daemon::new(parts, &config), config, wishes, board, control }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How long after the start each question was put, in minutes.
    pub(crate) fn minutes(&self) -> Vec<i64> {
        let start: Timestamp = START.parse().unwrap();
        let since = |time: &Timestamp| time.duration_since(start).as_mins();
        self.asked.borrow().iter().map(|(_, time)| since(time)).collect()
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        let history = History::open(self.folder.path()).unwrap();
        let records = history.records(&Filter::default()).unwrap();
        records.into_iter().map(|(_, record)| record).collect()
    }
}

/// One life of the watch.
pub(crate) struct Run {
    pub(crate) daemon: Rc<Daemon<Modems>>,
    pub(crate) config: Config,
    pub(crate) wishes: UnboundedReceiver<String>,
    pub(crate) board: Board,
    pub(crate) control: Rc<Control>,
}

impl Run {
    /// Watches while the test does something else, then ends as SIGTERM ends it.
    pub(crate) async fn beside<T>(self, work: impl AsyncFnOnce(&Board, &Control) -> T) -> T {
        let (board, control) = (self.board.clone(), Rc::clone(&self.control));
        let work = async {
            let done = work(&board, &control).await;
            control.end(15);
            done
        };
        let (ended, done) = tokio::join!(self.daemon.watch(self.config, self.wishes), work);
        assert!(matches!(ended, Err(Error::Interrupted { signal: 15 })), "{ended:?}");
        done
    }

    /// Watches for so long, then is killed: nothing is said goodbye to.
    pub(crate) async fn killed_after(self, minutes: u64) {
        let life = self.daemon.watch(self.config, self.wishes);
        let _ = tokio::time::timeout(Duration::from_secs(60 * minutes), life).await;
    }
}

/// On a paused clock, so that a day is over in no time.
pub(crate) fn paused<T>(work: impl Future<Output = T>) -> T {
    let builder = &mut tokio::runtime::Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().unwrap().block_on(work)
}

pub(crate) async fn minutes(minutes: u64) {
    tokio::time::sleep(Duration::from_secs(60 * minutes)).await;
}

pub(crate) fn euros(amount: &str) -> Reply {
    Reply::Says(format!("Uw krediet bedraagt {amount} EUR. Geldig tot 31/12/2026."))
}
