//! GoHighLevel (LeadConnector) API 2.0, calendars.
