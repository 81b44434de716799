//! Microsoft Graph, of which there is a stand-in.
