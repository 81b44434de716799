//! A stand-in for Google Calendar API v3.
