//! The data files as `build.rs` packs them: a run reads few of them, so the rest stay small.

use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// A packed file, or the `dictionary` of its folder, by its path in the package.
macro_rules! packed {
    ($path:expr) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $path))
    };
}
pub(crate) use packed;

/// The text of a file that was packed with the dictionary of its folder.
///
/// A file that does not unpack is nobody's fault at run time: tests compare each with what it was.
pub(crate) fn text(packed: &[u8], dictionary: &[u8]) -> String {
    let Some((length, packed)) = packed.split_first_chunk() else { return String::new() };
    let length = usize::from(u16::from_le_bytes(*length));
    let mut octets = Vec::with_capacity(dictionary.len() + length);
    octets.extend_from_slice(dictionary);
    octets.resize(dictionary.len() + length, 0);
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut inflater = DecompressorOxide::new();
    decompress(&mut inflater, packed, &mut octets, dictionary.len(), flags);
    octets.drain(..dictionary.len());
    String::from_utf8(octets).unwrap_or_default()
}

#[cfg(test)]
pub(crate) use tests::assert_same_as_folder;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// Every file of the folder is among the `unpacked`, under its name and octet by octet, and no other.
    pub(crate) fn assert_same_as_folder(folder: &str, unpacked: &[(String, String)]) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let names = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
        let names = names.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
        let there: BTreeSet<_> =
            names.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        let built_in: BTreeSet<_> = unpacked.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(built_in, there, "{folder}: what is built in, and what is there");
        for (name, text) in unpacked {
            let was = fs::read_to_string(path.join(format!("{name}.toml"))).unwrap();
            assert!(*text == was, "{folder}/{name}.toml differs from what was packed");
        }
    }

    #[test]
    fn what_was_never_packed_is_no_text() {
        for octets in [&b""[..], b"\x05", b"\x05\x00", b"\x05\x00\xff\xff\xff"] {
            let text = super::text(octets, b"like this");
            assert!(text.trim_matches('\0').is_empty(), "{text:?}");
        }
    }
}
