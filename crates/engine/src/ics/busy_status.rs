//! Outlook's busy status, which says more than TRANSP and STATUS (MS-OXCICAL sections
//! 2.1.3.1.1.20.31, .32 and .42).

/// What an event is to the free and busy time of its calendar's owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BusyStatus {
    Free,
    Tentative,
    Busy,
}

/// The properties that have it: the first one counts that has a known value. The last
/// is what an invitation will be once it is accepted.
pub(super) const BUSY_STATUS: [&str; 3] = [
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-MICROSOFT-MSNCALENDAR-BUSYSTATUS",
    "X-MICROSOFT-CDO-INTENDEDSTATUS",
];

impl BusyStatus {
    /// The status with this name. Outlook itself counts an absence as busy, and work at
    /// another place as free.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_uppercase().as_str() {
            "FREE" | "WORKINGELSEWHERE" => Self::Free,
            "TENTATIVE" => Self::Tentative,
            "BUSY" | "OOF" | "OUTOFOFFICE" => Self::Busy,
            _ => return None,
        })
    }
}
