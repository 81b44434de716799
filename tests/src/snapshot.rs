//! Everything that a database holds, to compare.

use postgres::Client;
use std::collections::BTreeMap;

/// The rows of every table of schema `calendar` that is to last, as ordered texts,
/// and where its sequences are.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, Vec<String>>);

impl Snapshot {
    /// What is there now.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn of(client: &mut Client) -> Self {
        let relations = client
            .query(
                "select c.relname::text, c.relkind = 'S' from pg_class as c
                  where c.relnamespace = 'calendar'::regnamespace and c.relkind in ('r', 'S')
                    and c.relpersistence = 'p'",
                &[],
            )
            .unwrap();
        let rows = relations.iter().map(|relation| {
            let (name, is_sequence): (String, bool) = (relation.get(0), relation.get(1));
            // The rest of a sequence's row is how far ahead it was logged.
            let columns = if is_sequence { "row(r.last_value, r.is_called)" } else { "r" };
            let select = format!("select {columns}::text from calendar.{name} as r order by 1");
            let rows = client.query(&select, &[]).unwrap();
            (name, rows.iter().map(|row| row.get(0)).collect())
        });
        Self(rows.collect())
    }

    /// The tables and sequences without a row.
    pub fn empty(&self) -> Vec<&str> {
        self.0.iter().filter(|(_, rows)| rows.is_empty()).map(|(name, _)| name.as_str()).collect()
    }

    /// Asserts that another database holds the same.
    #[track_caller]
    pub fn assert_same(&self, other: &Self) {
        for (name, rows) in &self.0 {
            assert_eq!(Some(rows), other.0.get(name), "{name}");
        }
        assert_eq!(self.0.len(), other.0.len());
    }
}
