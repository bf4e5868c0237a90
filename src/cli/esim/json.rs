//! The objects of `--json`: keys and their order are promised.

use crate::Error;
use crate::client::Registration;
use crate::euicc::{Addresses, Info, Notification, Profile, State};
use crate::ids::Eid;
use crate::operators::Operators;
use serde::Serialize;

use super::super::Globals;
use super::super::json::ErrorObject;
use super::brand::Brand;
use super::info::version_text;
use super::list::{class, state};
use super::notifications::operation;
use super::policy;

/// `saldo esim list --json`.
#[derive(Serialize)]
pub(super) struct ListLine {
    schema: u8,
    eid: String,
    profiles: Vec<ProfileObject>,
    notifications: usize,
}

impl ListLine {
    pub(super) fn of(
        eid: &Eid,
        profiles: &[Profile],
        notifications: usize,
        operators: &Operators,
        globals: &Globals,
    ) -> Self {
        let profiles = profiles.iter().map(|one| ProfileObject::of(one, operators, globals));
        let (eid, profiles) = (eid.shown(globals.show_ids), profiles.collect());
        Self { schema: 1, eid, profiles, notifications }
    }
}

/// One profile. Where `plmn` is null, `operator` is a guess.
#[derive(Serialize)]
pub(crate) struct ProfileObject {
    iccid: String,
    state: &'static str,
    nickname: Option<String>,
    provider: Option<String>,
    name: Option<String>,
    class: String,
    plmn: Option<String>,
    operator: Option<String>,
    code: Option<String>,
    policy: Vec<String>,
}

impl ProfileObject {
    pub(super) fn of(profile: &Profile, operators: &Operators, globals: &Globals) -> Self {
        let brand = Brand::of(profile, operators);
        Self {
            iccid: profile.iccid.shown(globals.show_ids),
            state: state(profile.state),
            nickname: some(&profile.nickname),
            provider: some(&profile.provider),
            name: some(&profile.name),
            class: class(profile.class),
            plmn: profile.plmn.map(|plmn| plmn.to_string()),
            code: brand.code().map(ToString::to_string),
            operator: brand.operator.map(|operator| operator.id),
            policy: policy(&profile.policy),
        }
    }
}

/// `saldo esim info --json`.
#[derive(Serialize)]
pub(super) struct InfoLine {
    schema: u8,
    eid: String,
    svn: Option<String>,
    firmware: Option<String>,
    profile_version: Option<String>,
    applications: Option<u32>,
    free_memory: Option<u32>,
    free_volatile_memory: Option<u32>,
    trusted_keys: Vec<String>,
    forbidden: Vec<String>,
    default_smdp: Option<String>,
    root_smds: Option<String>,
    accreditation: Option<String>,
}

impl InfoLine {
    pub(super) fn of(eid: &Eid, info: &Info, addresses: &Addresses, globals: &Globals) -> Self {
        let version = |version| some(&version_text(version));
        Self {
            schema: 1,
            eid: eid.shown(globals.show_ids),
            svn: version(info.svn),
            firmware: version(info.firmware),
            profile_version: version(info.profile_version),
            applications: info.applications,
            free_memory: info.free_memory,
            free_volatile_memory: info.free_volatile,
            trusted_keys: info.trusted_keys.iter().map(|key| crate::hex::digits(key)).collect(),
            forbidden: policy(&info.forbidden),
            default_smdp: some(&addresses.default_smdp),
            root_smds: some(&addresses.root_smds),
            accreditation: some(&info.accreditation),
        }
    }
}

/// `saldo esim notifications --json`.
#[derive(Serialize)]
pub(super) struct NotificationsLine {
    schema: u8,
    notifications: Vec<NotificationObject>,
}

impl NotificationsLine {
    pub(super) fn of(waiting: &[Notification], globals: &Globals) -> Self {
        let object = |one: &Notification| NotificationObject {
            number: one.number,
            operation: operation(one.operation),
            iccid: one.iccid.map(|iccid| iccid.shown(globals.show_ids)),
            address: some(&one.address),
        };
        Self { schema: 1, notifications: waiting.iter().map(object).collect() }
    }
}

#[derive(Serialize)]
struct NotificationObject {
    number: u32,
    operation: String,
    iccid: Option<String>,
    address: Option<String>,
}

/// `saldo esim nickname --json`.
#[derive(Serialize)]
pub(super) struct NicknameLine {
    schema: u8,
    iccid: String,
    nickname: Option<String>,
}

impl NicknameLine {
    pub(super) fn of(iccid: String, nickname: &str) -> Self {
        Self { schema: 1, iccid, nickname: some(nickname) }
    }
}

/// What does not apply is null.
fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// `saldo esim enable --json`.
#[derive(Serialize)]
pub(super) struct EnabledLine {
    schema: u8,
    profile: ProfileObject,
    network: Option<String>,
    roaming: bool,
}

impl EnabledLine {
    pub(super) fn of(
        profile: &Profile,
        registration: &Registration,
        operators: &Operators,
        globals: &Globals,
    ) -> Self {
        let profile = Profile { state: State::Enabled, ..profile.clone() };
        Self {
            schema: 1,
            profile: ProfileObject::of(&profile, operators, globals),
            network: registration.operator.clone(),
            roaming: registration.is_roaming(),
        }
    }
}

/// `saldo esim sweep --json`, of a profile that was not asked.
#[derive(Serialize)]
pub(super) struct NotAskedLine {
    schema: u8,
    profile: ProfileObject,
    error: ErrorObject,
}

impl NotAskedLine {
    pub(super) fn of(profile: ProfileObject, error: &Error) -> Self {
        Self { schema: 1, profile, error: ErrorObject::of(error, error.to_string()) }
    }
}
