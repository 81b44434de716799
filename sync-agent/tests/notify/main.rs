//! What is sent, and what follows from the answers.

mod email;
mod server;
mod sms;
mod smtp;
mod support;
mod tls;
mod webhook;
