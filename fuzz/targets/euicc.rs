#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| saldo_fuzz::hold("euicc", octets));
