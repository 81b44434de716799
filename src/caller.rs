//! The caller, and what it may do with a broker.

use crate::scan::{Key, Table, Type};
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, PostgresGucEnum, pg_sys};
use std::ffi::{CStr, CString};

/// Read by `calendar_private.client_address`.
static CLIENT_ADDRESS_HEADER: GucSetting<Option<CString>> =
    GucSetting::<Option<CString>>::new(Some(c"x-forwarded-for"));

/// Where a lead counts as the same person.
#[derive(Clone, Copy, PostgresGucEnum)]
enum LeadScope {
    /// Within a broker.
    #[name = c"broker"]
    Broker,
    /// Across brokers, by the `lead_id` that the service names.
    #[name = c"global"]
    Global,
}

/// Read by `calendar_private.make_booking`.
static LEAD_SCOPE: GucSetting<LeadScope> = GucSetting::<LeadScope>::new(LeadScope::Broker);

/// Declares `calendar.client_address_header` and `calendar.lead_scope`.
pub(crate) fn declare_settings() {
    GucRegistry::define_string_guc(
        c"calendar.client_address_header",
        c"The HTTP header to which the proxy before PostgREST adds the caller's address, last in a list.",
        c"In small letters. It must be one that callers cannot write the end of themselves.",
        &CLIENT_ADDRESS_HEADER,
        // Superusers only: a caller that could choose it could choose its address.
        GucContext::Suset,
        GucFlags::default(),
    );
    GucRegistry::define_enum_guc(
        c"calendar.lead_scope",
        c"Whether a lead can have bookings of several brokers that start at the same time.",
        c"broker: yes. global: no, where the service names the lead by lead_id; it applies to bookings made from then on.",
        &LEAD_SCOPE,
        // Superusers only: with "global" a caller can find out when a lead is busy.
        GucContext::Suset,
        GucFlags::default(),
    );
}

/// The longest claims of a token that are read, in bytes; HTTP servers accept shorter headers.
const MAX_CLAIMS: usize = 1 << 20;

/// What a caller may do with a broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everything.
    Service,
    /// Everything, as the broker.
    Owner,
    /// See and book free slots.
    Public,
}

impl Access {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Owner => "owner",
            Self::Public => "public",
        }
    }
}

/// What the session's role may do with a broker of this user; `None` where the
/// role must not learn that the broker exists.
///
/// The role is that of the session (`SET ROLE` included), not that of a
/// security definer function on the way here.
pub(crate) fn access(broker_user: Option<pgrx::Uuid>, public_booking: bool) -> Option<Access> {
    if acts_for_an_owner() {
        return None;
    }
    // What calendar_agent may do is a matter of the few functions that it may call.
    if is_member_of(c"calendar_service") || is_member_of(c"calendar_agent") {
        return Some(Access::Service);
    }
    // Asked for a broker without a user too: that an answer takes longer says nothing.
    let subject = jwt_subject();
    if subject.is_some_and(is_operator) {
        return Some(Access::Service);
    }
    if subject.is_some() && broker_user == subject {
        Some(Access::Owner)
    } else {
        public_booking.then_some(Access::Public)
    }
}

/// Whether the caller may do everything for every broker.
pub(crate) fn serves_all() -> bool {
    access(None, false) == Some(Access::Service)
}

static OPERATORS: Table = Table {
    name: c"operators",
    columns: &[(c"user_id", Type::Uuid)],
    keys: &[0],
    predicate: None,
    may_read_whole: true,
};

/// Whether a user may do what the service may. `calendar_service` alone writes the table.
fn is_operator(user: pgrx::Uuid) -> bool {
    let mut is_listed = false;
    OPERATORS.scan(&[Key::uuid(0, &user)], |_| is_listed = true);
    is_listed
}

/// The user that the request's token names. PostgREST sets the claims after it
/// has checked the token, and only such a request has the role `authenticated`.
/// Claims that any other role has set itself are ignored.
pub(crate) fn jwt_subject() -> Option<pgrx::Uuid> {
    if acts_for_an_owner() || !is_member_of(c"authenticated") {
        return None;
    }
    // SAFETY: a setting's text is valid until the setting changes; it is read at once.
    let claims = unsafe {
        let text = pg_sys::GetConfigOption(c"request.jwt.claims".as_ptr(), true, false);
        if text.is_null() {
            return None;
        }
        CStr::from_ptr(text).to_str().ok()?
    };
    if claims.len() > MAX_CLAIMS {
        return None;
    }
    #[derive(serde::Deserialize)]
    struct Claims<'a> {
        #[serde(borrow)]
        sub: Option<std::borrow::Cow<'a, str>>,
    }
    let subject = serde_json::from_str::<Claims<'_>>(claims).ok()?.sub?;
    let subject = uuid::Uuid::try_parse(&subject).ok()?;
    Some(pgrx::Uuid::from_bytes(subject.into_bytes()))
}

/// Whether the session runs code of a relation's owner: an index expression, a statistics
/// function or a materialized view, in ANALYZE, autovacuum, REINDEX or REFRESH. PostgreSQL
/// has taken on the owner's rights for it, but the session's role is still the one that
/// maintains the relation, often a superuser, and the owner must not gain its rights.
///
/// A security definer function alone is not such a case: it restricts nothing, and its
/// caller could also have called us directly.
fn acts_for_an_owner() -> bool {
    // SAFETY: reads a variable of this backend.
    unsafe { pg_sys::InSecurityRestrictedOperation() }
}

/// Whether the session's role reads everything, and writes nothing.
pub(crate) fn reads_everything() -> bool {
    !acts_for_an_owner() && is_member_of(c"calendar_reader")
}

fn is_member_of(role: &CStr) -> bool {
    // SAFETY: catalogue lookups inside a transaction.
    unsafe {
        let role = pg_sys::get_role_oid(role.as_ptr(), true);
        role != pg_sys::InvalidOid && pg_sys::has_privs_of_role(pg_sys::GetOuterUserId(), role)
    }
}
