//! Which profile is in use after a run, where the way back is barred, gone, or another card's.

use super::bench::{run, scenario};
use super::profiles::{Room, home};

/// The travel card with a profile that may not be disabled once it is in use.
const ONE_WAY: &str = "base = [\"esim-travel\"]\n[[euicc.profile]]\niccid = \"8933010000000000044\"\n\
                       nickname = \"OneWay\"\nimsi = \"208010000000047\"\npolicy = [\"no-disable\"]\n";

#[test]
fn a_sweep_leaves_out_a_profile_that_it_could_never_leave() {
    run(async {
        let room = Room::new(scenario(ONE_WAY));
        let mut modem = room.modem();
        let sweep = modem.begin_sweep().await.unwrap();
        let profiles = sweep.profiles();
        let one_way = profiles.iter().find(|profile| profile.nickname == "OneWay").unwrap();
        let error = sweep.obstacle(one_way).unwrap();
        assert!(error.to_string().contains("it could not be left again"), "{error}");
        assert!(sweep.obstacle(sweep.original()).is_none());
        let error = modem.visit(&sweep, one_way).await.unwrap_err();
        assert!(error.to_string().contains("it could not be left again"), "{error}");
        modem.close().await;
        assert_eq!(room.in_use().await, home());
    });
}
