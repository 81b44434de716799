//! The SQL of `CREATE EXTENSION`, in order.

use pgrx::extension_sql_file;

/// Installs each named file after the one before it.
macro_rules! install {
    ($name:tt = $file:tt, $($rest:tt)*) => {
        extension_sql_file!($file, name = $name);
        install!(@after $name; $($rest)*);
    };
    (@after $before:tt; $name:tt = $file:tt, $($rest:tt)*) => {
        extension_sql_file!($file, name = $name, requires = [$before]);
        install!(@after $name; $($rest)*);
    };
    (@after $last:tt;) => {};
}

install! {
    "roles" = "../sql/roles.sql",
    "is_timezone" = "../sql/functions/private/is_timezone.sql",
    "is_recurrence" = "../sql/functions/private/is_recurrence.sql",
    "is_instant" = "../sql/functions/private/is_instant.sql",
    "recurrence_key" = "../sql/functions/private/recurrence_key.sql",
    "date_start" = "../sql/functions/private/date_start.sql",
    "utc_offset" = "../sql/functions/private/utc_offset.sql",
    "timezone_version" = "../sql/functions/private/timezone_version.sql",
    "current_instant" = "../sql/functions/private/current_instant.sql",
    "restoring" = "../sql/functions/private/restoring.sql",
    "jwt_subject" = "../sql/functions/private/jwt_subject.sql",
    "caller_access" = "../sql/functions/private/caller_access.sql",
    "caller_name" = "../sql/functions/private/caller_name.sql",
    "domains" = "../sql/domains.sql",
    "table_brokers" = "../sql/tables/brokers.sql",
    "owns_broker" = "../sql/functions/private/owns_broker.sql",
    "table_accounts" = "../sql/tables/accounts.sql",
    "table_calendars" = "../sql/tables/calendars.sql",
    "table_working_hours" = "../sql/tables/working_hours.sql",
    "table_availability_overrides" = "../sql/tables/availability_overrides.sql",
    "table_override_occurrences" = "../sql/tables/override_occurrences.sql",
    "table_bookings" = "../sql/tables/bookings.sql",
    "table_events" = "../sql/tables/events.sql",
    "table_busy_blocks" = "../sql/tables/busy_blocks.sql",
    "table_event_mappings" = "../sql/tables/event_mappings.sql",
    "table_sync_state" = "../sql/tables/sync_state.sql",
    "table_sync_logs" = "../sql/tables/sync_logs.sql",
    "table_outbox" = "../sql/tables/outbox.sql",
    "table_failure_logs" = "../sql/tables/failure_logs.sql",
    "table_audit_log" = "../sql/tables/audit_log.sql",
    "derive_blocks" = "../sql/functions/private/derive_blocks.sql",
    "derive_override_occurrences" = "../sql/functions/private/derive_override_occurrences.sql",
    "occurs_within" = "../sql/functions/private/occurs_within.sql",
    "parse_ics" = "../sql/functions/private/parse_ics.sql",
    "write_ics" = "../sql/functions/private/write_ics.sql",
    "parse_events" = "../sql/functions/private/parse_events.sql",
    "slot_verdict" = "../sql/functions/private/slot_verdict.sql",
    "slot_obstacles" = "../sql/functions/private/slot_obstacles.sql",
    "check_instant" = "../sql/functions/private/check_instant.sql",
    "check_batch" = "../sql/functions/private/check_batch.sql",
    "check_booking_arguments" = "../sql/functions/private/check_booking_arguments.sql",
    "require_broker" = "../sql/functions/private/require_broker.sql",
    "find_booking" = "../sql/functions/private/find_booking.sql",
    "lock_booking" = "../sql/functions/private/lock_booking.sql",
    "release_lapsed_holds" = "../sql/functions/private/release_lapsed_holds.sql",
    "booking_of_event" = "../sql/functions/private/booking_of_event.sql",
    "booking_uid" = "../sql/functions/private/booking_uid.sql",
    "revise_booking" = "../sql/functions/private/revise_booking.sql",
    "audit_change" = "../sql/functions/private/audit_change.sql",
    "queue_booking_change" = "../sql/functions/private/queue_booking_change.sql",
    "refresh_blocks" = "../sql/functions/private/refresh_blocks.sql",
    "refresh_blocks_of_events" = "../sql/functions/private/refresh_blocks_of_events.sql",
    "refresh_blocks_of_calendar" = "../sql/functions/private/refresh_blocks_of_calendar.sql",
    "refresh_override_occurrences" = "../sql/functions/private/refresh_override_occurrences.sql",
    "refresh_occurrences_of_override" = "../sql/functions/private/refresh_occurrences_of_override.sql",
    "refresh_occurrences_of_broker" = "../sql/functions/private/refresh_occurrences_of_broker.sql",
    "touch_updated_at" = "../sql/functions/private/touch_updated_at.sql",
    "get_available_slots" = "../sql/functions/get_available_slots.sql",
    "get_busy" = "../sql/functions/get_busy.sql",
    "raise_slot_unavailable" = "../sql/functions/private/raise_slot_unavailable.sql",
    "book_calendar_slot" = "../sql/functions/book_calendar_slot.sql",
    "confirm_booking" = "../sql/functions/confirm_booking.sql",
    "cancel_booking" = "../sql/functions/cancel_booking.sql",
    "reschedule_booking" = "../sql/functions/reschedule_booking.sql",
    "explain_slot" = "../sql/functions/explain_slot.sql",
    "apply_sync" = "../sql/functions/apply_sync.sql",
    "import_ics" = "../sql/functions/import_ics.sql",
    "export_ics" = "../sql/functions/export_ics.sql",
    "booking_ics" = "../sql/functions/booking_ics.sql",
    "extend_horizon" = "../sql/functions/extend_horizon.sql",
    "check_timezones" = "../sql/functions/check_timezones.sql",
    "grant_api_roles" = "../sql/functions/grant_api_roles.sql",
    "triggers_of_brokers" = "../sql/triggers/brokers.sql",
    "triggers_of_accounts" = "../sql/triggers/accounts.sql",
    "triggers_of_calendars" = "../sql/triggers/calendars.sql",
    "triggers_of_working_hours" = "../sql/triggers/working_hours.sql",
    "triggers_of_availability_overrides" = "../sql/triggers/availability_overrides.sql",
    "triggers_of_bookings" = "../sql/triggers/bookings.sql",
    "triggers_of_events" = "../sql/triggers/events.sql",
    "grants" = "../sql/grants.sql",
}
