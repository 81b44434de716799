//! iCalendar feeds: a URL or a file (RFC 5545).
