//! Operators and how to ask them, in rows: one file a country code.
//!
//! [`Operators::find`] says which brand a SIM is of. A lookup reads one file of those built in, so it
//! costs the same however many there are. The user's own file is read too, and wins.
//!
//! What can surprise you:
//!
//! * Several brands share a network. The name on the SIM, its group or its issuer tells them apart;
//!   where nothing does, [`Found::Several`] leaves the choice to the user: a code of another brand
//!   may sell something.
//! * A brand without a way to ask is in the data on purpose: [`Operator::other_ways`] says what
//!   remains, and no code of its network is tried in its name.
//! * `ask` holds questions only. Top-ups are patterns that need a voucher; purchases are not here.
//!
//! | file | holds |
//! |---|---|
//! | `entry` | one brand |
//! | `read` | file to brands, or the line that is wrong |
//! | `find` | SIM to brand |
//! | `misread` | whether the replies in a row read as the row says |
//! | `ambiguous` | whether the rows tell their brands apart |
//! | `number` | numbers that messages go to |
//! | `search` | words to brands |
//! | `topup` | vouchers |
//! | `built_in` | the files |

mod ambiguous;
mod built_in;
mod entry;
mod find;
mod misread;
mod number;
mod read;
mod search;
mod topup;

pub use ambiguous::Ambiguous;
pub use entry::{Ask, Confidence, Operator, Reply, ReplyBy, Sms, Way};
pub use find::{By, Found, SimFacts};
pub use misread::Misread;
pub use number::SmsNumber;
pub use read::DataError;
pub(crate) use read::located;
pub use search::Query;
pub use topup::{Filled, TopUp, VoucherError};

use crate::ids::Plmn;

/// The brands we know: those built in, and the user's in front.
#[derive(Clone, Debug, Default)]
pub struct Operators {
    user: Vec<Operator>,
}

impl Operators {
    /// The brands that are built in.
    pub fn built_in() -> Self {
        Self::default()
    }

    /// The brands that are built in, and those of the user's file in front: where both have a brand
    /// for a SIM, or the same `id`, the user's counts.
    ///
    /// # Errors
    ///
    /// [`DataError`] with line and field, and with the known fields where it is not one of them.
    pub fn with_user_file(text: &str, file_name: &str) -> Result<Self, DataError> {
        read::operators(text, file_name).map(|user| Self { user })
    }

    /// The brands of the user's file alone.
    pub fn of_user(&self) -> &[Operator] {
        &self.user
    }

    /// Which brand a SIM is of. Its home network goes before the one that serves it.
    pub fn find(&self, sim: &SimFacts) -> Found {
        let homes = sim.homes();
        let user: Vec<_> = self.user.iter().collect();
        let of_user = homes.iter().find_map(|home| find::choose(&user, sim, *home));
        let built_in =
            || homes.iter().find_map(|home| find::choose(&self.country(home), sim, *home));
        match of_user {
            Some(Found::One { operator, by }) => {
                Found::One { operator: Box::new(completed(&operator)), by }
            }
            found => found.or_else(built_in).unwrap_or(Found::Unknown(homes.first().copied())),
        }
    }

    /// The brand with this `id`.
    pub fn by_id(&self, id: &str) -> Option<Operator> {
        let own = self.user.iter().find(|operator| operator.id == id);
        own.map(completed).or_else(|| built_in::by_id(id))
    }

    /// All brands whose SIMs are at home in this network, the user's first.
    pub fn by_plmn(&self, plmn: Plmn) -> Vec<Operator> {
        let all = self.user.iter().chain(self.country(&plmn));
        all.filter(|operator| operator.is_on(plmn)).cloned().collect()
    }

    /// All brands, the user's first. Reads every file: for the listing only.
    pub fn all(&self) -> Vec<Operator> {
        let built_in = built_in::all().filter(|brand| !self.replaces(brand));
        self.user.iter().map(completed).chain(built_in).collect()
    }

    /// Every brand that is built in, or the line that is wrong in their files.
    ///
    /// # Errors
    ///
    /// [`DataError`] as for a user's file.
    pub fn check_built_in() -> Result<Vec<Operator>, DataError> {
        built_in::checked()
    }

    /// All brands that `query` means.
    pub fn search(&self, query: &Query) -> Vec<Operator> {
        query.filter(self.all())
    }

    /// Whether the country of this SIM bills whoever writes to `number`, and it is not the operator's.
    pub fn is_premium(&self, sim: &SimFacts, operator: Option<&Operator>, number: &str) -> bool {
        if let Some(operator) = operator {
            return operator.is_premium(number);
        }
        let of_country = |home: &Plmn| built_in::country(home.mcc()).first();
        sim.homes().iter().find_map(of_country).is_some_and(|brand| brand.is_premium(number))
    }

    fn country(&self, plmn: &Plmn) -> Vec<&Operator> {
        built_in::country(plmn.mcc()).iter().filter(|brand| !self.replaces(brand)).collect()
    }

    fn replaces(&self, brand: &Operator) -> bool {
        self.user.iter().any(|own| own.id == brand.id)
    }
}

/// A user's row with what the brands of its country have in common, where it does not say so itself.
fn completed(own: &Operator) -> Operator {
    let neighbour = own.plmn().find_map(|plmn| built_in::country(plmn.mcc()).first());
    match neighbour {
        Some(neighbour) => own.clone().or_from_neighbour(neighbour),
        None => own.clone(),
    }
}
