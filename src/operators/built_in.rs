//! The data files, built in: a lookup parses the one of its country, and that once a run.

use std::sync::OnceLock;

use super::entry::Operator;
use super::read::{self, DataError};
use crate::balance::country;
use crate::packed::{self, packed};

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

/// The brand with this `id`: most begin with their country, so its file is read first.
pub(super) fn by_id(id: &str) -> Option<Operator> {
    let home = id.split('-').next().and_then(country::by_code).map_or(&[][..], |home| home.mcc);
    let is_home = |(codes, _): &&File| {
        codes.iter().any(|code| code.parse().is_ok_and(|code| home.contains(&code)))
    };
    let others = FILES.iter().filter(|file| !is_home(file));
    let mut files = FILES.iter().filter(is_home).chain(others);
    files.find_map(|file| parsed(file).into_iter().find(|operator| operator.id == id))
}

/// Every brand, or what is wrong in the first file that does not read.
pub(super) fn checked() -> Result<Vec<Operator>, DataError> {
    let read =
        FILES.iter().map(|file| read::operators(&text(file), &format!("{}.toml", name(file))));
    read.collect::<Result<Vec<_>, _>>().map(|files| files.concat())
}

/// A file that does not read is nobody's fault at run time: a test reads every one of them.
fn parsed(file: &File) -> Vec<Operator> {
    read::operators(&text(file), name(file)).unwrap_or_default()
}

fn name((codes, _): &File) -> &'static str {
    codes.first().unwrap_or(&"data")
}

fn text((_, octets): &File) -> String {
    packed::text(octets, packed!("src/operators/data/dictionary"))
}

type File = (&'static [&'static str], &'static [u8]);

/// Mobile country codes of a country, and its file, named after the first. Sorted.
#[rustfmt::skip]
const FILES: &[File] = &[
    (&["202"], packed!("src/operators/data/202.toml")),
    (&["204"], packed!("src/operators/data/204.toml")),
    (&["206"], packed!("src/operators/data/206.toml")),
    (&["208"], packed!("src/operators/data/208.toml")),
    (&["213"], packed!("src/operators/data/213.toml")),
    (&["214"], packed!("src/operators/data/214.toml")),
    (&["216"], packed!("src/operators/data/216.toml")),
    (&["218"], packed!("src/operators/data/218.toml")),
    (&["219"], packed!("src/operators/data/219.toml")),
    (&["220"], packed!("src/operators/data/220.toml")),
    (&["221"], packed!("src/operators/data/221.toml")),
    (&["222"], packed!("src/operators/data/222.toml")),
    (&["226"], packed!("src/operators/data/226.toml")),
    (&["228"], packed!("src/operators/data/228.toml")),
    (&["230"], packed!("src/operators/data/230.toml")),
    (&["231"], packed!("src/operators/data/231.toml")),
    (&["232"], packed!("src/operators/data/232.toml")),
    (&["234"], packed!("src/operators/data/234.toml")),
    (&["238"], packed!("src/operators/data/238.toml")),
    (&["240"], packed!("src/operators/data/240.toml")),
    (&["242"], packed!("src/operators/data/242.toml")),
    (&["244"], packed!("src/operators/data/244.toml")),
    (&["246"], packed!("src/operators/data/246.toml")),
    (&["247"], packed!("src/operators/data/247.toml")),
    (&["248"], packed!("src/operators/data/248.toml")),
    (&["250"], packed!("src/operators/data/250.toml")),
    (&["255"], packed!("src/operators/data/255.toml")),
    (&["257"], packed!("src/operators/data/257.toml")),
    (&["259"], packed!("src/operators/data/259.toml")),
    (&["260"], packed!("src/operators/data/260.toml")),
    (&["262"], packed!("src/operators/data/262.toml")),
    (&["268"], packed!("src/operators/data/268.toml")),
    (&["270"], packed!("src/operators/data/270.toml")),
    (&["272"], packed!("src/operators/data/272.toml")),
    (&["274"], packed!("src/operators/data/274.toml")),
    (&["276"], packed!("src/operators/data/276.toml")),
    (&["278"], packed!("src/operators/data/278.toml")),
    (&["280"], packed!("src/operators/data/280.toml")),
    (&["282"], packed!("src/operators/data/282.toml")),
    (&["283"], packed!("src/operators/data/283.toml")),
    (&["284"], packed!("src/operators/data/284.toml")),
    (&["286"], packed!("src/operators/data/286.toml")),
    (&["288"], packed!("src/operators/data/288.toml")),
    (&["293"], packed!("src/operators/data/293.toml")),
    (&["294"], packed!("src/operators/data/294.toml")),
    (&["295"], packed!("src/operators/data/295.toml")),
    (&["297"], packed!("src/operators/data/297.toml")),
    (&["302"], packed!("src/operators/data/302.toml")),
    (&["310", "311", "312", "313"], packed!("src/operators/data/310.toml")),
    (&["330"], packed!("src/operators/data/330.toml")),
    (&["334"], packed!("src/operators/data/334.toml")),
    (&["338"], packed!("src/operators/data/338.toml")),
    (&["340"], packed!("src/operators/data/340.toml")),
    (&["342"], packed!("src/operators/data/342.toml")),
    (&["350"], packed!("src/operators/data/350.toml")),
    (&["358"], packed!("src/operators/data/358.toml")),
    (&["360"], packed!("src/operators/data/360.toml")),
    (&["364"], packed!("src/operators/data/364.toml")),
    (&["368"], packed!("src/operators/data/368.toml")),
    (&["370"], packed!("src/operators/data/370.toml")),
    (&["372"], packed!("src/operators/data/372.toml")),
    (&["374"], packed!("src/operators/data/374.toml")),
    (&["400"], packed!("src/operators/data/400.toml")),
    (&["401"], packed!("src/operators/data/401.toml")),
    (&["404", "405"], packed!("src/operators/data/404.toml")),
    (&["410"], packed!("src/operators/data/410.toml")),
    (&["412"], packed!("src/operators/data/412.toml")),
    (&["413"], packed!("src/operators/data/413.toml")),
    (&["414"], packed!("src/operators/data/414.toml")),
    (&["415"], packed!("src/operators/data/415.toml")),
    (&["416"], packed!("src/operators/data/416.toml")),
    (&["417"], packed!("src/operators/data/417.toml")),
    (&["418"], packed!("src/operators/data/418.toml")),
    (&["419"], packed!("src/operators/data/419.toml")),
    (&["420"], packed!("src/operators/data/420.toml")),
    (&["421"], packed!("src/operators/data/421.toml")),
    (&["422"], packed!("src/operators/data/422.toml")),
    (&["424"], packed!("src/operators/data/424.toml")),
    (&["425"], packed!("src/operators/data/425.toml")),
    (&["426"], packed!("src/operators/data/426.toml")),
    (&["427"], packed!("src/operators/data/427.toml")),
    (&["428"], packed!("src/operators/data/428.toml")),
    (&["429"], packed!("src/operators/data/429.toml")),
    (&["432"], packed!("src/operators/data/432.toml")),
    (&["434"], packed!("src/operators/data/434.toml")),
    (&["436"], packed!("src/operators/data/436.toml")),
    (&["437"], packed!("src/operators/data/437.toml")),
    (&["438"], packed!("src/operators/data/438.toml")),
    (&["440"], packed!("src/operators/data/440.toml")),
    (&["450"], packed!("src/operators/data/450.toml")),
    (&["452"], packed!("src/operators/data/452.toml")),
    (&["454"], packed!("src/operators/data/454.toml")),
    (&["455"], packed!("src/operators/data/455.toml")),
    (&["456"], packed!("src/operators/data/456.toml")),
    (&["457"], packed!("src/operators/data/457.toml")),
    (&["460"], packed!("src/operators/data/460.toml")),
    (&["466"], packed!("src/operators/data/466.toml")),
    (&["470"], packed!("src/operators/data/470.toml")),
    (&["472"], packed!("src/operators/data/472.toml")),
    (&["502"], packed!("src/operators/data/502.toml")),
    (&["505"], packed!("src/operators/data/505.toml")),
    (&["510"], packed!("src/operators/data/510.toml")),
    (&["515"], packed!("src/operators/data/515.toml")),
    (&["520"], packed!("src/operators/data/520.toml")),
    (&["525"], packed!("src/operators/data/525.toml")),
    (&["528"], packed!("src/operators/data/528.toml")),
    (&["530"], packed!("src/operators/data/530.toml")),
    (&["537"], packed!("src/operators/data/537.toml")),
    (&["542"], packed!("src/operators/data/542.toml")),
    (&["547"], packed!("src/operators/data/547.toml")),
    (&["602"], packed!("src/operators/data/602.toml")),
    (&["603"], packed!("src/operators/data/603.toml")),
    (&["604"], packed!("src/operators/data/604.toml")),
    (&["605"], packed!("src/operators/data/605.toml")),
    (&["606"], packed!("src/operators/data/606.toml")),
    (&["607"], packed!("src/operators/data/607.toml")),
    (&["608"], packed!("src/operators/data/608.toml")),
    (&["609"], packed!("src/operators/data/609.toml")),
    (&["610"], packed!("src/operators/data/610.toml")),
    (&["611"], packed!("src/operators/data/611.toml")),
    (&["612"], packed!("src/operators/data/612.toml")),
    (&["613"], packed!("src/operators/data/613.toml")),
    (&["614"], packed!("src/operators/data/614.toml")),
    (&["615"], packed!("src/operators/data/615.toml")),
    (&["616"], packed!("src/operators/data/616.toml")),
    (&["617"], packed!("src/operators/data/617.toml")),
    (&["618"], packed!("src/operators/data/618.toml")),
    (&["620"], packed!("src/operators/data/620.toml")),
    (&["621"], packed!("src/operators/data/621.toml")),
    (&["622"], packed!("src/operators/data/622.toml")),
    (&["623"], packed!("src/operators/data/623.toml")),
    (&["624"], packed!("src/operators/data/624.toml")),
    (&["625"], packed!("src/operators/data/625.toml")),
    (&["626"], packed!("src/operators/data/626.toml")),
    (&["627"], packed!("src/operators/data/627.toml")),
    (&["628"], packed!("src/operators/data/628.toml")),
    (&["629"], packed!("src/operators/data/629.toml")),
    (&["630"], packed!("src/operators/data/630.toml")),
    (&["631"], packed!("src/operators/data/631.toml")),
    (&["633"], packed!("src/operators/data/633.toml")),
    (&["634"], packed!("src/operators/data/634.toml")),
    (&["635"], packed!("src/operators/data/635.toml")),
    (&["636"], packed!("src/operators/data/636.toml")),
    (&["637"], packed!("src/operators/data/637.toml")),
    (&["638"], packed!("src/operators/data/638.toml")),
    (&["639"], packed!("src/operators/data/639.toml")),
    (&["640"], packed!("src/operators/data/640.toml")),
    (&["641"], packed!("src/operators/data/641.toml")),
    (&["642"], packed!("src/operators/data/642.toml")),
    (&["643"], packed!("src/operators/data/643.toml")),
    (&["645"], packed!("src/operators/data/645.toml")),
    (&["646"], packed!("src/operators/data/646.toml")),
    (&["647"], packed!("src/operators/data/647.toml")),
    (&["648"], packed!("src/operators/data/648.toml")),
    (&["649"], packed!("src/operators/data/649.toml")),
    (&["650"], packed!("src/operators/data/650.toml")),
    (&["651"], packed!("src/operators/data/651.toml")),
    (&["652"], packed!("src/operators/data/652.toml")),
    (&["653"], packed!("src/operators/data/653.toml")),
    (&["655"], packed!("src/operators/data/655.toml")),
    (&["702"], packed!("src/operators/data/702.toml")),
    (&["704"], packed!("src/operators/data/704.toml")),
    (&["706"], packed!("src/operators/data/706.toml")),
    (&["708"], packed!("src/operators/data/708.toml")),
    (&["710"], packed!("src/operators/data/710.toml")),
    (&["712"], packed!("src/operators/data/712.toml")),
    (&["714"], packed!("src/operators/data/714.toml")),
    (&["716"], packed!("src/operators/data/716.toml")),
    (&["722"], packed!("src/operators/data/722.toml")),
    (&["724"], packed!("src/operators/data/724.toml")),
    (&["730"], packed!("src/operators/data/730.toml")),
    (&["732"], packed!("src/operators/data/732.toml")),
    (&["734"], packed!("src/operators/data/734.toml")),
    (&["736"], packed!("src/operators/data/736.toml")),
    (&["738"], packed!("src/operators/data/738.toml")),
    (&["740"], packed!("src/operators/data/740.toml")),
    (&["744"], packed!("src/operators/data/744.toml")),
    (&["746"], packed!("src/operators/data/746.toml")),
    (&["748"], packed!("src/operators/data/748.toml")),
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

    #[test]
    fn every_file_in_the_folder_is_built_in() {
        let files: Vec<_> = FILES.iter().map(|file| (name(file).to_owned(), text(file))).collect();
        packed::assert_same_as_folder("src/operators/data", &files);
    }
}
