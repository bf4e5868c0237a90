//! The data files, built in: a lookup parses the one of its country, and that once a run.

use std::sync::OnceLock;

use super::entry::Operator;
use super::read::{self, DataError};

/// The brands of the country with this mobile country code.
pub(super) fn country(mcc: &str) -> &'static [Operator] {
    let mut files = FILES.iter().zip(&READ);
    let found = files.find(|((codes, _), _)| codes.contains(&mcc));
    found.map_or(&[], |(file, brands)| brands.get_or_init(|| parsed(file)))
}

/// What was parsed, in the order of [`FILES`]: one question looks a country up three times.
static READ: [OnceLock<Vec<Operator>>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];

/// Every brand, file by file.
pub(super) fn all() -> impl Iterator<Item = Operator> {
    FILES.iter().flat_map(parsed)
}

/// The brand with this `id`: only the file that has it is parsed.
pub(super) fn by_id(id: &str) -> Option<Operator> {
    let line = format!("\nid = \"{id}\"\n");
    let mut files = FILES.iter().filter(|(_, text)| text.contains(&line));
    files.find_map(|file| parsed(file).into_iter().find(|operator| operator.id == id))
}

/// Every brand, or what is wrong in the first file that does not read.
pub(super) fn checked() -> Result<Vec<Operator>, DataError> {
    let read = FILES.iter().map(|(codes, text)| {
        let name = codes.first().unwrap_or(&"data");
        read::operators(text, &format!("{name}.toml"))
    });
    read.collect::<Result<Vec<_>, _>>().map(|files| files.concat())
}

/// A file that does not read is nobody's fault at run time: a test reads every one of them.
fn parsed((codes, text): &(&[&str], &str)) -> Vec<Operator> {
    read::operators(text, codes.first().unwrap_or(&"data")).unwrap_or_default()
}

/// Mobile country codes of a country, and its file, named after the first. Sorted.
#[rustfmt::skip]
const FILES: &[(&[&str], &str)] = &[
    (&["202"], include_str!("data/202.toml")),
    (&["204"], include_str!("data/204.toml")),
    (&["206"], include_str!("data/206.toml")),
    (&["208"], include_str!("data/208.toml")),
    (&["213"], include_str!("data/213.toml")),
    (&["214"], include_str!("data/214.toml")),
    (&["216"], include_str!("data/216.toml")),
    (&["218"], include_str!("data/218.toml")),
    (&["219"], include_str!("data/219.toml")),
    (&["220"], include_str!("data/220.toml")),
    (&["221"], include_str!("data/221.toml")),
    (&["222"], include_str!("data/222.toml")),
    (&["226"], include_str!("data/226.toml")),
    (&["228"], include_str!("data/228.toml")),
    (&["230"], include_str!("data/230.toml")),
    (&["231"], include_str!("data/231.toml")),
    (&["232"], include_str!("data/232.toml")),
    (&["234"], include_str!("data/234.toml")),
    (&["238"], include_str!("data/238.toml")),
    (&["240"], include_str!("data/240.toml")),
    (&["242"], include_str!("data/242.toml")),
    (&["244"], include_str!("data/244.toml")),
    (&["246"], include_str!("data/246.toml")),
    (&["247"], include_str!("data/247.toml")),
    (&["248"], include_str!("data/248.toml")),
    (&["250"], include_str!("data/250.toml")),
    (&["255"], include_str!("data/255.toml")),
    (&["257"], include_str!("data/257.toml")),
    (&["259"], include_str!("data/259.toml")),
    (&["260"], include_str!("data/260.toml")),
    (&["262"], include_str!("data/262.toml")),
    (&["268"], include_str!("data/268.toml")),
    (&["270"], include_str!("data/270.toml")),
    (&["272"], include_str!("data/272.toml")),
    (&["274"], include_str!("data/274.toml")),
    (&["276"], include_str!("data/276.toml")),
    (&["278"], include_str!("data/278.toml")),
    (&["280"], include_str!("data/280.toml")),
    (&["282"], include_str!("data/282.toml")),
    (&["283"], include_str!("data/283.toml")),
    (&["284"], include_str!("data/284.toml")),
    (&["286"], include_str!("data/286.toml")),
    (&["288"], include_str!("data/288.toml")),
    (&["293"], include_str!("data/293.toml")),
    (&["294"], include_str!("data/294.toml")),
    (&["295"], include_str!("data/295.toml")),
    (&["297"], include_str!("data/297.toml")),
    (&["302"], include_str!("data/302.toml")),
    (&["310", "311", "312", "313"], include_str!("data/310.toml")),
    (&["330"], include_str!("data/330.toml")),
    (&["334"], include_str!("data/334.toml")),
    (&["338"], include_str!("data/338.toml")),
    (&["340"], include_str!("data/340.toml")),
    (&["342"], include_str!("data/342.toml")),
    (&["350"], include_str!("data/350.toml")),
    (&["358"], include_str!("data/358.toml")),
    (&["360"], include_str!("data/360.toml")),
    (&["364"], include_str!("data/364.toml")),
    (&["368"], include_str!("data/368.toml")),
    (&["370"], include_str!("data/370.toml")),
    (&["372"], include_str!("data/372.toml")),
    (&["374"], include_str!("data/374.toml")),
    (&["400"], include_str!("data/400.toml")),
    (&["401"], include_str!("data/401.toml")),
    (&["404", "405"], include_str!("data/404.toml")),
    (&["410"], include_str!("data/410.toml")),
    (&["412"], include_str!("data/412.toml")),
    (&["413"], include_str!("data/413.toml")),
    (&["414"], include_str!("data/414.toml")),
    (&["415"], include_str!("data/415.toml")),
    (&["416"], include_str!("data/416.toml")),
    (&["417"], include_str!("data/417.toml")),
    (&["418"], include_str!("data/418.toml")),
    (&["419"], include_str!("data/419.toml")),
    (&["420"], include_str!("data/420.toml")),
    (&["421"], include_str!("data/421.toml")),
    (&["422"], include_str!("data/422.toml")),
    (&["424"], include_str!("data/424.toml")),
    (&["425"], include_str!("data/425.toml")),
    (&["426"], include_str!("data/426.toml")),
    (&["427"], include_str!("data/427.toml")),
    (&["428"], include_str!("data/428.toml")),
    (&["429"], include_str!("data/429.toml")),
    (&["432"], include_str!("data/432.toml")),
    (&["434"], include_str!("data/434.toml")),
    (&["436"], include_str!("data/436.toml")),
    (&["437"], include_str!("data/437.toml")),
    (&["438"], include_str!("data/438.toml")),
    (&["440"], include_str!("data/440.toml")),
    (&["450"], include_str!("data/450.toml")),
    (&["452"], include_str!("data/452.toml")),
    (&["454"], include_str!("data/454.toml")),
    (&["455"], include_str!("data/455.toml")),
    (&["456"], include_str!("data/456.toml")),
    (&["457"], include_str!("data/457.toml")),
    (&["460"], include_str!("data/460.toml")),
    (&["466"], include_str!("data/466.toml")),
    (&["470"], include_str!("data/470.toml")),
    (&["472"], include_str!("data/472.toml")),
    (&["502"], include_str!("data/502.toml")),
    (&["505"], include_str!("data/505.toml")),
    (&["510"], include_str!("data/510.toml")),
    (&["515"], include_str!("data/515.toml")),
    (&["520"], include_str!("data/520.toml")),
    (&["525"], include_str!("data/525.toml")),
    (&["528"], include_str!("data/528.toml")),
    (&["530"], include_str!("data/530.toml")),
    (&["537"], include_str!("data/537.toml")),
    (&["542"], include_str!("data/542.toml")),
    (&["547"], include_str!("data/547.toml")),
    (&["602"], include_str!("data/602.toml")),
    (&["603"], include_str!("data/603.toml")),
    (&["604"], include_str!("data/604.toml")),
    (&["605"], include_str!("data/605.toml")),
    (&["606"], include_str!("data/606.toml")),
    (&["607"], include_str!("data/607.toml")),
    (&["608"], include_str!("data/608.toml")),
    (&["609"], include_str!("data/609.toml")),
    (&["610"], include_str!("data/610.toml")),
    (&["611"], include_str!("data/611.toml")),
    (&["612"], include_str!("data/612.toml")),
    (&["613"], include_str!("data/613.toml")),
    (&["614"], include_str!("data/614.toml")),
    (&["615"], include_str!("data/615.toml")),
    (&["616"], include_str!("data/616.toml")),
    (&["617"], include_str!("data/617.toml")),
    (&["618"], include_str!("data/618.toml")),
    (&["620"], include_str!("data/620.toml")),
    (&["621"], include_str!("data/621.toml")),
    (&["622"], include_str!("data/622.toml")),
    (&["623"], include_str!("data/623.toml")),
    (&["624"], include_str!("data/624.toml")),
    (&["625"], include_str!("data/625.toml")),
    (&["626"], include_str!("data/626.toml")),
    (&["627"], include_str!("data/627.toml")),
    (&["628"], include_str!("data/628.toml")),
    (&["629"], include_str!("data/629.toml")),
    (&["630"], include_str!("data/630.toml")),
    (&["631"], include_str!("data/631.toml")),
    (&["633"], include_str!("data/633.toml")),
    (&["634"], include_str!("data/634.toml")),
    (&["635"], include_str!("data/635.toml")),
    (&["636"], include_str!("data/636.toml")),
    (&["637"], include_str!("data/637.toml")),
    (&["638"], include_str!("data/638.toml")),
    (&["639"], include_str!("data/639.toml")),
    (&["640"], include_str!("data/640.toml")),
    (&["641"], include_str!("data/641.toml")),
    (&["642"], include_str!("data/642.toml")),
    (&["643"], include_str!("data/643.toml")),
    (&["645"], include_str!("data/645.toml")),
    (&["646"], include_str!("data/646.toml")),
    (&["647"], include_str!("data/647.toml")),
    (&["648"], include_str!("data/648.toml")),
    (&["649"], include_str!("data/649.toml")),
    (&["650"], include_str!("data/650.toml")),
    (&["651"], include_str!("data/651.toml")),
    (&["652"], include_str!("data/652.toml")),
    (&["653"], include_str!("data/653.toml")),
    (&["655"], include_str!("data/655.toml")),
    (&["702"], include_str!("data/702.toml")),
    (&["704"], include_str!("data/704.toml")),
    (&["706"], include_str!("data/706.toml")),
    (&["708"], include_str!("data/708.toml")),
    (&["710"], include_str!("data/710.toml")),
    (&["712"], include_str!("data/712.toml")),
    (&["714"], include_str!("data/714.toml")),
    (&["716"], include_str!("data/716.toml")),
    (&["722"], include_str!("data/722.toml")),
    (&["724"], include_str!("data/724.toml")),
    (&["730"], include_str!("data/730.toml")),
    (&["732"], include_str!("data/732.toml")),
    (&["734"], include_str!("data/734.toml")),
    (&["736"], include_str!("data/736.toml")),
    (&["738"], include_str!("data/738.toml")),
    (&["740"], include_str!("data/740.toml")),
    (&["744"], include_str!("data/744.toml")),
    (&["746"], include_str!("data/746.toml")),
    (&["748"], include_str!("data/748.toml")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn country_codes_are_sorted_and_stand_in_one_file_each() {
        let codes: Vec<_> = FILES.iter().flat_map(|(codes, _)| codes.iter()).collect();
        for pair in codes.windows(2) {
            assert!(pair[0] < pair[1], "{} stands before {}", pair[0], pair[1]);
        }
    }
}
