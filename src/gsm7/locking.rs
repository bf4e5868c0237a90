//! National language locking shift tables (3GPP TS 23.038 annex A.3): what differs from the base.
//!
//! Turkish and Portuguese stand on the default alphabet, the others on [`INDIC`]. The value 0x1B is the
//! escape in all of them. Where editions and printings of the specification disagree (0x2C of the Indic
//! tables, 0x24 of Kannada) the value that fits the language and that phones use stands here.

use super::national::Run;

/// What the tables of the languages of India and of Urdu have in common.
#[rustfmt::skip]
pub(super) const INDIC: &[Run] = &[
    (0x0a, '\n', 1), (0x0d, '\r', 1), (0x20, ' ', 2), (0x28, ')', 1), (0x29, '(', 1), (0x2c, ',', 1),
    (0x2e, '.', 1), (0x30, '0', 12), (0x3f, '?', 1), (0x61, 'a', 26),
];

/// Clause A.3.1, Turkish.
#[rustfmt::skip]
pub(super) const TURKISH: &[Run] = &[
    (0x04, '€', 1), (0x07, 'ı', 1), (0x0b, 'Ğ', 2), (0x1c, 'Ş', 2), (0x40, 'İ', 1), (0x60, 'ç', 1),
];

/// Clause A.3.3, Portuguese.
#[rustfmt::skip]
pub(super) const PORTUGUESE: &[Run] = &[
    (0x04, 'ê', 1), (0x06, 'ú', 1), (0x07, 'í', 1), (0x08, 'ó', 1), (0x09, 'ç', 1), (0x0b, 'Ô', 1),
    (0x0c, 'ô', 1), (0x0e, 'Á', 1), (0x0f, 'á', 1), (0x12, 'ª', 1), (0x13, 'Ç', 1), (0x14, 'À', 1),
    (0x15, '∞', 1), (0x16, '^', 1), (0x17, '\\', 1), (0x18, '€', 1), (0x19, 'Ó', 1), (0x1a, '|', 1),
    (0x1c, 'Â', 1), (0x1d, 'â', 1), (0x1e, 'Ê', 1), (0x24, 'º', 1), (0x40, 'Í', 1), (0x5b, 'Ã', 1),
    (0x5c, 'Õ', 1), (0x5d, 'Ú', 1), (0x60, '~', 1), (0x7b, 'ã', 1), (0x7c, 'õ', 1), (0x7d, '`', 1),
];

/// Clause A.3.4, Bengali.
#[rustfmt::skip]
pub(super) const BENGALI: &[Run] = &[
    (0x00, '\u{981}', 3), (0x03, '\u{985}', 7), (0x0b, '\u{98c}', 1), (0x0f, '\u{98f}', 2),
    (0x13, '\u{993}', 8), (0x1c, '\u{99b}', 4), (0x22, '\u{99f}', 6), (0x2a, '\u{9a5}', 2),
    (0x2d, '\u{9a7}', 1), (0x2f, '\u{9a8}', 1), (0x3d, '\u{9aa}', 2), (0x40, '\u{9ac}', 5),
    (0x46, '\u{9b2}', 1), (0x4a, '\u{9b6}', 4), (0x4e, '\u{9bc}', 9), (0x59, '\u{9c7}', 2),
    (0x5d, '\u{9cb}', 4), (0x7b, '\u{9d7}', 1), (0x7c, '\u{9dc}', 2), (0x7e, '\u{9f0}', 2),
];

/// Clause A.3.5, Gujarati.
#[rustfmt::skip]
pub(super) const GUJARATI: &[Run] = &[
    (0x00, '\u{a81}', 3), (0x03, '\u{a85}', 7), (0x0b, '\u{a8c}', 2), (0x0f, '\u{a8f}', 3),
    (0x13, '\u{a93}', 8), (0x1c, '\u{a9b}', 4), (0x22, '\u{a9f}', 6), (0x2a, '\u{aa5}', 2),
    (0x2d, '\u{aa7}', 1), (0x2f, '\u{aa8}', 1), (0x3d, '\u{aaa}', 2), (0x40, '\u{aac}', 5),
    (0x46, '\u{ab2}', 2), (0x49, '\u{ab5}', 5), (0x4e, '\u{abc}', 10), (0x59, '\u{ac7}', 3),
    (0x5d, '\u{acb}', 3), (0x60, '\u{ad0}', 1), (0x7b, '\u{ae0}', 4), (0x7f, '\u{af1}', 1),
];

/// Clause A.3.6, Hindi.
#[rustfmt::skip]
pub(super) const HINDI: &[Run] = &[
    (0x00, '\u{901}', 3), (0x03, '\u{905}', 7), (0x0b, '\u{90c}', 2), (0x0e, '\u{90e}', 13),
    (0x1c, '\u{91b}', 4), (0x22, '\u{91f}', 6), (0x2a, '\u{925}', 2), (0x2d, '\u{927}', 1),
    (0x2f, '\u{928}', 1), (0x3c, '\u{929}', 3), (0x40, '\u{92c}', 14), (0x4e, '\u{93c}', 18),
    (0x60, '\u{950}', 1), (0x7b, '\u{972}', 1), (0x7c, '\u{97b}', 2), (0x7e, '\u{97e}', 2),
];

/// Clause A.3.7, Kannada.
#[rustfmt::skip]
pub(super) const KANNADA: &[Run] = &[
    (0x01, '\u{c82}', 2), (0x03, '\u{c85}', 7), (0x0b, '\u{c8c}', 1), (0x0e, '\u{c8e}', 3),
    (0x12, '\u{c92}', 9), (0x1c, '\u{c9b}', 4), (0x22, '\u{c9f}', 6), (0x2a, '\u{ca5}', 2),
    (0x2d, '\u{ca7}', 1), (0x2f, '\u{ca8}', 1), (0x3d, '\u{caa}', 2), (0x40, '\u{cac}', 8),
    (0x49, '\u{cb5}', 5), (0x4e, '\u{cbc}', 9), (0x58, '\u{cc6}', 3), (0x5c, '\u{cca}', 4),
    (0x60, '\u{cd5}', 1), (0x7b, '\u{cd6}', 1), (0x7c, '\u{ce0}', 4),
];

/// Clause A.3.8, Malayalam.
#[rustfmt::skip]
pub(super) const MALAYALAM: &[Run] = &[
    (0x01, '\u{d02}', 2), (0x03, '\u{d05}', 7), (0x0b, '\u{d0c}', 1), (0x0e, '\u{d0e}', 3),
    (0x12, '\u{d12}', 9), (0x1c, '\u{d1b}', 4), (0x22, '\u{d1f}', 6), (0x2a, '\u{d25}', 2),
    (0x2d, '\u{d27}', 1), (0x2f, '\u{d28}', 1), (0x3d, '\u{d2a}', 2), (0x40, '\u{d2c}', 14),
    (0x4f, '\u{d3d}', 8), (0x58, '\u{d46}', 3), (0x5c, '\u{d4a}', 4), (0x60, '\u{d57}', 1),
    (0x7b, '\u{d60}', 4), (0x7f, '\u{d79}', 1),
];

/// Clause A.3.9, Oriya.
#[rustfmt::skip]
pub(super) const ORIYA: &[Run] = &[
    (0x00, '\u{b01}', 3), (0x03, '\u{b05}', 7), (0x0b, '\u{b0c}', 1), (0x0f, '\u{b0f}', 2),
    (0x13, '\u{b13}', 8), (0x1c, '\u{b1b}', 4), (0x22, '\u{b1f}', 6), (0x2a, '\u{b25}', 2),
    (0x2d, '\u{b27}', 1), (0x2f, '\u{b28}', 1), (0x3d, '\u{b2a}', 2), (0x40, '\u{b2c}', 5),
    (0x46, '\u{b32}', 2), (0x49, '\u{b35}', 5), (0x4e, '\u{b3c}', 9), (0x59, '\u{b47}', 2),
    (0x5d, '\u{b4b}', 3), (0x60, '\u{b56}', 1), (0x7b, '\u{b57}', 1), (0x7c, '\u{b60}', 4),
];

/// Clause A.3.10, Punjabi.
#[rustfmt::skip]
pub(super) const PUNJABI: &[Run] = &[
    (0x00, '\u{a01}', 3), (0x03, '\u{a05}', 6), (0x0f, '\u{a0f}', 2), (0x13, '\u{a13}', 8),
    (0x1c, '\u{a1b}', 4), (0x22, '\u{a1f}', 6), (0x2a, '\u{a25}', 2), (0x2d, '\u{a27}', 1),
    (0x2f, '\u{a28}', 1), (0x3d, '\u{a2a}', 2), (0x40, '\u{a2c}', 5), (0x46, '\u{a32}', 2),
    (0x49, '\u{a35}', 2), (0x4c, '\u{a38}', 2), (0x4e, '\u{a3c}', 1), (0x50, '\u{a3e}', 5),
    (0x59, '\u{a47}', 2), (0x5d, '\u{a4b}', 3), (0x60, '\u{a51}', 1), (0x7b, '\u{a70}', 5),
];

/// Clause A.3.11, Tamil.
#[rustfmt::skip]
pub(super) const TAMIL: &[Run] = &[
    (0x01, '\u{b82}', 2), (0x03, '\u{b85}', 6), (0x0e, '\u{b8e}', 3), (0x12, '\u{b92}', 4),
    (0x19, '\u{b99}', 2), (0x1d, '\u{b9c}', 1), (0x1f, '\u{b9e}', 1), (0x22, '\u{b9f}', 1),
    (0x26, '\u{ba3}', 2), (0x2f, '\u{ba8}', 1), (0x3c, '\u{ba9}', 2), (0x42, '\u{bae}', 12),
    (0x50, '\u{bbe}', 5), (0x58, '\u{bc6}', 3), (0x5c, '\u{bca}', 4), (0x60, '\u{bd0}', 1),
    (0x7b, '\u{bd7}', 1), (0x7c, '\u{bf0}', 3), (0x7f, '\u{bf9}', 1),
];

/// Clause A.3.12, Telugu.
#[rustfmt::skip]
pub(super) const TELUGU: &[Run] = &[
    (0x00, '\u{c01}', 3), (0x03, '\u{c05}', 7), (0x0b, '\u{c0c}', 1), (0x0e, '\u{c0e}', 3),
    (0x12, '\u{c12}', 9), (0x1c, '\u{c1b}', 4), (0x22, '\u{c1f}', 6), (0x2a, '\u{c25}', 2),
    (0x2d, '\u{c27}', 1), (0x2f, '\u{c28}', 1), (0x3d, '\u{c2a}', 2), (0x40, '\u{c2c}', 8),
    (0x49, '\u{c35}', 5), (0x4f, '\u{c3d}', 8), (0x58, '\u{c46}', 3), (0x5c, '\u{c4a}', 4),
    (0x60, '\u{c55}', 1), (0x7b, '\u{c56}', 1), (0x7c, '\u{c60}', 4),
];

/// Clause A.3.13, Urdu.
#[rustfmt::skip]
pub(super) const URDU: &[Run] = &[
    (0x00, '\u{627}', 1), (0x01, '\u{622}', 1), (0x02, '\u{628}', 1), (0x03, '\u{67b}', 1),
    (0x04, '\u{680}', 1), (0x05, '\u{67e}', 1), (0x06, '\u{6a6}', 1), (0x07, '\u{62a}', 1),
    (0x08, '\u{6c2}', 1), (0x09, '\u{67f}', 1), (0x0b, '\u{679}', 1), (0x0c, '\u{67d}', 1),
    (0x0e, '\u{67a}', 1), (0x0f, '\u{67c}', 1), (0x10, '\u{62b}', 2), (0x12, '\u{681}', 1),
    (0x13, '\u{684}', 1), (0x14, '\u{683}', 1), (0x15, '\u{685}', 3), (0x18, '\u{62d}', 3),
    (0x1c, '\u{68c}', 1), (0x1d, '\u{688}', 3), (0x22, '\u{68f}', 1), (0x23, '\u{68d}', 1),
    (0x24, '\u{630}', 2), (0x26, '\u{691}', 1), (0x27, '\u{693}', 1), (0x2a, '\u{699}', 1),
    (0x2b, '\u{632}', 1), (0x2d, '\u{696}', 1), (0x2f, '\u{698}', 1), (0x3c, '\u{69a}', 1),
    (0x3d, '\u{633}', 2), (0x40, '\u{635}', 5), (0x45, '\u{641}', 2), (0x47, '\u{6a9}', 3),
    (0x4a, '\u{6af}', 1), (0x4b, '\u{6b3}', 1), (0x4c, '\u{6b1}', 1), (0x4d, '\u{644}', 3),
    (0x50, '\u{6ba}', 3), (0x53, '\u{648}', 1), (0x54, '\u{6c4}', 1), (0x55, '\u{6d5}', 1),
    (0x56, '\u{6c1}', 1), (0x57, '\u{6be}', 1), (0x58, '\u{621}', 1), (0x59, '\u{6cc}', 1),
    (0x5a, '\u{6d0}', 1), (0x5b, '\u{6d2}', 1), (0x5c, '\u{64d}', 1), (0x5d, '\u{650}', 1),
    (0x5e, '\u{64f}', 1), (0x5f, '\u{657}', 1), (0x60, '\u{654}', 1), (0x7b, '\u{655}', 1),
    (0x7c, '\u{651}', 1), (0x7d, '\u{653}', 1), (0x7e, '\u{656}', 1), (0x7f, '\u{670}', 1),
];
