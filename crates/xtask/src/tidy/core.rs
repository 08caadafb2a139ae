//! The core stays dry: clippy refuses clocks, files, sockets, threads and chance in four rooms.

use super::{Finding, House};

const CORE: [&str; 4] = ["model", "document", "access", "sync"];

/// What each of the four must refuse.
const REFUSED: [&str; 9] = [
    "std::time::Instant",
    "std::time::SystemTime",
    "std::fs::File",
    "std::fs::read",
    "std::fs::write",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::thread::spawn",
    "getrandom::fill",
];

/// Each core room has the same clippy.toml, and it refuses what it must.
pub(super) fn stays_dry(house: &House) -> Vec<Finding> {
    let path = |room: &str| format!("crates/{room}/clippy.toml");
    let text = |room: &str| house.text(&path(room)).unwrap_or_default();
    let wet = REFUSED.iter().filter(|name| !text(CORE[0]).contains(&format!("path = \"{name}\"")));
    let wet = wet.map(|name| format!("{} does not refuse {name}", path(CORE[0])));
    let odd = CORE.iter().filter(|room| text(room) != text(CORE[0]));
    wet.chain(odd.map(|room| format!("{} differs from {}; make them the same", path(room), path(CORE[0])))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(texts: [&str; 4]) -> House {
        let paths = CORE.map(|room| format!("crates/{room}/clippy.toml"));
        House::of(&[0, 1, 2, 3].map(|i| (paths[i].as_str(), texts[i])))
    }

    #[test]
    fn a_room_that_forgets_what_to_refuse_is_found() {
        let refusing: String = REFUSED.iter().map(|name| format!("{{ path = \"{name}\" }},\n")).collect();
        assert!(stays_dry(&house([&refusing; 4])).is_empty());
        assert!(
            stays_dry(&house([&refusing, &refusing, &refusing, ""]))[0].contains("crates/sync/clippy.toml differs")
        );
        let leaky = refusing.replace("getrandom::fill", "getrandom::u32");
        assert!(stays_dry(&house([&leaky; 4]))[0].contains("does not refuse getrandom::fill"));
        assert_eq!(stays_dry(&House::of(&[])).len(), REFUSED.len());
    }
}
