//! A broker to book, and who asks: what most tests begin with.

use crate::{Database, fixture};
use postgres::Client;
use uuid::Uuid;

/// A fresh database with one broker and no calendar. [`Synced`](crate::Synced) is one
/// whose calendar is at a provider.
pub struct Scene {
    /// The database.
    pub db: Database<'static>,
    /// A superuser's connection.
    pub client: Client,
    /// The broker of [`fixture::broker`].
    pub broker: Uuid,
}

impl Scene {
    /// One whose broker has these columns in addition.
    ///
    /// # Panics
    /// When the row is refused.
    pub fn new(columns: &[(&str, &str)]) -> Self {
        let db = Database::new();
        let mut client = db.connect();
        let broker = fixture::broker(&mut client, columns);
        Self { db, client, broker }
    }
}
