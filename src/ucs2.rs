//! UCS2: UTF-16BE as raw octets and as hexadecimal (3GPP TS 23.038 clause 6.2.3).
