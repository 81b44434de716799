//! Every stream in `fixtures/`, as calendar programs write them, means what the
//! JSON beside it says.

use crate::support::Fixture;

#[test]
fn every_fixture_means_what_it_should() {
    let fixtures = Fixture::all();
    for fixture in &fixtures {
        fixture.assert_meaning(fixture.parse(&fixture.stream), "");
    }
    assert!(fixtures.len() > 20);
}

/// Wherever a download breaks off, what has arrived must not be taken for all.
#[test]
fn no_part_of_a_stream_is_taken_for_the_whole() {
    let fixture = Fixture::named("google");
    let end = fixture.stream.len() - "\r\n".len();
    for length in 0..end {
        assert!(fixture.parse(&fixture.stream[..length]).is_err(), "{length} of {end} bytes");
    }
    fixture.assert_meaning(fixture.parse(&fixture.stream[..end]), "without the last line break");
}
