//! CalDAV servers and feeds that are odd, broken or hostile. What is common to all
//! HTTP is in `http`.

mod caldav;
mod feed;
mod hostile;
mod script;
