//! A stand-in for GoHighLevel (LeadConnector) API 2.0, calendars.
