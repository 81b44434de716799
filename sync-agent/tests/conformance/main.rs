//! What every connector must do, against the most real server there is.
//!
//! [`peer::Peer`] is a provider with an empty calendar, at which the tests can act
//! as its user. [`suite`] says what must be true of each; a provider's file here
//! starts it and calls `conforms!`.

mod mirror;
mod obligations;
mod peer;
mod suite;

mod caldav;
mod feed;
mod ghl;
mod google;
mod microsoft;
