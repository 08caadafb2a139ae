//! `hedgerow demo`: the first thing that anybody runs.

use hedgerow_tests::Device;
use std::time::Instant;

#[test]
fn the_demonstration_tells_its_story_and_every_outcome_held() {
    let ada = Device::new("nobody");
    let begun = Instant::now();
    let told = ada.text(&["demo"]);
    eprintln!("{told}\n({:.1} s)", begun.elapsed().as_secs_f64());
    assert!(told.lines().count() > 10, "a story has more than ten lines: {told}");
    assert!(told.lines().all(|line| line.chars().count() <= 120), "lines that fit a terminal: {told}");
}
