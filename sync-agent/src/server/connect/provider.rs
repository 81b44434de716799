//! What the pages say of each provider.

/// A provider, as people see it.
#[derive(Debug)]
pub(super) struct Face {
    /// Its name here.
    pub(super) key: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// The letter in its sign.
    pub(super) letter: char,
    /// Whether a page of its own asks for consent.
    pub(super) has_consent: bool,
    /// What is read and written, and how the credential is kept.
    pub(super) about: &'static str,
}

const WITH_CONSENT: &str = "Read: times and titles of events, to keep you from being booked twice. \
                            Written: your bookings, to one calendar that you choose next. Your \
                            password stays with the provider.";

const WITH_PASSWORD: &str = "Read: times and titles of events, to keep you from being booked \
                             twice. Written: your bookings, to one calendar that you choose next. \
                             The password is stored encrypted.";

static FACES: [Face; 5] = [
    Face {
        key: "google",
        name: "Google Calendar",
        letter: 'G',
        has_consent: true,
        about: WITH_CONSENT,
    },
    Face {
        key: "microsoft",
        name: "Microsoft 365 or Outlook.com",
        letter: 'M',
        has_consent: true,
        about: WITH_CONSENT,
    },
    Face {
        key: "caldav",
        name: "iCloud or another CalDAV server",
        letter: 'C',
        has_consent: false,
        about: WITH_PASSWORD,
    },
    Face {
        key: "ghl",
        name: "GoHighLevel",
        letter: 'H',
        has_consent: false,
        about: "Read: appointments and blocked times, to keep you from being booked twice. Written: \
                your bookings, to one calendar that you choose next. The token is stored encrypted.",
    },
    Face {
        key: "ics",
        name: "Calendar feed",
        letter: 'F',
        has_consent: false,
        about: "Read: times and titles of events, to keep you from being booked twice. Nothing is \
                written. The address is stored encrypted.",
    },
];

/// One of the CalDAV servers, with a page of its own.
pub(super) static ICLOUD: Face =
    Face { key: "caldav", name: "iCloud", letter: 'i', has_consent: false, about: WITH_PASSWORD };

impl Face {
    /// The provider of this name.
    pub(super) fn of(key: &str) -> &'static Self {
        FACES.iter().find(|face| face.key == key).unwrap_or(&FACES[4])
    }

    pub(super) fn is(&self, key: &str) -> bool {
        self.key == key
    }
}
