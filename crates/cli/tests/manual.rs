//! The manual runs: what stands on its pages is what the program prints.

#[test]
fn every_page_of_the_manual_is_true() {
    trycmd::TestCases::new()
        .env("HEDGEROW_DATA", "")
        .env("HEDGEROW_KEYS", "file")
        .env("COLUMNS", "100")
        .case("tests/manual/*.md");
}
