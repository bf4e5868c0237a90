//! A schedule as the configuration words it.

use std::time::Duration;

use jiff::civil::Time;
use serde::Deserialize;

use super::super::duration::{NotADuration, duration};
use super::{NotCron, Quiet, Schedule};

/// The fields of a [`Schedule`] as they are written, for one modem or for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScheduleWords {
    /// `6h` after the last question.
    pub every: Option<String>,
    /// Up to `10m` later.
    pub jitter: Option<String>,
    /// `07:30` of each day.
    #[serde(default)]
    pub at: Vec<String>,
    /// `30 7 * * mon-fri`.
    pub cron: Option<String>,
    /// `2m` after the program has started.
    pub after_boot: Option<String>,
    /// Not between `22:00-07:00`.
    pub quiet: Option<String>,
    /// The most questions on a day of the place.
    pub per_day: Option<u32>,
}

impl ScheduleWords {
    /// What a modem says of itself, over what holds for all. Its own `every`, `at` or `cron` takes the place of all three.
    pub fn over(self, all: &Self) -> Self {
        let when = if self.says_when() { &self } else { all };
        Self {
            every: when.every.clone(),
            at: when.at.clone(),
            cron: when.cron.clone(),
            jitter: self.jitter.or_else(|| all.jitter.clone()),
            after_boot: self.after_boot.or_else(|| all.after_boot.clone()),
            quiet: self.quiet.or_else(|| all.quiet.clone()),
            per_day: self.per_day.or(all.per_day),
        }
    }

    fn says_when(&self) -> bool {
        self.every.is_some() || !self.at.is_empty() || self.cron.is_some()
    }
}

/// What is wrong with a schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotASchedule {
    /// A length of time cannot be read.
    #[error(transparent)]
    Duration(#[from] NotADuration),
    /// The cron line cannot be read.
    #[error("cron = {0}")]
    Cron(#[from] NotCron),
    /// It would ask without end.
    #[error("every = `{0}`: expected 1m or longer")]
    Every(String),
    /// Jitter of a day would mix the days up.
    #[error("jitter = `{0}`: expected 12h or less")]
    Jitter(String),
    /// No time of a day.
    #[error("`{0}` is no time of a day: expected hours and minutes, such as 07:30")]
    Time(String),
    /// No hours to be quiet in.
    #[error("quiet = `{0}`: expected two times that differ, such as 22:00-07:00")]
    Quiet(String),
    /// It would never ask.
    #[error("per-day = 0 would never ask: expected 1 or more")]
    PerDay,
}

impl TryFrom<ScheduleWords> for Schedule {
    type Error = NotASchedule;

    fn try_from(words: ScheduleWords) -> Result<Self, NotASchedule> {
        let length = |text: &Option<String>| text.as_deref().map(duration).transpose();
        let is_usual = !words.says_when();
        let usual = Self::default();
        let schedule = Self {
            every: length(&words.every)?.or(usual.every.filter(|_| is_usual)),
            jitter: length(&words.jitter)?.unwrap_or(if is_usual {
                usual.jitter
            } else {
                Duration::ZERO
            }),
            at: words.at.iter().map(|text| time(text)).collect::<Result<_, _>>()?,
            cron: words.cron.as_deref().map(str::parse).transpose()?,
            after_boot: length(&words.after_boot)?,
            quiet: words.quiet.as_deref().map(quiet).transpose()?,
            per_day: words.per_day,
        };
        if schedule.every.is_some_and(|every| every < super::MINUTE) {
            return Err(NotASchedule::Every(words.every.unwrap_or_default()));
        }
        if schedule.jitter > HALF_A_DAY {
            return Err(NotASchedule::Jitter(words.jitter.unwrap_or_default()));
        }
        if schedule.per_day == Some(0) {
            return Err(NotASchedule::PerDay);
        }
        Ok(schedule)
    }
}

fn time(text: &str) -> Result<Time, NotASchedule> {
    let number = |text: &str| {
        let is_number = matches!(text.len(), 1 | 2) && text.bytes().all(|c| c.is_ascii_digit());
        text.parse::<i8>().ok().filter(|_| is_number)
    };
    let (hour, minute) = text.trim().split_once(':').unwrap_or_default();
    let fields = number(hour).zip(number(minute).filter(|_| minute.len() == 2));
    let time = fields.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.ok_or_else(|| NotASchedule::Time(text.to_owned()))
}

fn quiet(text: &str) -> Result<Quiet, NotASchedule> {
    let wrong = || NotASchedule::Quiet(text.to_owned());
    let (from, to) = text.split_once('-').ok_or_else(wrong)?;
    let quiet = Quiet { from: time(from)?, to: time(to)? };
    if quiet.from == quiet.to { Err(wrong()) } else { Ok(quiet) }
}

const HALF_A_DAY: Duration = Duration::from_secs(12 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn words_that_are_refused() {
        for (toml, expected) in [
            ("every = '6'",               "`6` is no length of time: expected a number with s, m, h or d, such as 90s, 15m, 6h or 2d"),
            ("every = '59s'",             "every = `59s`: expected 1m or longer"),
            ("jitter = '13h'",            "jitter = `13h`: expected 12h or less"),
            ("at = ['7.30']",             "`7.30` is no time of a day: expected hours and minutes, such as 07:30"),
            ("at = ['24:00']",            "`24:00` is no time of a day: expected hours and minutes, such as 07:30"),
            ("at = ['7:3']",              "`7:3` is no time of a day: expected hours and minutes, such as 07:30"),
            ("at = ['07:30:00']",         "`07:30:00` is no time of a day: expected hours and minutes, such as 07:30"),
            ("at = ['+7:30']",            "`+7:30` is no time of a day: expected hours and minutes, such as 07:30"),
            ("quiet = '22:00'",           "quiet = `22:00`: expected two times that differ, such as 22:00-07:00"),
            ("quiet = '22:00-22:00'",     "quiet = `22:00-22:00`: expected two times that differ, such as 22:00-07:00"),
            ("cron = '0 7 * *'",          "cron = `0 7 * *`: expected five fields, minute, hour, day of month, month and day of week, as in 30 7 * * mon-fri"),
            ("per-day = 0",               "per-day = 0 would never ask: expected 1 or more"),
            ("after_boot = '2m'",         "unknown field `after_boot`, expected one of `every`, `jitter`, `at`, `cron`, `after-boot`, `quiet`, `per-day`"),
        ] {
            let error = toml::from_str::<Schedule>(toml).unwrap_err();
            assert_eq!(error.message(), expected, "{toml}");
        }
    }

    #[test]
    fn a_modem_says_more_than_all() {
        let words = |toml: &str| toml::from_str::<ScheduleWords>(toml).unwrap();
        let all = words("every = '6h'\njitter = '10m'\nper-day = 8\nquiet = '22:00-07:00'");
        assert_eq!(words("").over(&all), all);
        let own = words("at = ['12:00']\nper-day = 2").over(&all);
        assert_eq!(
            own,
            words("at = ['12:00']\njitter = '10m'\nper-day = 2\nquiet = '22:00-07:00'")
        );
    }

    #[test]
    fn nothing_said_is_every_six_hours() {
        assert_eq!(toml::from_str::<Schedule>("").unwrap(), Schedule::default());
        let quiet = toml::from_str::<Schedule>("quiet = '1:00-2:00'").unwrap();
        assert_eq!(quiet.every, Schedule::default().every);
        assert_eq!(toml::from_str::<Schedule>("at = ['7:30']").unwrap().every, None);
    }
}
