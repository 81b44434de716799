//! The present time.

use crate::{convert, report};
use engine::time::{Instant, parse_instant};
use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, pg_sys};
use std::ffi::CString;

static NOW: GucSetting<Option<CString>> = GucSetting::<Option<CString>>::new(None);

/// Declares `calendar.now`.
pub(crate) fn declare_setting() {
    GucRegistry::define_string_guc(
        c"calendar.now",
        c"The instant that calendar_ext takes for the present.",
        c"An ISO 8601 instant such as 2026-12-01T09:00:00Z; empty for the real clock.",
        &NOW,
        // Superusers only: a caller that could move the clock could book the past.
        GucContext::Suset,
        GucFlags::default(),
    );
}

/// The present: `calendar.now`, or the start of the current statement.
pub(crate) fn now() -> Instant {
    match NOW.get() {
        Some(text) if !text.is_empty() => {
            let text = text.to_string_lossy();
            parse_instant(&text).unwrap_or_else(|| {
                report::invalid_parameter(&format!(
                    "calendar.now must be empty or an instant such as 2026-12-01T09:00:00Z, not {text:?}"
                ))
            })
        }
        // SAFETY: reads a variable of this backend.
        _ => convert::instant(unsafe { pg_sys::GetCurrentStatementStartTimestamp() }),
    }
}
