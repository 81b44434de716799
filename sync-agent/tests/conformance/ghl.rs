//! GoHighLevel, of which there is a stand-in.
