//! What is sent, and what follows from the answers.

mod away;
mod daemon;
mod database;
mod email;
mod postfix;
mod server;
mod sms;
mod smtp;
mod support;
mod tls;
mod webhook;
