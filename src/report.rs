//! Errors towards SQL.

use pgrx::pg_sys::panic::ErrorReport;
use pgrx::{PgLogLevel, PgSqlErrorCode, pg_sys};
use std::ffi::{CStr, c_char, c_int};

/// Ends the statement with SQLSTATE 22023. The message names the argument and
/// what is allowed.
pub(crate) fn invalid_parameter(message: &str) -> ! {
    raise(PgSqlErrorCode::ERRCODE_INVALID_PARAMETER_VALUE, message)
}

/// Ends the statement with SQLSTATE 42501.
pub(crate) fn insufficient_privilege(message: &str) -> ! {
    raise(PgSqlErrorCode::ERRCODE_INSUFFICIENT_PRIVILEGE, message)
}

/// Ends the statement with SQLSTATE 55000: a table of the extension is not as
/// the extension made it. `wanted` completes "calendar.x must …".
pub(crate) fn unusable_table(name: &CStr, wanted: &str) -> ! {
    let code = PgSqlErrorCode::ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE;
    raise(code, &format!("calendar.{} must {wanted}", name.to_string_lossy()))
}

/// Warns that a table of the extension can only be read slowly. `wanted` completes
/// "calendar.x should …".
pub(crate) fn slow_table(name: &CStr, wanted: &str) {
    let name = name.to_string_lossy();
    let message = format!("calendar.{name} should {wanted}; without it the whole table is read");
    let code = PgSqlErrorCode::ERRCODE_WARNING;
    ErrorReport::new(code, message, "calendar_ext").report(PgLogLevel::WARNING);
}

/// Rows that one answer is made from at most: enough for a year of appointments that
/// begin every minute.
const MOST_ROWS: usize = 1_000_000;

/// Keeps a row for an answer. Ends the statement with SQLSTATE 54000 where there are
/// more than [`MOST_ROWS`], and with 53200 where memory is short: Rust would abort,
/// and end all sessions.
pub(crate) fn keep<T>(rows: &mut Vec<T>, row: T) {
    if rows.len() == MOST_ROWS {
        raise(
            PgSqlErrorCode::ERRCODE_PROGRAM_LIMIT_EXCEEDED,
            &format!("the window must hold at most {MOST_ROWS} busy times; ask for a shorter one"),
        );
    }
    if rows.try_reserve(1).is_err() {
        raise(PgSqlErrorCode::ERRCODE_OUT_OF_MEMORY, "out of memory");
    }
    rows.push(row);
}

/// A text argument of at most `most` bytes: reading it takes several times as much memory.
pub(crate) fn bounded<'t>(name: &str, text: &'t str, most: usize) -> &'t str {
    if text.len() > most {
        invalid_parameter(&format!("{name} must be at most {most} bytes long, not {}", text.len()));
    }
    text
}

fn raise(code: PgSqlErrorCode, message: &str) -> ! {
    // PostgREST writes the message into the status line of HTTP, which is ASCII.
    let message = message.replace('…', "...").replace(|c: char| !c.is_ascii(), "?");
    ErrorReport::new(code, message, "calendar_ext").report(PgLogLevel::ERROR);
    unreachable!("an error ends the statement")
}

/// What the engine found wrong with an argument, or PostgreSQL's request to cancel the
/// statement.
pub(crate) fn or_raise<T>(result: engine::Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => invalid_parameter(&error.to_string()),
    }
}

/// The tick that long work of the engine takes: PostgreSQL's chance to cancel.
pub(crate) fn tick() -> bool {
    pgrx::check_for_interrupts!();
    true
}

/// What does not exist, or must not be seen by this caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotFound {
    Broker,
    MeetingType,
}

impl NotFound {
    /// The error's message.
    fn message(self) -> &'static CStr {
        match self {
            Self::Broker => c"broker_not_found",
            Self::MeetingType => c"meeting_type_not_found",
        }
    }
}

/// Keeps backtraces out of errors. pgrx adds them to DETAIL, which every caller can
/// read, where the server's environment has `RUST_BACKTRACE`.
pub(crate) fn take_no_backtraces() {
    const VARIABLE: &str = "RUST_LIB_BACKTRACE";
    let before = std::env::var_os(VARIABLE);
    // SAFETY: a process of PostgreSQL has one thread. Other extensions find the
    // environment as it was: this library's own copy of std looks once, now.
    unsafe {
        std::env::set_var(VARIABLE, "0");
        drop(std::backtrace::Backtrace::capture());
        match before {
            Some(value) => std::env::set_var(VARIABLE, value),
            None => std::env::remove_var(VARIABLE),
        }
    }
}

/// Runs the body of a C function and turns [`NotFound`] into SQLSTATE
/// PT404.
///
/// pgrx knows only PostgreSQL's own error codes and turns any other into XX000,
/// so this one is raised behind its back: once the guarded body has returned,
/// no Rust frame that owns anything is left for the jump to skip.
pub(crate) unsafe fn or_not_found(
    body: unsafe fn(pg_sys::FunctionCallInfo) -> Result<pg_sys::Datum, NotFound>,
    fcinfo: pg_sys::FunctionCallInfo,
) -> pg_sys::Datum {
    // SAFETY: the guard is pgrx's own, for a C function's outermost frame.
    let outcome = unsafe { pg_sys::submodules::panic::pgrx_extern_c_guard(|| body(fcinfo)) };
    match outcome {
        Ok(datum) => datum,
        // SAFETY: see above.
        Err(what) => unsafe { raise_not_found(what.message()) },
    }
}

#[allow(ffi_unwind_calls, reason = "PostgreSQL leaves by longjmp, over this frame alone")]
unsafe fn raise_not_found(message: &CStr) -> ! {
    unsafe extern "C-unwind" {
        fn errstart(elevel: c_int, domain: *const c_char) -> bool;
        fn errcode(sqlerrcode: c_int) -> c_int;
        fn errmsg(fmt: *const c_char, ...) -> c_int;
        fn errfinish(filename: *const c_char, lineno: c_int, funcname: *const c_char);
    }
    // SAFETY: the calls that ereport(ERROR, …) makes, with constant strings.
    unsafe {
        errstart(PgLogLevel::ERROR as c_int, std::ptr::null());
        errcode(sqlstate(*b"PT404"));
        errmsg(message.as_ptr());
        errfinish(c"report.rs".as_ptr(), 0, c"raise_not_found".as_ptr());
    }
    unreachable!("an error ends the statement")
}

/// Five characters as PostgreSQL packs them: six bits each.
const fn sqlstate(code: [u8; 5]) -> c_int {
    let mut packed = 0;
    let mut i = 0;
    while i < 5 {
        packed |= (((code[i] - b'0') & 0x3f) as c_int) << (6 * i);
        i += 1;
    }
    packed
}
