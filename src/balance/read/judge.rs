//! What each amount is: a pot and its role, or a price, a charge, a top-up, an advert.

use super::super::lexicon::{Class, Classes};
use super::super::reading::Role;
use super::super::scan::Token;
use super::Page;
use super::advert::advert;
use super::among;
use super::cue::{Cue, Label, label};
use super::figure::Figure;
use super::never::never;
use super::unit::Unit;

/// Whether an amount is a pot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It belongs to the account.
    Pot(Role),
    /// It does not, or the text does not say so.
    NotAPot,
}

/// What was found about one amount.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    pub(super) finding: Finding,
    /// Why, for people.
    pub(super) reason: &'static str,
    pub(super) label: Label,
    /// Whether the words leave no doubt about what it is.
    pub(super) is_clear: bool,
    /// Whether it is a part of the list that the amount before it begins.
    pub(super) is_carried: bool,
    /// An amount that looks like an account's, but that nothing explains.
    pub(super) is_open: bool,
}

impl Judged {
    pub(super) fn no(label: Label, reason: &'static str) -> Self {
        let finding = Finding::NotAPot;
        Self { finding, reason, label, is_clear: true, is_carried: false, is_open: false }
    }

    pub(super) fn pot(label: Label, role: Role, reason: &'static str) -> Self {
        Self {
            finding: Finding::Pot(role),
            reason,
            label,
            is_clear: true,
            is_carried: false,
            is_open: false,
        }
    }

    pub(super) fn unclear(self) -> Self {
        Self { is_clear: false, ..self }
    }

    fn carried(self) -> Self {
        Self { is_carried: true, ..self }
    }

    /// Whether it is a money pot of this role.
    pub(super) fn is(&self, role: Role) -> bool {
        self.finding == Finding::Pot(role)
    }
}

/// Judges every figure, from left to right: a list goes on as it began.
pub(super) fn all(page: &Page<'_>) -> Vec<Judged> {
    let mut judged: Vec<Judged> = Vec::with_capacity(page.figures.len());
    let mut free = 0;
    for figure in &page.figures {
        let mut earlier = page.figures.iter().zip(&judged).rev();
        let before = earlier.clone().next().map(|(_, judged)| *judged);
        // The time behind a date of expiry ends no list.
        let listed = earlier.find(|(other, _)| !is_time(page, other));
        let found = match before {
            Some(before) if figure.continues => Judged { is_carried: true, ..before },
            _ => one(page, figure, free, listed.map(|(other, judged)| (other, *judged))),
        };
        judged.push(found);
        free = figure.last + 1;
    }
    among::settle(page, &mut judged);
    judged
}

fn is_time(page: &Page<'_>, figure: &Figure) -> bool {
    let token = page.lexemes.get(figure.number).map(|lexeme| lexeme.token);
    matches!(token, Some(Token::Clock(_)))
}

/// The reasons that a list shares.
pub(super) const FOLLOWS: &str = "what follows names the balance";
pub(super) const UNSAID: &str = "nothing says that it is left";

fn one(page: &Page<'_>, figure: &Figure, free: usize, before: Option<(&Figure, Judged)>) -> Judged {
    let label = label(page, figure, free);
    if let Some(reason) = never(page, figure, &label) {
        return Judged::no(label, reason);
    }
    if let Some(reason) = advert(page, figure, &label) {
        return Judged::no(label, reason);
    }
    if label.cue.is_against() {
        return Judged::no(label, against(label.cue));
    }
    if label.behind.has(Class::Need) && !label.is_marked {
        return Judged::no(label, "what is needed");
    }
    if label.cue.is_account() {
        return stated(page, figure, label);
    }
    by_what_follows(page, figure, label)
        .or_else(|| before.and_then(|before| goes_on(page, figure, label, before)))
        .unwrap_or_else(|| unlabelled(page, figure, label))
}

fn against(cue: Cue) -> &'static str {
    match cue {
        Cue::Charge => "a charge or use",
        Cue::Topup => "a top-up or transfer",
        Cue::Price => "a price",
        Cue::Threshold => "a threshold",
        _ => "an advert",
    }
}

/// The label says that the amount is in the account.
fn stated(page: &Page<'_>, figure: &Figure, label: Label) -> Judged {
    if figure.unit == Unit::Points {
        return Judged::pot(label, Role::Other, "points");
    }
    if figure.unit.is_allowance() {
        return Judged::pot(label, role_of_allowance(label), "stated as left");
    }
    if figure.unit == Unit::Bare && is_about_data(&label) {
        return Judged::no(label, "data with no unit").unclear();
    }
    if figure.unit == Unit::Bare && counts_as_its_sentence(page, figure) {
        return Judged::no(label, "its sentence counts something else").unclear();
    }
    if figure.unit == Unit::Bare && label.classes.has(Class::Points) {
        return Judged::no(label, "points");
    }
    if figure.unit == Unit::Bare && label.cue != Cue::Balance {
        return match label.cue {
            Cue::Left if label.classes.any(&[Class::Account, Class::Main]) => {
                Judged::pot(label, Role::Main, "what is left in the account").unclear()
            }
            _ => open(label, "nothing says what it counts"),
        };
    }
    let role = role(label).unwrap_or(Role::Main);
    if role == Role::Debt && label.behind.any(&[Class::Charge, Class::Topup]) {
        return Judged::no(label, "a debt that is paid back");
    }
    let reversed = label.behind.any(&[Class::Charge, Class::Topup]) && !label.is_marked;
    const STATES: [Class; 5] = [Class::Is, Class::Left, Class::Have, Class::New, Class::Account];
    let is_named = label.classes.any(&STATES) || label.classes.has(Class::Main);
    if reversed && !is_named && label.behind.has(Class::Topup) {
        return Judged::no(label, "what follows says that it came or went");
    }
    if reversed && label.classes.has(Class::From) && !label.classes.any(&[Class::Left, Class::New])
    {
        return Judged::no(label, "what was taken from the balance");
    }
    let judged = Judged::pot(label, role, "a balance word stands before it");
    let expired = label.classes.has(Class::Expiry) && figure.unit == Unit::Bare;
    let threshold = page.any_word(Class::Threshold) && label.cue != Cue::Balance;
    if reversed || expired || threshold { judged.unclear() } else { judged }
}

fn open(label: Label, reason: &'static str) -> Judged {
    Judged { is_open: true, ..Judged::no(label, reason).unclear() }
}

/// `Data balance: 500`, with no MB.
fn is_about_data(label: &Label) -> bool {
    label.classes.any(&[Class::Data, Class::Sms, Class::Minute, Class::Second])
        && !label.classes.has(Class::Main)
}

/// `FREE MINS used: 60 bal: 25260`: whole numbers without units, under a heading that names one.
fn counts_as_its_sentence(page: &Page<'_>, figure: &Figure) -> bool {
    const UNITS: [Class; 4] = [Class::Data, Class::Sms, Class::Minute, Class::Second];
    let start = page.sentence_start(figure.first);
    let mut before =
        page.figures.iter().filter(|other| (start..figure.first).contains(&other.first));
    let Some(first) = before.next() else { return false };
    let is_whole = |figure: &Figure| figure.unit == Unit::Bare && figure.value.scale() == 0;
    let named = page.slice(start, first.first).iter().any(|word| word.sense.classes.any(&UNITS));
    named && is_whole(first) && is_whole(figure) && before.all(is_whole)
}

/// `10,00 EUR Startguthaben`, `R6.29 airtime`, `R5 was deducted`.
fn by_what_follows(page: &Page<'_>, figure: &Figure, label: Label) -> Option<Judged> {
    let behind = label.behind;
    if behind.any(&[Class::Charge, Class::Topup]) {
        return Some(Judged::no(label, "what follows says that it was used or came"));
    }
    if label.cue == Cue::Have && !figure.unit.is_allowance() {
        return None;
    }
    if behind.has(Class::From) && behind.has(Class::Balance) && figure.unit.is_money() {
        return Some(Judged::no(label, "what was taken from the balance"));
    }
    let names = behind.any(&[Class::Balance, Class::Bonus, Class::Promo, Class::Left, Class::Debt]);
    if !names || behind.any(&[Class::Offer, Class::Price]) || page.any_word(Class::Threshold) {
        return None;
    }
    let role = if figure.unit.is_allowance() {
        role_of_allowance(label)
    } else {
        role(label).unwrap_or(Role::Main)
    };
    if !figure.unit.is_money() && !figure.unit.is_allowance() {
        return Some(open(label, "nothing says what it counts"));
    }
    Some(Judged::pot(label, role, FOLLOWS).unclear())
}

/// `main 46,06; package 0,00; extra 0,00`: a list goes on as it began.
fn goes_on(
    page: &Page<'_>,
    figure: &Figure,
    label: Label,
    (previous, before): (&Figure, Judged),
) -> Option<Judged> {
    let between = page.slice(previous.last + 1, figure.first);
    let ends = (previous.last + 1..figure.first).any(|at| {
        page.ends_sentence(at)
            && page.lexemes.get(at).is_some_and(|lexeme| lexeme.token != Token::Line)
    });
    let left = between.iter().any(|lexeme| matches!(lexeme.token, Token::Code | Token::Link));
    if ends || left || !matches!(before.finding, Finding::Pot(_)) {
        return None;
    }
    if figure.unit.is_allowance() {
        return Some(
            Judged::pot(label, role_of_allowance(label), "goes on a list of what is left")
                .carried(),
        );
    }
    let own = role(label);
    let expired = label.classes.has(Class::Expiry);
    if expired || !figure.unit.is_money() && own.is_none() {
        return None;
    }
    let role = own.unwrap_or(Role::Other);
    Some(Judged::pot(label, role, "goes on a list of balances").carried().unclear())
}

/// Nothing says what the amount is.
fn unlabelled(page: &Page<'_>, figure: &Figure, label: Label) -> Judged {
    if figure.unit.is_money() && is_in_minus(page, figure) {
        return Judged::pot(label, Role::Main, "a sentence that begins with minus").unclear();
    }
    if !figure.unit.is_allowance() {
        // "Recarga 10 euros" tells somebody to top up; "Recarga: 10 euros" names a pot.
        let role = role(label).filter(|role| *role != Role::Main || label.is_marked);
        return match role {
            Some(role)
                if figure.unit.is_money() && matches!(label.cue, Cue::None | Cue::Account) =>
            {
                Judged::pot(label, role, "its label names the pot").unclear()
            }
            None if figure.has_own_currency && label.cue == Cue::Account => {
                Judged::pot(label, Role::Main, "what an account holds").unclear()
            }
            _ if figure.unit.is_money() || label.cue == Cue::Account => {
                open(label, "nothing says what it is")
            }
            _ => Judged::no(label, "nothing says what it is"),
        };
    }
    let end = page.sentence_end(figure.last + 1);
    let validity =
        page.slice(label.start, end).iter().any(|lexeme| lexeme.sense.classes.has(Class::Expiry));
    let start = page.sentence_start(figure.first);
    let priced = |other: &Figure| other.unit.is_money() && (start..end).contains(&other.first);
    let sold = page.any_word(Class::Price) || page.figures.iter().any(priced);
    if label.is_marked || label.classes.has(Class::Bonus) || validity && !sold {
        return Judged::pot(label, role_of_allowance(label), "labelled as an allowance").unclear();
    }
    Judged::no(label, UNSAID).unclear()
}

/// "Minus 25.30": accounts are in minus, prices and offers are not.
fn is_in_minus(page: &Page<'_>, figure: &Figure) -> bool {
    let word = figure.first.checked_sub(1);
    let minus = word.and_then(|at| page.lexemes.get(at));
    minus.is_some_and(|word| word.sense.classes.has(Class::Minus))
        && word == Some(page.sentence_start(figure.first))
}

/// What the words on either side call the pot; those behind it are closer.
fn role(label: Label) -> Option<Role> {
    role_of(label.behind).or_else(|| role_of(label.classes))
}

fn role_of(classes: Classes) -> Option<Role> {
    const ROLES: [(Class, Role); 6] = [
        (Class::Debt, Role::Debt),
        (Class::Promo, Role::Promo),
        (Class::Bonus, Role::Bonus),
        (Class::Main, Role::Main),
        (Class::Limit, Role::Other),
        (Class::Part, Role::Other),
    ];
    ROLES.iter().find(|(class, _)| classes.has(*class)).map(|(_, role)| *role)
}

pub(super) fn role_of_allowance(label: Label) -> Role {
    let classes = label.behind | label.classes;
    if classes.has(Class::Promo) {
        Role::Promo
    } else if classes.has(Class::Bonus) {
        Role::Bonus
    } else {
        Role::Main
    }
}
