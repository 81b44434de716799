//! `calendar_private.restoring`.

use pgrx::{pg_extern, pg_sys};
use std::ffi::CStr;

/// In C, because a body in SQL would be planned again by each statement that fires a trigger.
#[pg_extern(sql = false)]
fn calendar_restoring() -> bool {
    is(c"row_security", c"off") && is(c"is_superuser", c"on")
}

fn is(setting: &CStr, value: &CStr) -> bool {
    // SAFETY: both are settings that every server has; their value lives until the next call.
    unsafe { CStr::from_ptr(pg_sys::GetConfigOption(setting.as_ptr(), false, false)) == value }
}
