//! Google Calendar, of which there is a stand-in.
