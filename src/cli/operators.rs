//! `saldo operators`: the code table, to look at and to check.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::Error;
use crate::operators::{Ask, DataError, Operator, Operators, Query, ReplyBy, TopUp, Way};
use serde::Serialize;

use super::settings::Settings;
use super::{Globals, out};

/// The code table, by name, country, PLMN or ICCID
///
/// Operators of your own come first: `operators.toml` beside your settings.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// `be`, `20601`, `proximus`, an ICCID, a code, or the ID of one operator
    query: Option<String>,

    /// Read files of your own and say what is wrong in them; without a file, all that is built in
    #[arg(long, value_name = "FILE", num_args = 0.., conflicts_with = "query")]
    check: Option<Vec<PathBuf>>,
}

/// Exit status: 0 when something was found, or the file is right; 2 otherwise.
pub(crate) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Error> {
    match args.check.as_deref() {
        Some([]) => check_built_in(globals)?,
        Some(files) => files.iter().try_for_each(|file| check(file, globals))?,
        None => list(args.query.as_deref(), globals)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(query: Option<&str>, globals: &Globals) -> Result<(), Error> {
    let known = Settings::load(globals)?.operators;
    let found = match query.map(Query::parse) {
        Some(query) => some_of(known.search(&query), &query)?,
        None => known.all(),
    };
    if globals.json {
        return found.iter().try_for_each(|operator| out::json(&object(operator)));
    }
    match (&found[..], query) {
        ([one], Some(_)) => out::line(detail(one)),
        _ => out::line(table(&found)),
    }
}

fn some_of(found: Vec<Operator>, query: &Query) -> Result<Vec<Operator>, Error> {
    if !found.is_empty() {
        return Ok(found);
    }
    let message = format!("no operator with {query}");
    Err(Error::Usage { message, hint: Some("`saldo operators` lists all that are known".into()) })
}

fn check(file: &Path, globals: &Globals) -> Result<(), Error> {
    let usage = |message| Error::Usage { message, hint: None };
    let shown = file.display();
    let text = fs::read_to_string(file)
        .map_err(|cause| usage(format!("cannot read {shown}: {}", out::cause(&cause))))?;
    let read = Operators::with_user_file(&text, &shown.to_string())
        .map_err(|error| usage(error.to_string()))?;
    report(&shown.to_string(), read.of_user(), globals)
}

fn check_built_in(globals: &Globals) -> Result<(), Error> {
    let usage = |error: DataError| Error::Usage { message: error.to_string(), hint: None };
    report("built in", &Operators::check_built_in().map_err(usage)?, globals)
}

/// What is wrong in rows that read, or how many there are.
fn report(file: &str, rows: &[Operator], globals: &Globals) -> Result<(), Error> {
    let misread = rows.iter().find_map(|row| row.misread().next()).map(|wrong| wrong.to_string());
    let ambiguous = || Operator::ambiguous(rows).next().map(|wrong| wrong.to_string());
    if let Some(wrong) = misread.or_else(ambiguous) {
        return Err(Error::Usage { message: format!("{file}: {wrong}"), hint: None });
    }
    let operators = rows.len();
    if globals.json {
        return out::json(&Checked { schema: 1, file, operators });
    }
    let noun = if operators == 1 { "operator" } else { "operators" };
    out::line(format_args!("{file}: {operators} {noun}, nothing wrong"))
}

/// One line an operator, columns aligned.
fn table(operators: &[Operator]) -> String {
    let head = ["PLMN", "ID", "NAME", "COUNTRY", "ASK", "CONFIDENCE"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(operators.iter().map(row)).collect();
    out::columns(&rows).join("\n")
}

fn row(operator: &Operator) -> [String; 6] {
    let more = operator.plmn().count().saturating_sub(1);
    let first = operator.plmn().next().map_or("-".to_owned(), |plmn| plmn.to_string());
    [
        if more > 0 { format!("{first} +{more}") } else { first },
        operator.id.clone(),
        operator.name.clone(),
        operator.country.clone().unwrap_or_default(),
        first_way(operator),
        operator.confidence.as_str().to_owned(),
    ]
}

/// What saldo would send; else where the user must look.
fn first_way(operator: &Operator) -> String {
    match (operator.ask.first(), &operator.app, operator.hotline.first(), &operator.web) {
        (Some(ask), ..) => ask.way.to_string(),
        (_, Some(app), ..) => format!("app {app}"),
        (_, _, Some(number), _) => format!("call {number}"),
        (_, _, _, Some(_)) => "web site".to_owned(),
        _ => "-".to_owned(),
    }
}

/// Everything about one operator, a word and its value on each line.
fn detail(operator: &Operator) -> String {
    let mut lines = vec![format!("{} ({})", operator.name, operator.id)];
    let mut say = |word: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            lines.push(format!("  {word:<12}{value}"));
        }
    };
    let plmn: Vec<_> = operator.plmn().map(|plmn| plmn.to_string()).collect();
    say("company", operator.company.clone());
    say("country", operator.country_name.clone());
    say("network", Some(plmn.join(" ")));
    if operator.ask.is_empty() {
        say("balance", Some("no code or message known".to_owned()));
    }
    operator.ask.iter().for_each(|ask| say("balance", Some(way(ask, operator))));
    operator.data.iter().for_each(|ask| say("allowances", Some(way(ask, operator))));
    operator.number.iter().for_each(|ask| say("own number", Some(way(ask, operator))));
    operator.topup.iter().for_each(|topup| say("top up", Some(topup.pattern())));
    say("app", operator.app.clone());
    say("call", Some(operator.hotline.join(" ")));
    say("web", operator.web.clone());
    say("currency", operator.currency.clone());
    say("languages", Some(operator.language.join(" ")));
    say("note", operator.note.clone());
    say("source", Some(operator.source.join(", ")));
    say("seen", operator.seen.clone());
    say("confidence", Some(operator.confidence.as_str().to_owned()));
    lines.join("\n")
}

fn way(ask: &Ask, operator: &Operator) -> String {
    let sure = ask.confidence.filter(|sure| *sure != operator.confidence).map(|sure| sure.as_str());
    let by = match (ask.reply, &ask.way) {
        (ReplyBy::Sms, _) => Some("answers by SMS".to_owned()),
        (ReplyBy::Menu, Way::Ussd { says, .. }) if !says.is_empty() => {
            Some(format!("opens a menu: {}", says.join(", then ")))
        }
        (ReplyBy::Menu, _) => Some("opens a menu".to_owned()),
        _ => None,
    };
    let cost = ask.cost.as_ref().map(|cost| format!("costs {cost}"));
    let cost = cost.or_else(|| ask.free.then(|| "free".to_owned()));
    let remarks = [sure, by.as_deref(), cost.as_deref(), ask.note.as_deref(), ask.why.as_deref()]
        .into_iter()
        .flatten();
    match remarks.collect::<Vec<_>>()[..] {
        [] => ask.way.to_string(),
        ref remarks => format!("{}  ({})", ask.way, remarks.join("; ")),
    }
}

fn object(operator: &Operator) -> OperatorObject<'_> {
    let objects = |asks| AskObject::all(asks, operator);
    OperatorObject {
        schema: 1,
        id: &operator.id,
        name: &operator.name,
        company: operator.company.as_deref(),
        country: operator.country.as_deref(),
        country_name: operator.country_name.as_deref(),
        plmn: operator.plmn().map(|plmn| plmn.to_string()).collect(),
        currency: operator.currency.as_deref(),
        decimal: operator.decimal,
        language: &operator.language,
        ask: objects(&operator.ask),
        data: objects(&operator.data),
        number: objects(&operator.number),
        topup: operator.topup.iter().map(TopUp::pattern).collect(),
        app: operator.app.as_deref(),
        hotline: &operator.hotline,
        web: operator.web.as_deref(),
        spn: &operator.spn,
        gid1: &operator.gid1,
        iccid: &operator.iccid,
        imsi: &operator.imsi,
        source: &operator.source,
        seen: operator.seen.as_deref(),
        confidence: operator.confidence.as_str(),
        note: operator.note.as_deref(),
    }
}

#[derive(Serialize)]
struct Checked<'a> {
    schema: u8,
    file: &'a str,
    operators: usize,
}

#[derive(Serialize)]
struct OperatorObject<'a> {
    schema: u8,
    id: &'a str,
    name: &'a str,
    company: Option<&'a str>,
    country: Option<&'a str>,
    country_name: Option<&'a str>,
    plmn: Vec<String>,
    currency: Option<&'a str>,
    decimal: Option<char>,
    language: &'a [String],
    ask: Vec<AskObject<'a>>,
    data: Vec<AskObject<'a>>,
    number: Vec<AskObject<'a>>,
    topup: Vec<String>,
    app: Option<&'a str>,
    hotline: &'a [String],
    web: Option<&'a str>,
    spn: &'a [String],
    gid1: &'a [String],
    iccid: &'a [String],
    imsi: &'a [String],
    source: &'a [String],
    seen: Option<&'a str>,
    confidence: &'static str,
    note: Option<&'a str>,
}

/// The first three keys are those of `ask` in the object of `saldo balance`.
#[derive(Serialize)]
struct AskObject<'a> {
    method: &'static str,
    code: Option<&'a str>,
    path: Vec<&'a str>,
    says: &'a [String],
    to: Option<&'a str>,
    text: Option<&'a str>,
    reply: &'static str,
    free: bool,
    cost: Option<&'a str>,
    note: Option<&'a str>,
    why: Option<&'a str>,
    confidence: &'static str,
}

impl<'a> AskObject<'a> {
    fn all(asks: &'a [Ask], operator: &Operator) -> Vec<Self> {
        asks.iter().map(|ask| Self::of(ask, operator)).collect()
    }

    fn of(ask: &'a Ask, operator: &Operator) -> Self {
        let (method, code, path, says, sms) = match &ask.way {
            Way::Ussd { code, path, says } => {
                let path = path.iter().map(|answer| answer.as_str()).collect();
                ("ussd", Some(code.as_str()), path, &says[..], None)
            }
            Way::Sms(sms) => ("sms", None, Vec::new(), &[][..], Some(sms)),
        };
        Self {
            method,
            code,
            path,
            says,
            to: sms.map(|sms| sms.to.as_str()),
            text: sms.map(|sms| sms.text.as_str()),
            reply: ask.reply.as_str(),
            free: ask.free,
            cost: ask.cost.as_deref(),
            note: ask.note.as_deref(),
            why: ask.why.as_deref(),
            confidence: ask.confidence.unwrap_or(operator.confidence).as_str(),
        }
    }
}
