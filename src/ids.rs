//! Numbers that name things: `Plmn`, `Imsi`, `Imei`, `Iccid`. Shown masked.
