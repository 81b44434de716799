//! A stand-in for Microsoft Graph v1.0, calendars.
