//! Every function and every error, as callers meet them over HTTP.

mod errors;
mod matrix;
mod rows;
mod support;
