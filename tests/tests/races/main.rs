//! Many clients at once, at every isolation level: nobody books twice, and no
//! error of the database's own making reaches a caller.
//!
//! One has to, at the stricter levels: PostgreSQL itself refuses with 40001, even
//! at commit, and asks the client to repeat. [`Arena::insist`] does so. A booking at
//! REPEATABLE READ never needs it, nor one at SERIALIZABLE among bookings for the
//! same broker; a change of a booking that has just been changed does, and so do
//! bookings at SERIALIZABLE whose rivals are at other brokers, or beside which a
//! booking is changed. At every level, two transactions over several brokers may
//! lock each other out: one of them is ended with 40001.

mod changes;
mod deadlocks;
mod events;
mod holds;
mod repeated;
mod slots;
mod support;
