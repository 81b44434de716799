//! `calendar_private.parse_ics` and `calendar_private.write_ics`: to come.
