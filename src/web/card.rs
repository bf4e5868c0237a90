//! One modem on the page.

use std::fmt::{self, Write};

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::form;
use super::page::Page;
use super::words::{self, State};
use crate::diag::report::text::{Text, with_code};
use crate::diag::{Facts, Measure};
use crate::watch::{Answer, Outcome, Record, View};

/// So many of the last questions are shown.
const SHOWN: usize = 12;

/// The whole of one modem, as the page's part number `at`.
pub(super) fn write(out: &mut String, page: &Page<'_>, at: usize, view: &View) -> fmt::Result {
    let state = State::of(view);
    writeln!(
        out,
        "<article class=\"card {}\" id=\"m{at}\" data-modem=\"{}\" aria-labelledby=\"m{at}-name\">",
        state.class(),
        Text(&view.modem)
    )?;
    head(out, at, view, state)?;
    balance(out, page.now, view)?;
    alerts(out, view)?;
    facts(out, page.now, view)?;
    pots(out, page.now, view)?;
    let past = page.past.map(|past| past.records(&view.modem, None, SHOWN));
    chart(out, view, past.as_ref())?;
    said(out, view)?;
    log(out, at, past.as_ref())?;
    button(out, page, at, view)?;
    out.push_str("</article>\n");
    Ok(())
}

fn head(out: &mut String, at: usize, view: &View, state: State) -> fmt::Result {
    let name = Text(&view.modem);
    write!(
        out,
        "<header>\n<h2 id=\"m{at}-name\"><a id=\"m{at}-link\" href=\"/modems/{}\">{name}</a></h2>\n<p class=\"state\">\
         <svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"{}\"/></svg> {}</p>\n",
        form::encode(&view.modem),
        state.sign(),
        state.words()
    )?;
    let operator = view.operator.as_deref().unwrap_or("Operator not known");
    let sim = view.last.as_ref().and_then(|record| record.iccid.as_deref());
    write!(out, "<p class=\"whose\">{}", Text(operator))?;
    if let Some(sim) = sim {
        write!(out, " · SIM {}", Text(sim))?;
    }
    out.push_str("</p>\n</header>\n");
    Ok(())
}

/// The amount, large, and when it was stated.
fn balance(out: &mut String, now: Timestamp, view: &View) -> fmt::Result {
    let good = view.last_good.as_ref();
    let pot = good.and_then(Record::reliable).and_then(words::first);
    match pot {
        Some(pot) => {
            let (whole, rest) = words::digits(pot.amount);
            let unit = pot.unit.as_deref().unwrap_or_default();
            writeln!(
                out,
                "<p class=\"amount\">{whole}<span>{rest}</span><span class=\"unit\"> {}</span></p>",
                Text(unit)
            )?;
        }
        None => out.push_str("<p class=\"amount none\">No amount yet</p>\n"),
    }
    out.push_str("<p class=\"when\">");
    match good {
        Some(record) => write!(out, "Asked {}", words::time(record.time))?,
        None if view.last.is_some() => out.push_str("No answer so far could be relied on"),
        None => out.push_str("Not asked yet"),
    }
    if let Some(next) = view.next.filter(|next| *next > now) {
        write!(out, " · again {}", words::time(next))?;
    }
    out.push_str("</p>\n");
    Ok(())
}

/// What is wrong, and why the last question had no answer.
fn alerts(out: &mut String, view: &View) -> fmt::Result {
    let failure = view.last.as_ref().and_then(|record| match &record.outcome {
        Outcome::Failure(failure) => Some((record.time, failure)),
        Outcome::Answer(_) => None,
    });
    if view.alerts.is_empty() && failure.is_none() {
        return Ok(());
    }
    out.push_str("<ul class=\"alerts\">\n");
    for kind in &view.alerts {
        writeln!(out, "<li>{}</li>", words::alert(*kind))?;
    }
    if let Some((time, failure)) = failure {
        let (time, message) = (words::time(time), Text(&failure.message));
        write!(out, "<li>The last question failed {time}: {message}.")?;
        if let Some(hint) = &failure.hint {
            write!(out, " <span class=\"hint\">{}</span>", with_code(hint))?;
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
    Ok(())
}

/// What is known beside the amount.
fn facts(out: &mut String, now: Timestamp, view: &View) -> fmt::Result {
    let mut facts = String::new();
    outlook(&mut facts, now, view)?;
    radio(&mut facts, view)?;
    if !facts.is_empty() {
        write!(out, "<dl class=\"facts\">\n{facts}</dl>\n")?;
    }
    Ok(())
}

/// The days to come.
fn outlook(out: &mut String, now: Timestamp, view: &View) -> fmt::Result {
    let forecast = view.forecast.as_ref();
    let answer = view.last_good.as_ref().and_then(Record::reliable);
    if let Some(days) = forecast.and_then(|forecast| forecast.days_left) {
        fact(
            out,
            "Lasts",
            &lasting(days),
            forecast.and_then(|it| it.empty_on).map(|day| format!("until {}", words::day(day))),
        )?;
    }
    if let Some(forecast) = forecast.filter(|forecast| !forecast.per_day.is_zero()) {
        let unit = forecast.unit.as_deref();
        let (whole, rest) = words::digits(forecast.per_day.abs().round_dp(2).normalize());
        fact(
            out,
            "Uses a day",
            format!("{whole}{rest} {}", unit.unwrap_or_default()).trim(),
            None,
        )?;
    }
    let until = forecast.and_then(|it| it.expires).or_else(|| answer.and_then(Answer::valid_until));
    if let Some(until) = until {
        fact(out, "Valid until", &words::day(until), Some(words::days_off(until, now)))?;
    }
    Ok(())
}

fn lasting(days: Decimal) -> String {
    match days.floor() {
        days if days > Decimal::from(365) => "over a year".into(),
        days if days == Decimal::ONE => "1 day".into(),
        days => format!("{} days", days.normalize()),
    }
}

fn radio(out: &mut String, view: &View) -> fmt::Result {
    if let Some(port) = &view.port {
        fact(out, "Port", port, (!view.is_present).then(|| "not there now".to_owned()))?;
    }
    let Some(radio) = view.radio else { return Ok(()) };
    let mut facts = Facts::default();
    facts.radio.signal.rssi_dbm = radio.rssi_dbm.map(Into::into);
    let [power, _] = crate::diag::signal(&facts);
    if let Some(power) = power {
        bars(out, power)?;
    }
    if let Some(meaning) = radio.registration.and_then(crate::answers::registration_meaning) {
        fact(out, "Network", meaning.trim_start_matches("registered, "), None)?;
    }
    Ok(())
}

/// Four bars and what they mean.
fn bars(out: &mut String, power: Measure) -> fmt::Result {
    out.push_str(
        "<div><dt>Signal</dt><dd><svg class=\"bars\" viewBox=\"0 0 22 16\" aria-hidden=\"true\">",
    );
    for bar in 0..4_u8 {
        let on = if power.share() > f64::from(bar) / 4.0 { "on" } else { "off" };
        let (x, height) = (6 * bar, 4 * (bar + 1));
        let y = 16 - height;
        write!(
            out,
            "<rect class=\"{on}\" x=\"{x}\" y=\"{y}\" width=\"4\" height=\"{height}\" rx=\"1\"/>"
        )?;
    }
    writeln!(out, "</svg> {} <small>{power}</small></dd></div>", power.quality())
}

fn fact(out: &mut String, name: &str, value: &str, more: Option<String>) -> fmt::Result {
    write!(out, "<div><dt>{name}</dt><dd>{}", Text(value))?;
    if let Some(more) = more {
        write!(out, " <small>{}</small>", Text(&more))?;
    }
    out.push_str("</dd></div>\n");
    Ok(())
}

/// What else the account holds.
fn pots(out: &mut String, now: Timestamp, view: &View) -> fmt::Result {
    let answer = view.last_good.as_ref().and_then(Record::reliable);
    let Some(answer) = answer.filter(|answer| answer.pots.len() > 1) else { return Ok(()) };
    out.push_str("<h3>Also on the account</h3>\n<ul class=\"pots\">\n");
    let shown = words::first(answer);
    for pot in answer.pots.iter().filter(|pot| Some(*pot) != shown) {
        let (name, amount) = (words::pot_name(pot), words::amount(pot));
        write!(out, "<li><span>{name}</span> <strong>{}</strong>", Text(&amount))?;
        if let Some(until) = pot.expires {
            write!(
                out,
                " <small>until {} ({})</small>",
                words::day(until),
                words::days_off(until, now)
            )?;
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
    Ok(())
}

/// The operator's words.
fn said(out: &mut String, view: &View) -> fmt::Result {
    let last = view.last.as_ref().filter(|record| matches!(record.outcome, Outcome::Answer(_)));
    let Some(record) = last.or(view.last_good.as_ref()) else { return Ok(()) };
    let Outcome::Answer(answer) = &record.outcome else { return Ok(()) };
    write!(
        out,
        "<h3>What the operator said</h3>\n<blockquote>{}</blockquote>\n",
        Text(&answer.text)
    )?;
    if !answer.is_reliable() {
        out.push_str("<p class=\"note\">This states no amount that can be relied on.</p>\n");
    }
    Ok(())
}

type Past = Result<Vec<(i64, Record)>, String>;

/// The picture, where there are two amounts to draw; its words are in the facts and in the last questions.
fn chart(out: &mut String, view: &View, past: Option<&Past>) -> fmt::Result {
    let Some(Ok(records)) = past else { return Ok(()) };
    let mut drawn = records.iter().map(|(_, record)| record).filter(|it| it.left().is_some());
    let (Some(first), Some(last)) = (drawn.next(), drawn.next_back()) else { return Ok(()) };
    writeln!(
        out,
        "<figure><img src=\"/modems/{}/chart.svg?at={}\" alt=\"Balance over time, lately from {} to {}\" \
         width=\"400\" height=\"190\"></figure>",
        form::encode(&view.modem),
        last.time.as_second(),
        words::outcome(first),
        words::outcome(last)
    )
}

/// The last questions, newest first.
fn log(out: &mut String, at: usize, past: Option<&Past>) -> fmt::Result {
    let Some(past) = past else { return Ok(()) };
    writeln!(
        out,
        "<details data-key=\"log\">\n<summary id=\"m{at}-log\">Last questions</summary>"
    )?;
    match past {
        Err(why) => {
            writeln!(out, "<p class=\"note\">The history cannot be read: {}</p>", Text(why))?
        }
        Ok(records) if records.is_empty() => out.push_str("<p class=\"note\">None yet.</p>\n"),
        Ok(records) => {
            out.push_str("<ol class=\"log\">\n");
            for (_, record) in records.iter().rev() {
                let class = if record.reliable().is_some() { "good" } else { "bad" };
                let (time, words) = (words::time(record.time), words::outcome(record));
                writeln!(out, "<li class=\"{class}\">{time} <span>{words}</span></li>")?;
            }
            out.push_str("</ol>\n");
        }
    }
    out.push_str("</details>\n");
    Ok(())
}

fn button(out: &mut String, page: &Page<'_>, at: usize, view: &View) -> fmt::Result {
    writeln!(
        out,
        "<form class=\"ask\" method=\"post\" action=\"/modems/{}/check\">\
         <input type=\"hidden\" name=\"form\" value=\"{}\">\
         <button type=\"submit\" id=\"m{at}-ask\" aria-describedby=\"m{at}-name\">Check now</button></form>",
        form::encode(&view.modem),
        page.form
    )
}
