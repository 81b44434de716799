//! Deadlines, from the database to providers' calendars and back: at the stand-ins for Google and
//! Microsoft, and on CalDAV servers.

mod account;
mod caldav;
mod google;
mod microsoft;
mod trouble;
mod world;
mod written;
