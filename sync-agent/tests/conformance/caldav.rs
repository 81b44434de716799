//! CalDAV servers.
