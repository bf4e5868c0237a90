//! USSD replies, and the setting that looks like one.

use crate::ussd::decode::{self, Encoding, Reading};
use crate::ussd::reply;

use super::request::Form;
use super::{Alternative, Context, Cusd, CusdSetting, Item, other};

/// The line from its `+CUSD:` on; a broker may have put its own words before it.
pub(super) fn find(line: &[u8]) -> Option<&[u8]> {
    let start = line
        .windows(PREFIX.len())
        .take(FARTHEST)
        .position(|window| window.eq_ignore_ascii_case(PREFIX))?;
    let (before, reply) = line.split_at_checked(start)?;
    (!before.contains(&b'"')).then_some(reply)
}

const PREFIX: &[u8] = b"+CUSD:";
const FARTHEST: usize = 48;

/// A reply; the answer to `AT+CUSD?` is a setting, the one to `AT+CUSD=?` neither.
pub(super) fn item(line: &[u8], context: &Context) -> Option<Item> {
    let Some(reply) = reply::cusd(line) else { return Some(other(line)) };
    let body = reply.body.filter(|body| !body.is_empty());
    let asked = context.request.command("+CUSD").map(|command| command.form);
    if body.is_none() && matches!(asked, Some(Form::Read | Form::Action)) {
        let enabled = match reply.status.number() {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        };
        return Some(Item::CusdSetting(CusdSetting { enabled }));
    }
    let cscs = context.cscs.as_deref();
    let readings = body.map(|body| decode::decode(body, reply.dcs, cscs)).unwrap_or_default();
    let mut item = from_readings(readings, Some(reply.status.number()));
    item.dcs = reply.dcs;
    item.truncated |= !reply.closed;
    item.text = item.text.or_else(|| reply.body.map(|_| String::new()));
    if !reply.status.carries_text() {
        let reflected = item.text.take().zip(item.encoding.take());
        let reflected = reflected.map(|(text, encoding)| Alternative { text, encoding });
        item.alternatives.splice(0..0, reflected);
    }
    Some(Item::Cusd(item))
}

/// A body that somebody cut out of its line: digits that are a text and no number.
pub(super) fn bare_line(line: &[u8], context: &Context) -> Vec<Item> {
    let digits = line.trim_ascii();
    let enough = digits.len() >= SHORTEST_BODY && digits.iter().all(u8::is_ascii_hexdigit);
    if !enough || !context.request.is_empty() {
        return Vec::new();
    }
    let readings = decode::decode(digits, None, context.cscs.as_deref());
    let plain = readings.iter().find(|reading| reading.encoding == Encoding::Plain);
    let gain = readings.first().zip(plain).map_or(0.0, |(best, plain)| best.score - plain.score);
    if gain < CERTAIN || !readings.first().is_some_and(is_text) {
        return Vec::new();
    }
    vec![Item::Cusd(from_readings(readings, None))]
}

const SHORTEST_BODY: usize = 12;
/// Bits by which a reading must be better than the digits themselves.
const CERTAIN: f64 = 20.0;

/// Whether the characters are no more surprising than those of any script are; better than the digits alone
/// does not make a text.
fn is_text(reading: &Reading) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a body has some hundred characters")]
    let characters = reading.text.chars().count() as f64;
    -reading.score <= MOST_SURPRISING * characters
}

/// In bits; Han characters have eleven.
const MOST_SURPRISING: f64 = 12.0;

fn from_readings(readings: Vec<Reading>, status: Option<u32>) -> Cusd {
    let mut readings = readings.into_iter();
    let best = readings.next();
    let alternatives = readings
        .filter(|reading| reading.encoding == Encoding::Plain || is_printable(&reading.text))
        .take(ALTERNATIVES)
        .map(|reading| Alternative { encoding: reading.encoding.as_str(), text: reading.text })
        .collect();
    Cusd {
        status,
        encoding: best.as_ref().map(|reading| reading.encoding.as_str()),
        truncated: best.as_ref().is_some_and(|reading| reading.truncated),
        lossy: best.as_ref().is_some_and(|reading| reading.lossy),
        text: best.map(|reading| reading.text),
        dcs: None,
        alternatives,
    }
}

/// A reading full of control characters is nobody's text; the plain one shows what really came.
fn is_printable(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t'))
}

/// Beyond these, readings are noise.
const ALTERNATIVES: usize = 3;
