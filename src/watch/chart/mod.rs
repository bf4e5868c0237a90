//! A balance over time, drawn: one SVG that needs nothing else, for light and dark.
//!
//! | file | holds |
//! |---|---|
//! | `series` | what of a history can be drawn on one scale |

mod series;

use std::fmt::{self, Write};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Record;

pub use series::{Point, Series, ticks};

/// How large it is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// What the account of the records has left of one SIM or one modem, oldest first: readings joined, top-ups and
/// the last valid day marked. Days are those of UTC.
///
/// Text from outside is escaped; colours follow `prefers-color-scheme`.
pub fn svg(records: &[Record], now: Timestamp, size: Size) -> String {
    let drawing = Drawing::new(Series::new(records), now, size);
    let mut svg = String::new();
    // Writing into a string does not fail.
    let _ = drawing.write(&mut svg);
    svg
}

struct Drawing {
    series: Series,
    size: [f64; 2],
    span: [f64; 2],
    ticks: Vec<f64>,
}

/// Room for the numbers left and below, and for the last label right and above.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 36.0;
const ABOVE: f64 = 24.0;
const BELOW: f64 = 28.0;

#[rustfmt::skip]
const STYLE: &str = "\
.saldo-chart{--ink:#1b1f24;--dim:#6a737d;--grid:#d8dee4;--line:#0b62c4;--up:#1a7f37;--end:#b35900;font:12px system-ui,sans-serif}\
@media(prefers-color-scheme:dark){.saldo-chart{--ink:#e6edf3;--dim:#9198a1;--grid:#30363d;--line:#58a6ff;--up:#3fb950;--end:#f0883e}}\
.saldo-chart text{fill:var(--dim)}.saldo-chart .head{fill:var(--ink)}.saldo-chart .grid{stroke:var(--grid)}\
.saldo-chart .line{fill:none;stroke:var(--line);stroke-width:2;stroke-linejoin:round}.saldo-chart .at{fill:var(--line)}\
.saldo-chart .up{fill:var(--up)}.saldo-chart .end{stroke:var(--end);stroke-width:2;stroke-dasharray:4 3}";

impl Drawing {
    fn new(series: Series, now: Timestamp, Size { width, height }: Size) -> Self {
        let size = [f64::from(width.max(160)), f64::from(height.max(100))];
        let span = series.span(now);
        let ticks = ticks(series.range(), (size[1] / 60.0).clamp(2.0, 8.0));
        Self { series, size, span, ticks }
    }

    fn x(&self, second: f64) -> f64 {
        let [start, end] = self.span;
        let [width, _] = self.size;
        LEFT + (second - start) / (end - start) * (width - LEFT - RIGHT)
    }

    fn y(&self, amount: f64) -> f64 {
        let [_, height] = self.size;
        let least = self.ticks.first().copied().unwrap_or_default();
        let most = self.ticks.last().copied().unwrap_or(least + 1.0);
        height - BELOW - (amount - least) / (most - least) * (height - ABOVE - BELOW)
    }

    fn write(&self, svg: &mut String) -> fmt::Result {
        let [width, height] = self.size;
        write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"saldo-chart\" role=\"img\" \
             viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\
             <title>Balance over time</title><desc>{}</desc><style>{STYLE}</style>",
            self.words()
        )?;
        if self.series.points.is_empty() {
            let (x, y) = (width / 2.0, height / 2.0);
            write!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">no balance yet</text>")?;
        } else {
            self.write_scales(svg)?;
            self.write_expiry(svg)?;
            self.write_line(svg)?;
        }
        svg.push_str("</svg>\n");
        Ok(())
    }

    /// What the drawing shows, for those who do not see it.
    fn words(&self) -> String {
        let (Some(first), Some(last)) = (self.series.points.first(), self.series.points.last())
        else {
            return "No balance is known yet.".to_owned();
        };
        let unit = self.unit();
        let top_ups = self.series.points.iter().filter(|point| point.is_top_up).count();
        let until = self.series.expires.map(|day| format!(" Valid until {day}."));
        format!(
            "{} readings from {} to {}. The latest is {}{unit}. Top-ups: {top_ups}.{}",
            self.series.points.len(),
            day(first.second),
            day(last.second),
            last.exact,
            until.unwrap_or_default()
        )
    }

    /// With a blank in front, as markup.
    fn unit(&self) -> String {
        let unit = self.series.unit.iter().flat_map(|unit| unit.chars());
        let unit: String = unit.filter(|c| c.is_alphanumeric()).collect();
        if unit.is_empty() { unit } else { format!(" {unit}") }
    }

    fn write_scales(&self, svg: &mut String) -> fmt::Result {
        let [width, height] = self.size;
        let decimals = decimals(&self.ticks);
        for tick in &self.ticks {
            let (y, end) = (self.y(*tick), width - RIGHT);
            write!(
                svg,
                "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{end}\"/><text x=\"{:.1}\" y=\"{:.1}\" \
                 text-anchor=\"end\">{tick:.decimals$}</text>",
                LEFT - 8.0,
                y + 4.0
            )?;
        }
        let [start, end] = self.span;
        let count = ((width - LEFT - RIGHT) / 110.0).floor().clamp(1.0, 12.0);
        let mut place = 0.0;
        while place <= count {
            let second = start + (end - start) * place / count;
            let (x, y) = (self.x(second), height - 8.0);
            let label = self.label(second);
            write!(svg, "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{label}</text>")?;
            place += 1.0;
        }
        let head = self.unit();
        write!(svg, "<text class=\"head\" x=\"{LEFT}\" y=\"14\">{}</text>", head.trim())
    }

    /// A day, or an hour where all is within few days.
    fn label(&self, second: f64) -> String {
        const FEW_DAYS: f64 = 3.0 * 86_400.0;
        let [start, end] = self.span;
        match zoned(second) {
            Some(time) if end - start < FEW_DAYS => {
                let (hour, minute) = (time.hour(), time.minute());
                format!("{:02}-{:02} {hour:02}:{minute:02}", time.month(), time.day())
            }
            Some(time) => time.date().to_string(),
            None => String::new(),
        }
    }

    fn write_expiry(&self, svg: &mut String) -> fmt::Result {
        let (Some(until), Some(day)) = (self.series.expiry(), self.series.expires) else {
            return Ok(());
        };
        let [start, end] = self.span;
        let [width, height] = self.size;
        if until >= start && until <= end {
            let (x, bottom) = (self.x(until), height - BELOW);
            write!(svg, "<path class=\"end\" d=\"M{x:.1} {ABOVE}V{bottom}\"/>")?;
        }
        let right = width - RIGHT;
        write!(
            svg,
            "<text class=\"head\" x=\"{right}\" y=\"14\" text-anchor=\"end\">valid until {day}</text>"
        )
    }

    fn write_line(&self, svg: &mut String) -> fmt::Result {
        svg.push_str("<path class=\"line\" d=\"");
        for (place, point) in self.series.points.iter().enumerate() {
            let step = if place == 0 { 'M' } else { 'L' };
            write!(svg, "{step}{:.1} {:.1}", self.x(point.second), self.y(point.amount))?;
        }
        svg.push_str("\"/>");
        for point in &self.series.points {
            let (x, y) = (self.x(point.second), self.y(point.amount));
            let words = format!("{} {}{}", day(point.second), point.exact, self.unit());
            match point.is_top_up {
                true => write!(
                    svg,
                    "<path class=\"up\" d=\"M{x:.1} {:.1}l6 10h-12z\"><title>top-up, {words}</title></path>",
                    y - 6.0
                )?,
                false => write!(
                    svg,
                    "<circle class=\"at\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"><title>{words}</title></circle>"
                )?,
            }
        }
        Ok(())
    }
}

/// How many decimals tell neighbouring ticks apart.
pub fn decimals(ticks: &[f64]) -> usize {
    let step = ticks.iter().skip(1).zip(ticks).map(|(next, tick)| next - tick).next();
    let step = step.unwrap_or(1.0);
    (0..6_u8).find(|places| step * 10_f64.powi(i32::from(*places)) > 0.999).map_or(6, usize::from)
}

fn day(second: f64) -> Date {
    zoned(second).map(|time| time.date()).unwrap_or_default()
}

fn zoned(second: f64) -> Option<jiff::Zoned> {
    #[expect(clippy::cast_possible_truncation, reason = "a time within the range of one")]
    let second = second as i64;
    Timestamp::from_second(second).ok().map(|time| time.to_zoned(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use super::super::example::{at, failure, record};
    use super::*;

    const SIZE: Size = Size { width: 640, height: 240 };

    fn history() -> Vec<Record> {
        vec![
            record(at("2026-11-01"), "10.00 EUR"),
            failure(at("2026-11-05"), "network", "no"),
            record(at("2026-11-10"), "4.00 EUR"),
            record(at("2026-11-11"), "24.00 EUR"),
            record(at("2026-11-12"), "99.00 EUR").unsure(),
            record(at("2026-11-20"), "20.50 EUR"),
        ]
    }

    #[test]
    fn readings_are_joined_and_top_ups_marked() {
        let svg = svg(&history(), at("2026-11-21"), SIZE);
        assert_eq!(svg.matches("<circle").count(), 3);
        assert_eq!(svg.matches("class=\"up\"").count(), 1);
        assert!(svg.contains("<desc>4 readings from 2026-11-01 to 2026-11-20. The latest is 20.50 EUR. Top-ups: 1."), "{svg}");
        assert!(
            svg.contains("prefers-color-scheme:dark")
                && svg.contains("top-up, 2026-11-11 24.00 EUR")
        );
    }

    #[test]
    fn an_empty_history_says_so() {
        let svg = svg(&[failure(at("2026-11-05"), "network", "no")], at("2026-11-21"), SIZE);
        assert!(svg.contains(">no balance yet<"), "{svg}");
    }

    #[test]
    fn a_drawing_stays_within_its_frame() {
        let one = vec![record(at("2026-11-01"), "0 EUR")];
        let below = vec![record(at("2026-11-01"), "-3 EUR"), record(at("2026-11-02"), "7000 EUR")];
        for records in [one, below, history()] {
            for (width, height) in [(0, 0), (640, 240), (4000, 2000)] {
                let series = Series::new(&records);
                let points = series.points.clone();
                let drawing = Drawing::new(series, at("2026-11-21"), Size { width, height });
                for point in points {
                    let (x, y) = (drawing.x(point.second), drawing.y(point.amount));
                    assert!((LEFT..=drawing.size[0] - RIGHT + 0.1).contains(&x), "{x}");
                    assert!((ABOVE - 0.1..=drawing.size[1] - BELOW + 0.1).contains(&y), "{y}");
                }
            }
        }
    }

    #[test]
    fn markup_in_a_unit_is_no_markup() {
        let mut records = history();
        for record in &mut records {
            if let crate::watch::Outcome::Answer(answer) = &mut record.outcome {
                answer.pots.iter_mut().for_each(|pot| pot.unit = Some("<script>".into()));
            }
        }
        let svg = svg(&records, at("2026-11-21"), SIZE);
        assert!(svg.contains("20.50 script") && !svg.contains("<script"), "{svg}");
    }

    #[test]
    #[rustfmt::skip]
    fn ticks_are_round_and_hold_the_range() {
        for (range, expected) in [
            ([0.0, 24.0],  vec![0.0, 5.0, 10.0, 15.0, 20.0, 25.0]),
            ([-3.0, 7.0],  vec![-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0]),
            ([0.0, 0.5],   vec![0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
            ([0.0, 1.0e9], vec![0.0, 2.0e8, 4.0e8, 6.0e8, 8.0e8, 1.0e9]),
        ] {
            let got = ticks(range, 5.0);
            let is_near = |(got, expected): (&f64, &f64)| (got - expected).abs() < 1e-6;
            assert!(got.len() == expected.len() && got.iter().zip(&expected).all(is_near), "{got:?}");
        }
        assert_eq!(decimals(&[0.0, 0.2]), 1);
        assert_eq!(decimals(&[0.0, 5.0]), 0);
    }
}
