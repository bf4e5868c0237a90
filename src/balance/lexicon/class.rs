//! What a word can be to the reader.

use std::ops::BitOr;

/// A set of [`Class`]es.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Classes(u64);

impl Classes {
    /// Whether `class` is in the set.
    pub(crate) fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u32) != 0
    }

    /// Whether any of `classes` is in the set.
    pub(crate) fn any(self, classes: &[Class]) -> bool {
        classes.iter().any(|class| self.has(*class))
    }

    /// Whether the word means nothing to the reader.
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl From<Class> for Classes {
    fn from(class: Class) -> Self {
        Self(1 << class as u32)
    }
}

impl BitOr for Classes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

macro_rules! classes {
    ($($(#[$doc:meta])* $class:ident $name:literal)*) => {
        /// What a word can be to the reader, under the name that the lexicon files give it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Class { $($(#[$doc])* $class),* }

        impl Class {
            /// The class of that name.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$class),)* _ => None }
            }
        }
    };
}

classes! {
    /// The account's money: saldo, guthaben, airtime.
    Balance "balance"
    /// An account or a SIM: says whose an amount is, not that it is left.
    Account "account"
    /// The pot that calls are paid from.
    Main "main"
    /// Given with something else.
    Bonus "bonus"
    /// Given for a time or purpose.
    Promo "promo"
    /// Owed.
    Debt "debt"
    /// How far the account may go below zero, or what may be spent.
    Limit "limit"
    /// Another pot: of a package, a wallet, of which.
    Part "part"
    /// Left, remaining, available.
    Left "left"
    /// You have.
    Have "have"
    /// New, as in new balance: what comes after a top-up or call.
    New "new"
    /// A charge, a use, the last call.
    Charge "charge"
    /// A top-up, a transfer, money that came.
    Topup "topup"
    /// A price.
    Price "price"
    /// Buy, get, win, dial: an advert begins.
    Offer "offer"
    /// An advert's verb where verbs end the sentence: the amount before it is no balance.
    Urge "urge"
    /// For, at: the amount behind it is a price.
    For "for"
    /// From, as in charged from the main balance. A word for a balance that is one for from as well, as
    /// `saldostasi`, says that something was taken.
    From "from"
    /// After, as in balance after the call.
    After "after"
    /// Less than, at least: a threshold.
    Threshold "threshold"
    /// Needed, required: the amount is asked for, on whichever side of it the word stands.
    Need "need"
    /// Valid, expires.
    Expiry "expiry"
    /// Until, before a date.
    Until "until"
    /// As of, on, session date: a date that ends nothing.
    AsOf "as_of"
    /// The answer comes by SMS, please wait.
    Pending "pending"
    /// Will be sent, will receive.
    Receive "receive"
    /// Says by itself that something failed.
    Error "error"
    /// Not, cannot.
    Not "not"
    /// Another time, another person, a claim: expired, before, due, was.
    Doubt "doubt"
    /// Possible, available, valid: an error with a word for not.
    Able "able"
    /// Not enough: the amount behind it is no answer to our question.
    Short "short"
    /// Enter, type: a free answer is asked for.
    Prompt "prompt"
    /// Please choose.
    Choose "choose"
    /// Your number, MSISDN.
    Own "own"
    /// Reference, number, code: the digits behind it are no amount.
    Reference "reference"
    /// Dial, call, text to: the digits behind it are a service number.
    Dial "dial"
    /// To, of a person: the phone number behind it is another's.
    Toward "toward"
    /// Minus.
    Minus "minus"
    /// The hundredth of the currency, written out.
    Subunit "subunit"
    /// A period: daily, month. A price or an allowance per period is nothing left.
    Period "period"
    /// Per: what follows is the unit of a price.
    Per "per"
    /// A bundle, package, plan.
    Package "package"
    /// Is, of: joins a label to its amount.
    Is "is"
    /// And.
    And "and"
    /// Data, internet, volume.
    Data "data"
    /// Bytes.
    Byte "byte"
    /// Thousands of bytes.
    Kilobyte "kb"
    /// Millions of bytes.
    Megabyte "mb"
    /// Gigabytes.
    Gigabyte "gb"
    /// Terabytes.
    Terabyte "tb"
    /// Minutes of talk.
    Minute "minute"
    /// Seconds of talk.
    Second "second"
    /// Hours.
    Hour "hour"
    /// Text messages.
    Sms "sms"
    /// Loyalty points.
    Points "points"
    /// Days: a number of them is no amount.
    Day "day"
    /// Months, twelve entries.
    Month "month"
    /// Thousand, million: an entry is its power of ten and its names.
    Multiple "multiple"
    /// A word known only so that words glued to it come apart.
    Plain "plain"
}
