//! Why a message cannot be written.

/// The result of writing a message.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a message cannot be written: a whole sentence, without personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A template is missing, cannot be read, or fails.
    #[error("the template {name} {problem}")]
    Template {
        /// Its name, such as `en.toml: booked.lead.subject`.
        name: String,
        /// What is wrong, as the rest of a sentence.
        problem: String,
    },
    /// A notification cannot be a message: for example, it has no booking.
    #[error("the notification cannot be written: {0}")]
    Notification(String),
}
