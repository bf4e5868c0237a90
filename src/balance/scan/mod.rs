//! Text to tokens: words with their senses, numbers, dates, times, phone numbers, codes, links.
//!
//! The text is folded once ([`fold`]), then cut by complete nom parsers from left to right. What a
//! word means is looked up on the way; words glued together (`MAINBAL`, `Startguthaben`) come apart.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{digit1, one_of};
use nom::combinator::{opt, recognize, verify};
use nom::multi::many1_count;
use nom::{IResult, Parser};

use jiff::civil::Date;

use super::lexicon::{Class, Sense};

mod calendar;
pub(super) mod date;
pub(super) mod fold;
mod letters;
pub(super) mod number;
mod word;

pub(super) use date::Clock;
pub(super) use letters::is_unspaced;
pub(super) use number::Number;
pub(super) use word::Vocabulary;

use super::currency::Money;

/// One piece of a reply.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexeme<'t> {
    pub(super) token: Token,
    /// As folded, without the spaces before it.
    pub(super) text: &'t str,
    /// Where it begins in the folded text.
    pub(super) start: usize,
    /// Whether spaces stand before it.
    pub(super) spaced: bool,
    /// What the word means; nothing for all else.
    pub(super) sense: Sense,
    /// The money that the word or sign stands for.
    pub(super) money: Option<Money>,
}

/// What kind of piece it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token {
    /// A word or a currency sign.
    Word,
    /// A number that may be an amount.
    Number(Number),
    /// A date with a year; none where the year lies outside any account's life.
    Date(Option<Date>),
    /// A day and month without a year.
    DayOfMonth,
    /// A time, or a length of time.
    Clock(Clock),
    /// Digits too many or too oddly grouped for an amount: a phone number, a reference. The number
    /// is there where it could be read as one.
    Phone(Option<Number>),
    /// Something to dial: `*121#`.
    Code,
    /// A web or mail address.
    Link,
    /// Any other character.
    Mark(char),
    /// The end of a line.
    Line,
}

/// Cuts folded text into lexemes.
pub(super) fn scan<'t>(text: &'t str, vocabulary: &Vocabulary) -> Vec<Lexeme<'t>> {
    let mut scanner = Scanner { text, at: 0, spaced: false, vocabulary, lexemes: Vec::new() };
    scanner.lexemes.reserve(text.len() / 4 + 4);
    while scanner.at < text.len() {
        scanner.step();
    }
    let mut lexemes = scanner.lexemes;
    vocabulary.join_phrases(&mut lexemes);
    calendar::join_dates(&mut lexemes, vocabulary);
    lexemes
}

/// What an allowance is counted in.
const UNITS: [Class; 5] =
    [Class::Kilobyte, Class::Megabyte, Class::Gigabyte, Class::Minute, Class::Sms];

struct Scanner<'t, 'v> {
    text: &'t str,
    at: usize,
    spaced: bool,
    vocabulary: &'v Vocabulary,
    lexemes: Vec<Lexeme<'t>>,
}

impl<'t> Scanner<'t, '_> {
    fn step(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(c) = rest.chars().next() else {
            self.at = self.text.len();
            return;
        };
        match c {
            ' ' => {
                self.at += 1;
                self.spaced = true;
            }
            '\n' => self.push(Token::Line, 1),
            '2'..='5' if is_network(rest) => self.network(),
            '0'..='9' | '+' => self.digits(rest, c),
            '*' | '#' => match recognize(code).parse(rest) {
                Ok((_, dialled)) => self.push(Token::Code, dialled.len()),
                Err(_) => self.push(Token::Mark(c), 1),
            },
            _ if letters::is_letter(c) => self.word(rest, c),
            _ => self.mark(rest, c),
        }
    }

    fn digits(&mut self, rest: &'t str, first: char) {
        let vocabulary = self.vocabulary;
        if let Ok((after, _)) = phone(rest) {
            let number = number::number(rest, false).ok().map(|(_, number)| number);
            return self.push(Token::Phone(number), rest.len() - after.len());
        }
        if first == '+' {
            return self.push(Token::Mark('+'), 1);
        }
        if let Ok((_, dialled)) =
            recognize((digit1::<_, nom::error::Error<_>>, code_end)).parse(rest)
        {
            return self.push(Token::Code, dialled.len());
        }
        if let Ok((after, date)) = date::numeric_date(rest) {
            let date = date.resolve(vocabulary.month_first, vocabulary.buddhist);
            return self.push(Token::Date(date), rest.len() - after.len());
        }
        if let Ok((after, clock)) = date::clock(rest) {
            return self.push(Token::Clock(clock), rest.len() - after.len());
        }
        if let Ok((after, ())) = date::day_of_month(rest) {
            return self.push(Token::DayOfMonth, rest.len() - after.len());
        }
        match number::number(rest, self.joins_groups(rest)) {
            Ok((after, number)) => self.push(Token::Number(number), rest.len() - after.len()),
            Err(_) => {
                let run = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                self.push(Token::Phone(None), run.max(1));
            }
        }
    }

    /// Whether a space in the number at the start of `rest` stands between thousands: money behind it says
    /// so anywhere (`15 340 тг`), data behind an amount of money that it does not (`R5 200 MB`).
    fn joins_groups(&self, rest: &str) -> bool {
        let Ok((behind, joined)) = number::number(rest, true) else {
            return self.vocabulary.spaces;
        };
        if !joined.spaced {
            return self.vocabulary.spaces;
        }
        let behind = behind.trim_start_matches(' ');
        let word = behind.get(..letters::run_length(behind)).unwrap_or_default().replace('\'', "");
        let paid = self.lexemes.last().is_some_and(|before| before.money.is_some());
        let is_unit = self.vocabulary.sense(&word).classes.any(&UNITS);
        let ends = paid && word.is_empty();
        ends || self.vocabulary.money(&word).is_some()
            || self.vocabulary.spaces && !(paid && is_unit)
    }

    /// `3G` is a word: its `G` is neither money nor a unit.
    fn network(&mut self) {
        self.push(Token::Word, 2);
        let vocabulary = self.vocabulary;
        if let Some(lexeme) = self.lexemes.last_mut() {
            lexeme.sense = vocabulary.sense(lexeme.text);
        }
    }

    fn word(&mut self, rest: &'t str, first: char) {
        if let Ok((_, address)) = recognize(link).parse(rest) {
            return self.push(Token::Link, address.len());
        }
        let (parts, length) = self.vocabulary.words(rest, first);
        for part in parts {
            let (start, spaced) = (self.at, self.spaced);
            let text = rest.get(part.range()).unwrap_or_default();
            let lexeme = Lexeme {
                token: Token::Word,
                text,
                start: start + part.start,
                spaced: spaced && part.start == 0,
                sense: part.sense,
                money: part.money,
            };
            self.lexemes.push(lexeme);
        }
        self.at += length.max(first.len_utf8());
        self.spaced = false;
    }

    fn mark(&mut self, rest: &'t str, c: char) {
        let sign = rest.get(..c.len_utf8()).unwrap_or_default();
        let money = self.vocabulary.money(sign);
        // "1GB @ Rs 50": a sign that the lexicon reads as a word.
        let sense = if c == '@' { self.vocabulary.sense(sign) } else { Sense::default() };
        let is_word = money.is_some() || sense != Sense::default();
        self.push(if is_word { Token::Word } else { Token::Mark(c) }, sign.len());
        if let Some(lexeme) = self.lexemes.last_mut() {
            (lexeme.money, lexeme.sense) = (money, sense);
        }
    }

    fn push(&mut self, token: Token, length: usize) {
        let (start, spaced) = (self.at, self.spaced);
        let text = self.text.get(start..start + length).unwrap_or_default();
        self.lexemes.push(Lexeme {
            token,
            text,
            start,
            spaced,
            sense: Sense::default(),
            money: None,
        });
        self.at += length.max(1);
        self.spaced = false;
    }
}

/// `3g`, `4g/lte`, but not `3gb`.
fn is_network(text: &str) -> bool {
    text.get(1..).is_some_and(|rest| rest.starts_with('g'))
        && !text.chars().nth(2).is_some_and(|next| next.is_alphanumeric())
}

/// `*121#`, `#123#`, `*#10#`, `*125*` with its `PIN` left out, `*233`.
fn code(input: &str) -> IResult<&str, ()> {
    let (rest, _) = many1_count(one_of("*#")).parse(input)?;
    let (rest, _) = digit1(rest)?;
    let (rest, _) = opt(code_end).parse(rest)?;
    Ok((rest, ()))
}

/// What may follow the first digits of a code: more parts, and `#`.
fn code_end(input: &str) -> IResult<&str, ()> {
    let part = (many1_count(one_of("*#")), take_while(|c: char| c.is_ascii_digit()));
    let (rest, _) = many1_count(part).parse(input)?;
    Ok((rest, ()))
}

/// A number to call: with `+`, with the area in brackets, or more digits than an account holds.
fn phone(input: &str) -> IResult<&str, ()> {
    let joined = || take_while1(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'));
    let international = verify(recognize((tag("+"), joined())), |text: &str| digits_in(text) >= 8);
    let area = (digit1, take_while(|c| c == ' '), tag("("), digit1, tag(")"), joined());
    let area = verify(recognize(area), |text: &str| (8..=15).contains(&digits_in(text)));
    let long =
        verify(digit1, |text: &str| text.len() >= 9 || text.len() >= 8 && text.starts_with('0'));
    let masked =
        recognize((digit1, verify(take_while1(|c| c == 'x'), |text: &str| text.len() > 2)));
    let (rest, found) = alt((international, area, masked, long)).parse(input)?;
    let decimals: IResult<&str, (char, &str)> = (one_of(".,"), digit1).parse(rest);
    let date = date::numeric_date(input).is_ok_and(|(after, _)| after.len() <= rest.len());
    if decimals.is_ok() && found.len() < 12 || date {
        return Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Verify)));
    }
    let trailing = found.len() - found.trim_end_matches([' ', '-', '(', ')']).len();
    let rest = input.get(found.len() - trailing..).unwrap_or(rest);
    Ok((rest, ()))
}

fn digits_in(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Endings of names on the web that operators' words do not share.
#[rustfmt::skip]
const TOP_LEVEL: &[&str] = &[
    "app", "by", "co", "com", "eu", "info", "io", "kz", "mobi", "net", "org", "ru", "ua", "uk", "vn",
];

/// `https://…`, `www.…`, `one.mts.ru`, `tele2.ru/my`, `i.airtel.in/RchNow1`, a mail address.
fn link(input: &str) -> IResult<&str, ()> {
    let address = |c: char| c.is_ascii_alphanumeric() || "-._~/@:?#=&%+".contains(c);
    let (rest, run) = take_while1(address).parse(input)?;
    if !run.bytes().any(|octet| octet == b'.') {
        return Err(nom::Err::Error(nom::error::Error::new(rest, nom::error::ErrorKind::Verify)));
    }
    let run = run.trim_end_matches(['.', ':', '?', ',']);
    let host = run.split('/').next().unwrap_or_default();
    let labels = host.split('.').count();
    let last = host.rsplit('.').next().unwrap_or_default();
    let known = TOP_LEVEL.contains(&last);
    let path = run.len() > host.len() && last.len() >= 2;
    let letters = !last.is_empty() && last.bytes().all(|octet| octet.is_ascii_alphabetic());
    let is_link = run.starts_with("http")
        || run.starts_with("www.")
        || host.contains('@') && labels > 1
        || letters
            && !host.contains(':')
            && (labels == 2 && known
                || labels > 2 && (known || path)
                || labels == 2 && path && last.len() == 2);
    if !is_link || !run.bytes().any(|octet| octet == b'.') {
        return Err(nom::Err::Error(nom::error::Error::new(rest, nom::error::ErrorKind::Verify)));
    }
    Ok((input.get(run.len()..).unwrap_or_default(), ()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        let vocabulary = Vocabulary::new(None, None, None);
        let folded = fold::fold(text);
        scan(&folded.text, &vocabulary)
            .iter()
            .map(|lexeme| {
                let kind = match lexeme.token {
                    Token::Word if lexeme.money.is_some() => "$",
                    Token::Word => "w",
                    Token::Number(_) => "n",
                    Token::Date(_) => "d",
                    Token::DayOfMonth => "m",
                    Token::Clock(_) => "t",
                    Token::Phone(_) => "p",
                    Token::Code => "c",
                    Token::Link => "l",
                    Token::Mark(_) => "",
                    Token::Line => "|",
                };
                format!("{kind}{}", lexeme.text.trim())
            })
            .collect()
    }

    #[test]
    #[rustfmt::skip]
    fn pieces_of_replies() {
        for (text, expected) in [
            ("Dial *121#.",               "wdial c*121# ."),
            ("+7 (999) 666-00-00 ok",     "p+7 (999) 666-00-00 wok"),
            ("MSISDN 27735830000",        "wmsisdn p27735830000"),
            ("84XXXXXXXXX (H)",           "p84xxxxxxxxx ( wh )"),
            ("at 23:59:59",               "wat t23:59:59"),
            ("till 31/12",                "wtill m31/12"),
            ("i.airtel.in/RchNow1 now",   "li.airtel.in/rchnow1 wnow"),
            ("one.mts.ru",                "lone.mts.ru"),
            ("left.Ncell",                "wleft . wncell"),
            ("2.Check balance.3.Next",    "n2 . wcheck wbalance . n3 . wnext"),
            ("€12,34",                    "$€ n12,34"),
            ("19Aug11:16 AM",             "m19 t11:16 am"),
            ("Aug 28, 2021",              "daug"),
            ("31JUL15",                   "d31"),
            ("28 de agosto de 2021",      "d28"),
            ("123456789012345678901234",  "p123456789012345678901234"),
        ] {
            assert_eq!(kinds(text).join(" "), expected, "{text}");
        }
    }
}
