//! What the tests of the providers share.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A provider's fixtures, and what each holds.
pub(crate) fn fixtures(provider: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(provider);
    let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut fixtures: Vec<_> = paths
        .filter(|path| !path.to_str().unwrap().ends_with(".expected.json"))
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    fixtures.sort();
    fixtures
}

/// What is made of each fixture, by the first word of its name, stands beside it in the
/// file that ends in `.expected.json`. `CALENDAR_WRITE_FIXTURES=1` writes those, to be
/// read before they are kept.
pub(crate) fn read_as_expected(
    provider: &str,
    at_least: usize,
    read: impl Fn(&str, &[u8]) -> Value,
) {
    let fixtures = fixtures(provider);
    assert!(fixtures.len() >= at_least, "only {} fixtures", fixtures.len());
    for (path, body) in fixtures {
        let read = read(kind(&path), &body);
        let expected = path.with_extension("expected.json");
        if std::env::var_os("CALENDAR_WRITE_FIXTURES").is_some() {
            fs::write(&expected, serde_json::to_string_pretty(&read).unwrap() + "\n").unwrap();
        }
        let expected: Value = serde_json::from_slice(&fs::read(expected).unwrap()).unwrap();
        assert_eq!(read, expected, "{}", path.display());
    }
}

/// The first word of a fixture's name: what it is.
pub(crate) fn kind(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap().split('_').next().unwrap()
}
