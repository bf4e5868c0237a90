//! National language single shift tables (3GPP TS 23.038 annex A.2): what differs from the base.
//!
//! Turkish, Spanish and Portuguese stand on the default extension table, the others on [`INDIC`].

use super::national::Run;

/// What the tables of the languages of India and of Urdu have in common.
#[rustfmt::skip]
pub(super) const INDIC: &[Run] = &[
    (0x00, '@', 1), (0x01, '£', 1), (0x02, '$', 1), (0x03, '¥', 1), (0x04, '¿', 1), (0x05, '"', 1),
    (0x06, '¤', 1), (0x07, '%', 3), (0x0a, '\u{c}', 1), (0x0b, '*', 2), (0x0e, '-', 1), (0x0f, '/', 1),
    (0x10, '<', 3), (0x13, '¡', 1), (0x14, '^', 1), (0x15, '¡', 1), (0x16, '_', 1), (0x17, '#', 1),
    (0x18, '*', 1), (0x28, '{', 1), (0x29, '}', 1), (0x2f, '\\', 1), (0x3c, '[', 1), (0x3d, '~', 1),
    (0x3e, ']', 1), (0x40, '|', 1), (0x41, 'A', 26), (0x65, '€', 1),
];

/// Clause A.2.1, Turkish.
#[rustfmt::skip]
pub(super) const TURKISH: &[Run] = &[
    (0x47, 'Ğ', 1), (0x49, 'İ', 1), (0x53, 'Ş', 1), (0x63, 'ç', 1), (0x67, 'ğ', 1), (0x69, 'ı', 1),
    (0x73, 'ş', 1),
];

/// Clause A.2.2, Spanish.
#[rustfmt::skip]
pub(super) const SPANISH: &[Run] = &[
    (0x09, 'ç', 1), (0x41, 'Á', 1), (0x49, 'Í', 1), (0x4f, 'Ó', 1), (0x55, 'Ú', 1), (0x61, 'á', 1),
    (0x69, 'í', 1), (0x6f, 'ó', 1), (0x75, 'ú', 1),
];

/// Clause A.2.3, Portuguese.
#[rustfmt::skip]
pub(super) const PORTUGUESE: &[Run] = &[
    (0x05, 'ê', 1), (0x09, 'ç', 1), (0x0b, 'Ô', 1), (0x0c, 'ô', 1), (0x0e, 'Á', 1), (0x0f, 'á', 1),
    (0x12, 'Φ', 1), (0x13, 'Γ', 1), (0x15, 'Ω', 1), (0x16, 'Π', 1), (0x17, 'Ψ', 1), (0x18, 'Σ', 1),
    (0x19, 'Θ', 1), (0x1f, 'Ê', 1), (0x41, 'À', 1), (0x49, 'Í', 1), (0x4f, 'Ó', 1), (0x55, 'Ú', 1),
    (0x5b, 'Ã', 1), (0x5c, 'Õ', 1), (0x61, 'Â', 1), (0x69, 'í', 1), (0x6f, 'ó', 1), (0x75, 'ú', 1),
    (0x7b, 'ã', 1), (0x7c, 'õ', 1), (0x7f, 'â', 1),
];

/// Clause A.2.4, Bengali.
#[rustfmt::skip]
pub(super) const BENGALI: &[Run] = &[
    (0x19, '\u{9e6}', 2), (0x1c, '\u{9e8}', 8), (0x24, '\u{9df}', 4), (0x2a, '\u{9e3}', 1),
    (0x2b, '\u{9f2}', 4), (0x30, '\u{9f6}', 5),
];

/// Clause A.2.5, Gujarati.
#[rustfmt::skip]
pub(super) const GUJARATI: &[Run] = &[
    (0x19, '\u{964}', 2), (0x1c, '\u{ae6}', 10),
];

/// Clause A.2.6, Hindi.
#[rustfmt::skip]
pub(super) const HINDI: &[Run] = &[
    (0x19, '\u{964}', 2), (0x1c, '\u{966}', 10), (0x26, '\u{951}', 2), (0x2a, '\u{953}', 2),
    (0x2c, '\u{958}', 3), (0x30, '\u{95b}', 9), (0x39, '\u{970}', 2),
];

/// Clause A.2.7, Kannada.
#[rustfmt::skip]
pub(super) const KANNADA: &[Run] = &[
    (0x19, '\u{964}', 2), (0x1c, '\u{ce6}', 10), (0x26, '\u{cde}', 1), (0x27, '\u{cf1}', 1),
    (0x2a, '\u{cf2}', 1),
];

/// Clause A.2.8, Malayalam.
#[rustfmt::skip]
pub(super) const MALAYALAM: &[Run] = &[
    (0x19, '\u{964}', 2), (0x1c, '\u{d66}', 12), (0x2a, '\u{d72}', 4), (0x2e, '\u{d7a}', 1),
    (0x30, '\u{d7b}', 5),
];

/// Clause A.2.9, Oriya.
#[rustfmt::skip]
pub(super) const ORIYA: &[Run] = &[
    (0x19, '\u{964}', 2), (0x1c, '\u{b66}', 10), (0x26, '\u{b5c}', 2), (0x2a, '\u{b5f}', 1),
    (0x2b, '\u{b70}', 2),
];

/// Clause A.2.10, Punjabi.
#[rustfmt::skip]
pub(super) const PUNJABI: &[Run] = &[
    (0x19, '\u{964}', 2), (0x1c, '\u{a66}', 10), (0x26, '\u{a59}', 2), (0x2a, '\u{a5b}', 2),
    (0x2c, '\u{a5e}', 1), (0x2d, '\u{a75}', 1),
];

/// Clause A.2.11, Tamil.
#[rustfmt::skip]
pub(super) const TAMIL: &[Run] = &[
    (0x19, '\u{964}', 2), (0x1c, '\u{be6}', 10), (0x26, '\u{bf3}', 2), (0x2a, '\u{bf5}', 4),
    (0x2e, '\u{bfa}', 1),
];

/// Clause A.2.12, Telugu.
#[rustfmt::skip]
pub(super) const TELUGU: &[Run] = &[
    (0x1c, '\u{c66}', 10), (0x26, '\u{c58}', 2), (0x2a, '\u{c78}', 5), (0x30, '\u{c7d}', 3),
];

/// Clause A.2.13, Urdu.
#[rustfmt::skip]
pub(super) const URDU: &[Run] = &[
    (0x19, '\u{600}', 2), (0x1c, '\u{6f0}', 10), (0x26, '\u{60c}', 2), (0x2a, '\u{60e}', 5),
    (0x30, '\u{613}', 2), (0x32, '\u{61b}', 1), (0x33, '\u{61f}', 1), (0x34, '\u{640}', 1),
    (0x35, '\u{652}', 1), (0x36, '\u{658}', 1), (0x37, '\u{66b}', 2), (0x39, '\u{672}', 2),
    (0x3b, '\u{6cd}', 1), (0x3f, '\u{6d4}', 1),
];
