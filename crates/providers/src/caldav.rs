//! CalDAV (RFC 4791).
