//! A slow model of what is sent: every rule as the contract says it, message by message.

/// A booking as the database has it. Instants are in seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Booking {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) sequence: i32,
    pub(crate) is_declined: bool,
    pub(crate) has_email: bool,
    pub(crate) has_phone: bool,
}

/// What a broker wants.
#[derive(Debug, Clone)]
pub(crate) struct Wishes {
    /// Kinds that leads get as SMS.
    pub(crate) sms: &'static [&'static str],
    /// Kinds that leads get by e-mail; `None` = all.
    pub(crate) email: Option<&'static [&'static str]>,
    pub(crate) reminders: &'static [i64],
}

/// A row of `notifications`.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) booking: String,
    pub(crate) kind: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) recipient: &'static str,
    pub(crate) revision: i32,
    pub(crate) minutes: Option<i64>,
    pub(crate) due: i64,
    pub(crate) next: i64,
    pub(crate) state: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) attempts: u32,
    pub(crate) previous: i64,
}

impl Message {
    /// What identifies it: "booked email lead 0".
    pub(crate) fn name(&self) -> String {
        let minutes = self.minutes.map_or_else(String::new, |minutes| format!(" {minutes}"));
        let Self { booking, kind, channel, recipient, revision, .. } = self;
        format!("{booking} {kind} {channel} {recipient} {revision}{minutes}")
    }

    fn is_to_the_same(&self, other: &Self) -> bool {
        (&self.booking, self.channel, self.recipient)
            == (&other.booking, other.channel, other.recipient)
    }
}

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;

fn is_active(status: &str) -> bool {
    ["pending", "confirmed"].contains(&status)
}

/// When the quiet hours end that this instant is in: 21:00 to 08:00 UTC.
fn quiet_end(at: i64) -> Option<i64> {
    match at.rem_euclid(DAY) / HOUR {
        0..8 => Some(at - at.rem_euclid(DAY) + 8 * HOUR),
        21.. => Some(at - at.rem_euclid(DAY) + DAY + 8 * HOUR),
        _ => None,
    }
}

/// The last minute before the quiet hours that an instant is in, or the instant.
fn before_quiet(at: i64) -> i64 {
    quiet_end(at).map_or(at, |end| end - 11 * HOUR - 60)
}

/// All messages of a broker.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) wishes: Wishes,
    pub(crate) messages: Vec<Message>,
}

impl Model {
    /// A booking became what it is now.
    pub(crate) fn note(&mut self, now: i64, before: Option<&Booking>, after: &Booking) {
        let was = before.map_or("none", |b| b.status.as_str());
        let moved = before.is_some_and(|b| b.start != after.start);
        let kind = match (was, after.status.as_str()) {
            ("none" | "held" | "cancelled", "confirmed") => "booked",
            ("none" | "held" | "cancelled", "pending") => "requested",
            ("pending", "confirmed") => "confirmed",
            ("pending" | "confirmed", "cancelled") if after.is_declined => "declined",
            ("pending" | "confirmed", "cancelled") => "cancelled",
            ("pending" | "confirmed", "failed") => "booking_failed",
            (was, is) if was == is && is_active(is) && moved => "rescheduled",
            _ => return,
        };
        let wishes = self.wishes.clone();
        for (recipient, channel, has_address) in [
            ("lead", "email", after.has_email),
            ("lead", "sms", after.has_phone),
            ("broker", "email", true),
            ("broker", "sms", true),
        ] {
            let wants = |kind: &str| match (recipient, channel) {
                ("lead", "sms") => wishes.sms.contains(&kind),
                ("lead", _) => wishes.email.is_none_or(|kinds| kinds.contains(&kind)),
                (_, "email") => kind != "reminder",
                _ => kind == "booking_failed",
            };
            if !has_address {
                continue;
            }
            let mut write = |kind, minutes, due| {
                self.messages.push(Message {
                    booking: after.id.clone(),
                    kind,
                    channel,
                    recipient,
                    revision: after.sequence,
                    minutes,
                    due,
                    next: due,
                    state: "due",
                    reason: "",
                    attempts: 0,
                    previous: before.map_or(0, |b| b.start),
                });
            };
            if wants(kind) {
                write(kind, None, now);
            }
            for minutes in wishes.reminders {
                let mut due = after.start - minutes * 60;
                if (recipient, channel) == ("lead", "sms") {
                    due = before_quiet(due);
                }
                if after.status == "confirmed" && wants("reminder") && due >= now + 600 {
                    write("reminder", Some(*minutes), due);
                }
            }
        }
    }

    /// What an agent leases now, as places in `messages`, with the time before a move.
    pub(crate) fn lease(&mut self, now: i64, bookings: &[Booking]) -> Vec<(usize, i64)> {
        let open = |m: &Message| ["due", "sending"].contains(&m.state) && m.next <= now;
        let mut due: Vec<_> =
            (0..self.messages.len()).filter(|n| open(&self.messages[*n])).collect();
        due.sort_by_key(|n| (self.messages[*n].next, *n));
        let mut leased = Vec::new();
        for n in due {
            let message = self.messages[n].clone();
            let booking = bookings.iter().find(|b| b.id == message.booking).unwrap();
            let set = |messages: &mut Vec<Message>, state, reason| {
                messages[n].state = state;
                messages[n].reason = reason;
            };
            if (message.state, message.channel) == ("sending", "sms") {
                set(&mut self.messages, "failed", "");
                continue;
            }
            let is_before = self.messages[..n]
                .iter()
                .any(|m| m.state == "sending" && m.next > now && m.is_to_the_same(&message));
            if is_before {
                self.messages[n].state = "due";
                self.messages[n].next = now + 1;
                continue;
            }
            let known = self.known(n);
            if let Some(reason) = self.reason(n, now, booking, known) {
                set(
                    &mut self.messages,
                    if reason == "too_late" && message.attempts > 0 { "failed" } else { "skipped" },
                    reason,
                );
                continue;
            }
            if (message.channel, message.recipient) == ("sms", "lead")
                && let Some(end) = quiet_end(now)
            {
                let is_too_late = end >= booking.start && now < booking.start;
                if !is_too_late {
                    self.messages[n].state = "due";
                    self.messages[n].next = end;
                    continue;
                } else if message.kind == "reminder" {
                    set(&mut self.messages, "skipped", "quiet_hours");
                    continue;
                }
            }
            self.messages[n].state = "sending";
            self.messages[n].attempts += 1;
            self.messages[n].next = now + 60;
            leased.push((n, if message.kind == "rescheduled" { known.0 } else { 0 }));
        }
        leased
    }

    /// The start that the recipient of a message knows, and whether it was sent any.
    fn known(&self, n: usize) -> (i64, bool) {
        let same = || self.messages.iter().filter(|m| m.is_to_the_same(&self.messages[n]));
        let times = ["booked", "requested", "confirmed", "rescheduled"];
        let last = same()
            .filter(|m| times.contains(&m.kind) && m.state == "sent")
            .map(|m| m.revision)
            .max();
        let first = same()
            .filter(|m| m.kind == "rescheduled" && last.is_none_or(|last| m.revision > last))
            .min_by_key(|m| m.revision);
        (first.map_or(0, |m| m.previous), last.is_some())
    }

    fn reason(
        &self,
        n: usize,
        now: i64,
        booking: &Booking,
        known: (i64, bool),
    ) -> Option<&'static str> {
        let message = &self.messages[n];
        let is_active = is_active(&booking.status);
        if ["cancelled", "declined", "booking_failed"].contains(&message.kind) {
            if is_active {
                return Some("active_again");
            }
        } else if !is_active {
            return Some("not_active");
        } else if message.revision != booking.sequence {
            return Some("revision");
        } else if booking.end <= now || message.kind == "reminder" && booking.start <= now {
            return Some("over");
        } else if message.kind == "reminder"
            && self.messages.iter().any(|m| {
                m.is_to_the_same(message)
                    && m.revision == message.revision
                    && m.kind == "reminder"
                    && m.minutes < message.minutes
                    && m.due <= now
            })
        {
            return Some("later_reminder");
        }
        if message.due <= now - 2 * DAY {
            return Some("too_late");
        }
        (message.kind == "rescheduled" && known == (booking.start, true)).then_some("moved_back")
    }
}
