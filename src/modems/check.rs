//! What a row must keep to, one rule a function; each names the offender in a sentence.

use super::dialect::{Dialect, Order, Row};

/// The first rule that the row breaks.
///
/// # Errors
///
/// A sentence that names the field and what is wrong with it.
pub(super) fn row(row: &Row) -> Result<(), String> {
    RULES.iter().try_for_each(|rule| rule(row, &Dialect::from(row.clone())))
}

type Rule = fn(&Row, &Dialect) -> Result<(), String>;

const RULES: [Rule; 10] = [
    key_is_a_name,
    model_words_are_long_enough,
    there_is_a_form,
    commands_are_at_commands,
    lists_change_nothing,
    a_mode_is_read_and_set,
    a_switch_goes_back,
    a_blocked_port_is_waited_for,
    it_says_why_and_who,
    it_changes_something,
];

fn key_is_a_name(row: &Row, _: &Dialect) -> Result<(), String> {
    let is_name =
        row.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    holds(is_name && !row.key.is_empty(), || {
        format!("`key`: `{}` is no name of lower-case letters, digits and hyphens", row.key)
    })
}

/// A shorter word would fit models it is not meant for.
fn model_words_are_long_enough(row: &Row, _: &Dialect) -> Result<(), String> {
    let short = row.models.iter().find(|word| word.trim().len() < 3);
    none(short, |word| format!("`models`: `{word}` is too short to tell one model from another"))
}

fn there_is_a_form(_: &Row, dialect: &Dialect) -> Result<(), String> {
    holds(!dialect.request.is_empty(), || {
        "`request` is empty: a modem without USSD says so in `cannot`".into()
    })
}

fn commands_are_at_commands(_: &Row, dialect: &Dialect) -> Result<(), String> {
    let wrong = commands(dialect).find(|(_, command)| {
        let body = command.strip_prefix("AT").unwrap_or_default();
        !body.starts_with(|c: char| c.is_ascii_punctuation())
            || !body.is_ascii()
            || body.contains(['\r', '\n', ';'])
    });
    none(wrong, |(field, command)| {
        format!("`{field}`: `{command}` is no single AT command of the kind `AT+NAME`")
    })
}

/// What is asked along the way may neither reach the network nor touch PIN, power or storage.
fn lists_change_nothing(_: &Row, dialect: &Dialect) -> Result<(), String> {
    #[rustfmt::skip]
    const REFUSED: [&str; 12] = [
        "AT&F", "AT&W", "AT+CFUN=", "AT+CLCK", "AT+CMGD", "AT+CMGS", "AT+CMSS", "AT+COPS=", "AT+CPIN=",
        "AT+CPWD", "AT+CUSD", "AT+IPR=",
    ];
    let wrong = commands(dialect).find(|(_, command)| {
        let command = command.to_ascii_uppercase();
        REFUSED.iter().any(|refused| command.starts_with(refused))
    });
    none(wrong, |(field, command)| {
        format!("`{field}`: `{command}` does more than read; it is not sent along the way")
    })
}

fn a_mode_is_read_and_set(_: &Row, dialect: &Dialect) -> Result<(), String> {
    let wrong = dialect.ussd_mode.as_ref().filter(|command| command.contains(['?', '=']));
    none(wrong, |command| format!("`ussd-mode`: `{command}` is written without `?` and `=`"))
}

/// What is not put back from what was read changes the modem for good.
fn a_switch_goes_back(_: &Row, dialect: &Dialect) -> Result<(), String> {
    let names = |command: &str| command.split(['=', '?']).next().map(str::to_owned);
    let wrong = dialect.fallback.iter().find(|way| {
        let others = way.set.iter().chain([&way.back]);
        let is_one = others.clone().all(|other| names(other) == names(&way.read));
        let is_sound = others.clone().all(|other| !other.contains([';', '\r', '\n']));
        way.set.is_empty() || !way.back.contains('{') || !is_one || !is_sound
    });
    none(wrong, |way| {
        format!("`fallback`: `{}` is not one setting that is read, set and put back", way.read)
    })
}

/// A network takes up to 30 s for its answer, and here `OK` comes behind it.
fn a_blocked_port_is_waited_for(_: &Row, dialect: &Dialect) -> Result<(), String> {
    let waits = dialect.order == Order::OkFirst || dialect.ok_limit.as_secs() >= 30;
    holds(waits, || "`ok-limit-ms` of `answer-first` is at least 30000".into())
}

fn it_says_why_and_who(_: &Row, dialect: &Dialect) -> Result<(), String> {
    holds(!dialect.why.trim().is_empty(), || "`why` says why it is so".into())?;
    holds(!dialect.seen.trim().is_empty(), || "`seen` says where it was seen".into())
}

fn it_changes_something(_: &Row, dialect: &Dialect) -> Result<(), String> {
    let bare = Dialect {
        key: dialect.key.clone(),
        why: dialect.why.clone(),
        seen: dialect.seen.clone(),
        ..Dialect::default()
    };
    holds(*dialect != bare, || "it changes nothing: the standard says the same".into())
}

/// Every command that is sent as it stands, with its field.
fn commands(dialect: &Dialect) -> impl Iterator<Item = (&'static str, &String)> {
    let of = |field: &'static str| move |command| (field, command);
    let before = dialect.before.iter().map(of("before"));
    let lists = before
        .chain(dialect.iccid.iter().map(of("iccid")))
        .chain(dialect.retries.iter().map(of("retries")))
        .chain(dialect.diag.iter().map(of("diag")))
        .chain(dialect.circuit.iter().map(of("circuit")))
        .chain(dialect.fallback.iter().map(|way| ("fallback", &way.read)));
    lists.chain(dialect.ussd_mode.iter().map(of("ussd-mode")))
}

fn holds(is_kept: bool, offence: impl FnOnce() -> String) -> Result<(), String> {
    if is_kept { Ok(()) } else { Err(offence()) }
}

fn none<T>(offender: Option<T>, offence: impl FnOnce(T) -> String) -> Result<(), String> {
    offender.map_or(Ok(()), |offender| Err(offence(offender)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn each_rule_names_its_offender() {
        for (fields, sentence) in [
            ("key = \"My Modem\"", "`key`: `My Modem` is no name"),
            ("key = \"x\"\nmodels = [\"E3\"]", "`models`: `E3` is too short"),
            ("key = \"x\"\nrequest = []", "`request` is empty"),
            ("key = \"x\"\niccid = [\"CCID\"]", "`iccid`: `CCID` is no single AT command"),
            ("key = \"x\"\ndiag = [\"ATZ\"]", "`diag`: `ATZ` is no single AT command"),
            ("key = \"x\"\ndiag = [\"AT+CSQ;+CFUN=0\"]", "`diag`: `AT+CSQ;+CFUN=0` is no single"),
            ("key = \"x\"\nbefore = [\"at+CFUN=1,1\"]", "`before`: `at+CFUN=1,1` is no single"),
            ("key = \"x\"\nbefore = [\"AT+cfun=1,1\"]", "`before`: `AT+cfun=1,1` does more than read"),
            ("key = \"x\"\nretries = ['AT+CPIN=\"0000\"']", "`retries`: `AT+CPIN=\"0000\"` does more"),
            ("key = \"x\"\nussd-mode = \"AT^USSDMODE?\"", "`ussd-mode`: `AT^USSDMODE?` is written"),
            ("key = \"x\"\norder = \"answer-first\"", "`ok-limit-ms` of `answer-first`"),
            ("key = \"x\"\n[[fallback]]\nread = \"AT+CNMP?\"\nset = [\"AT+CNMP=14\"]\nback = \"AT+CNMP=2\"",
                "`fallback`: `AT+CNMP?` is not one setting"),
            ("key = \"x\"\n[[fallback]]\nread = \"AT+CNMP?\"\nset = [\"AT+CFUN=0\"]\nback = \"AT+CNMP={0}\"",
                "`fallback`: `AT+CNMP?` is not one setting"),
            ("key = \"x\"\n[[fallback]]\nread = \"AT+CFUN=1\"\nset = [\"AT+CFUN=0\"]\nback = \"AT+CFUN={0}\"",
                "`fallback`: `AT+CFUN=1` does more than read"),
            ("key = \"x\"", "it changes nothing"),
        ] {
            let text = format!("why = \"Because.\"\nseen = \"here\"\n{fields}\n");
            let offence = row(&crate::rows::read(&text).unwrap()).unwrap_err();
            assert!(offence.starts_with(sentence), "{fields}: {offence}");
        }
        for (fields, sentence) in [
            ("cscs = \"ira\"\nwhy = \"\"\nseen = \"here\"", "`why` says why"),
            ("cscs = \"ira\"\nwhy = \"Because.\"\nseen = \" \"", "`seen` says where"),
        ] {
            let offence = row(&toml::from_str(&format!("key = \"x\"\n{fields}")).unwrap()).unwrap_err();
            assert!(offence.starts_with(sentence), "{fields}: {offence}");
        }
    }
}
