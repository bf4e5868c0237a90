//! The balance over time on a terminal, in the dots of braille letters: no colour is needed.

use std::io;

use crate::Error;
use crate::watch::Record;
use crate::watch::chart::{Series, decimals, ticks};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustix::termios::tcgetwinsize;

use super::outlook;
use crate::cli::out;

/// Lines of the drawing; each has four dots.
const LINES: usize = 12;

pub(super) fn print(records: &[(i64, Record)], now: Timestamp) -> Result<(), Error> {
    let account = super::only_account(records)?;
    let series = Series::new(&account);
    if series.points.is_empty() {
        return out::line("no balance is known yet");
    }
    drawing(&series, now, width()).into_iter().try_for_each(out::line)?;
    outlook::lines(records, now).into_iter().try_for_each(out::line)
}

/// Of the terminal; 80 where there is none.
fn width() -> usize {
    let columns = tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
    let named = || std::env::var("COLUMNS").ok()?.parse().ok();
    columns.filter(|columns| *columns > 0).or_else(named).unwrap_or(80).clamp(40, 400)
}

/// The axis on the left, the dots, and below them the marks and the days.
fn drawing(series: &Series, now: Timestamp, width: usize) -> Vec<String> {
    let ticks = ticks(series.range(), 4.0);
    let places = decimals(&ticks);
    let label = |tick: &f64| format!("{tick:.places$}");
    let left = ticks.iter().map(|tick| label(tick).chars().count()).max().unwrap_or_default();
    let range = [ticks.first(), ticks.last()].map(|end| end.copied().unwrap_or_default());
    let canvas = Canvas::new(series, series.span(now), range, width.saturating_sub(left + 2));
    let mut lines: Vec<String> = series.unit.iter().map(|unit| out::visible(unit)).collect();
    for (line, dots) in canvas.rows().enumerate() {
        let here = ticks.iter().find(|tick| canvas.line(**tick) == line);
        let here = here.map(label).unwrap_or_default();
        lines.push(format!("{here:>left$} │{dots}").trim_end().to_owned());
    }
    let (marks, legend) = canvas.marks(series);
    lines.push(format!("{:left$} └{marks}", ""));
    lines.push(format!("{:left$}  {}", "", days(series.span(now), canvas.width)));
    lines.extend(legend);
    lines
}

/// Dots, two by four in a letter.
struct Canvas {
    width: usize,
    span: [f64; 2],
    range: [f64; 2],
    /// A row of letters a line, as the bits of their dots.
    letters: Vec<Vec<u8>>,
}

impl Canvas {
    fn new(series: &Series, span: [f64; 2], range: [f64; 2], width: usize) -> Self {
        let width = width.max(8);
        let mut canvas = Self { width, span, range, letters: vec![vec![0; width]; LINES] };
        let points = || series.points.iter();
        for (from, to) in points().zip(points().skip(1)) {
            let steps = 4 * (2 * width + 4 * LINES);
            for step in 0..=steps {
                let share = small(step) / small(steps);
                let second = from.second + (to.second - from.second) * share;
                canvas.dot(second, from.amount + (to.amount - from.amount) * share);
            }
        }
        points().for_each(|point| canvas.dot(point.second, point.amount));
        canvas
    }

    fn column(&self, second: f64) -> usize {
        let [start, end] = self.span;
        place((second - start) / (end - start), 2 * self.width - 1)
    }

    fn row(&self, amount: f64) -> usize {
        let [least, most] = self.range;
        place((most - amount) / (most - least), 4 * LINES - 1)
    }

    /// The line of letters in which an amount stands.
    fn line(&self, amount: f64) -> usize {
        self.row(amount) / 4
    }

    fn dot(&mut self, second: f64, amount: f64) {
        /// The bits of U+2800 by row and column.
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        let (column, row) = (self.column(second), self.row(amount));
        let bit = BITS.get(row % 4).and_then(|bits| bits.get(column % 2));
        let letter = self.letters.get_mut(row / 4).and_then(|letters| letters.get_mut(column / 2));
        if let (Some(letter), Some(bit)) = (letter, bit) {
            *letter |= bit;
        }
    }

    fn rows(&self) -> impl Iterator<Item = String> {
        let letter = |bits: &u8| match bits {
            0 => ' ',
            bits => char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' '),
        };
        self.letters.iter().map(move |letters| letters.iter().map(letter).collect())
    }

    /// The axis with its marks, and what they mean.
    fn marks(&self, series: &Series) -> (String, Option<String>) {
        let mut axis = vec!['─'; self.width];
        let mut legend = Vec::new();
        let mut mark = |second: f64, sign| {
            if let Some(place) = axis.get_mut(self.column(second) / 2) {
                *place = sign;
            }
        };
        let rises: Vec<_> = series.points.iter().filter(|point| point.is_top_up).collect();
        rises.iter().for_each(|point| mark(point.second, '▲'));
        if !rises.is_empty() {
            legend.push("▲ top-up".to_owned());
        }
        if let (Some(until), Some(day)) = (series.expiry(), series.expires) {
            let [start, end] = self.span;
            let is_shown = until >= start && until <= end;
            if is_shown {
                mark(until, '╳');
            }
            legend.push(format!("{}valid until {day}", if is_shown { "╳ " } else { "" }));
        }
        (axis.into_iter().collect(), (!legend.is_empty()).then(|| legend.join("   ")))
    }
}

/// The first and the last day, at either end.
fn days([start, end]: [f64; 2], width: usize) -> String {
    let zone = TimeZone::system();
    let day = |second: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "a time within the range of one")]
        let time = Timestamp::from_second(second as i64).unwrap_or_default();
        time.to_zoned(zone.clone()).date().to_string()
    };
    let (first, last) = (day(start), day(end));
    let between = width.saturating_sub(first.len() + last.len()).max(1);
    format!("{first}{:between$}{last}", "")
}

fn place(share: f64, last: usize) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a small number"
    )]
    let place = (share.clamp(0.0, 1.0) * small(last)).round() as usize;
    place.min(last)
}

fn small(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
