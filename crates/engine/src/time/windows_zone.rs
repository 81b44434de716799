//! Windows time zone names, as Outlook and Microsoft Graph use them.

use std::collections::HashMap;
use std::sync::LazyLock;

static IANA_OF: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    include_str!("windows_zones.tsv").lines().filter_map(|line| line.split_once('\t')).collect()
});

/// The IANA name of a Windows zone name, by CLDR's `windowsZones.xml`.
pub fn windows_zone(name: &str) -> Option<&'static str> {
    IANA_OF.get(name).copied()
}
