//! What voice agents call: phrases, answers to read out, and Retell's functions.

mod answers;
mod retell;
