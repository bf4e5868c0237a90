//! The eUICC of a consumer eSIM: BER-TLV, APDUs and the functions of ES10c that look and switch
//! (GSMA SGP.22 v2, clause 5.7). Octets in, values out; who carries the octets is not known here.
//!
//! There is no disable, no delete, no memory reset and no removal of notifications, on purpose.
//!
//! | file | holds |
//! |---|---|
//! | `profile` | one profile on the card |

mod profile;

pub use profile::{Class, Policy, Profile, State};
