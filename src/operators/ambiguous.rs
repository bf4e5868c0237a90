//! Whether what the rows say tells their brands apart.

use super::Operator;
use super::find::plain;

/// Two brands that no SIM can tell apart, and that are not asked alike.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{one}` and `{other}` share a network and {mark}, and are asked in different ways")]
#[non_exhaustive]
pub struct Ambiguous {
    /// The `id` of the first.
    pub one: String,
    /// The `id` of the other.
    pub other: String,
    /// What they share: a field and its value.
    pub mark: String,
}

impl Operator {
    /// The brands among `operators` that a SIM of which cannot be told from the other's.
    ///
    /// Sharing a network alone is no fault: there the user chooses. A mark is there to tell.
    pub fn ambiguous(operators: &[Self]) -> impl Iterator<Item = Ambiguous> + '_ {
        let pairs = operators.iter().enumerate().flat_map(|(place, one)| {
            operators.iter().skip(place + 1).map(move |other| (one, other))
        });
        pairs.filter_map(|(one, other)| {
            let mark = one.shared_mark(other).filter(|_| one.first_way() != other.first_way())?;
            Some(Ambiguous { one: one.id.clone(), other: other.id.clone(), mark })
        })
    }

    fn shared_mark(&self, other: &Self) -> Option<String> {
        if !self.plmn().any(|plmn| other.is_on(plmn)) {
            return None;
        }
        let named = |field, mark: &String| format!("the {field} `{mark}`");
        let upper = |mark: &String| mark.to_ascii_uppercase();
        let name = |mark: &String| plain(mark);
        let same = |one: &String, other: &String| one == other;
        // A SIM that begins like the longer one begins like the shorter one too.
        let alike = |one: &String, other: &String| one.starts_with(other) || other.starts_with(one);
        shared(&self.gid1, &other.gid1, upper, alike)
            .map(|mark| named("gid1", mark))
            .or_else(|| Some(named("iccid", shared(&self.iccid, &other.iccid, upper, alike)?)))
            .or_else(|| Some(named("imsi", shared(&self.imsi, &other.imsi, upper, alike)?)))
            .or_else(|| Some(named("spn", shared(&self.spn, &other.spn, name, same)?)))
            .or_else(|| {
                (plain(&self.name) == plain(&other.name)).then(|| named("name", &self.name))
            })
    }
}

/// A mark of `ones` that meets one of `others`, both written in the same way.
fn shared<'a>(
    ones: &'a [String],
    others: &[String],
    written: impl Fn(&String) -> String,
    meets: impl Fn(&String, &String) -> bool,
) -> Option<&'a String> {
    ones.iter().find(|one| others.iter().any(|other| meets(&written(one), &written(other))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::Operators;

    const TWO: &str = r##"
        [[operator]]
        name = "Big"
        plmn = ["00101"]
        MARK
        ask = [{ ussd = "*100#" }]

        [[operator]]
        name = "Small"
        plmn = ["00101", "00102"]
        MARK
        ask = [{ ussd = "*200#" }]
    "##;

    fn faults(text: &str) -> Vec<String> {
        let operators = Operators::with_user_file(text, "test").unwrap();
        Operator::ambiguous(operators.of_user()).map(|fault| fault.to_string()).collect()
    }

    #[test]
    fn a_mark_that_two_brands_share_tells_neither() {
        assert_eq!(faults(&TWO.replace("MARK", "")), [""; 0], "a network may be shared");
        for mark in
            ["gid1 = [\"A5\"]", "iccid = [\"8932\"]", "imsi = [\"001012\"]", "spn = [\"Talk\"]"]
        {
            let text = TWO.replace("MARK", mark);
            assert_eq!(faults(&text).len(), 1, "{mark}");
            assert_eq!(faults(&text.replace("*200#", "*100#")), [""; 0], "asked alike: {mark}");
        }
    }

    #[test]
    fn a_beginning_of_the_other_is_shared_too_and_named() {
        let text = TWO.replacen("MARK", "imsi = [\"00101\"]", 1);
        let text = text.replace("MARK", "imsi = [\"001012\"]");
        let fault = "`big` and `small` share a network and the imsi `00101`, and are asked in different ways";
        assert_eq!(faults(&text), [fault]);
        let twins = TWO.replace("MARK", "").replace("\"Small\"", "\"BIG\"\n id = \"b\"");
        assert!(faults(&twins)[0].contains("the name `Big`"), "{:?}", faults(&twins));
    }
}
