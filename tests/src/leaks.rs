//! Looking for words in bytes where they must not stand, in any encoding that a slip would leave.

use data_encoding::{BASE32, BASE64, BASE64URL, HEXLOWER, HEXUPPER};
use std::{fs, path::Path};

/// The first of `phrases` that stands in `bytes`, and in which encoding: as UTF-8 in any case of its ASCII letters,
/// UTF-16, hexadecimal, base32, base64, or with escapes as in JSON and in addresses.
pub fn leak_in_bytes(bytes: &[u8], phrases: &[&str]) -> Option<String> {
    let folded = bytes.to_ascii_lowercase();
    phrases.iter().find_map(|phrase| {
        let whole = encodings(phrase).into_iter().find(|(_, form)| stands_in(bytes, form)).map(|(name, _)| name);
        let any_case = || stands_in(&folded, phrase.to_ascii_lowercase().as_bytes()).then_some("UTF-8");
        whole.or_else(any_case).map(|name| format!("\"{phrase}\" as {name}"))
    })
}

/// The same for the name and the content of every file below `folder`.
pub fn leak_in_folder(folder: &Path, phrases: &[&str]) -> Option<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|why| panic!("cannot read {}: {why}", folder.display()));
    for entry in entries {
        let path = entry.expect("the folder stays while it is read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kind = path.symlink_metadata().expect("the file stays").file_type();
        let inside = if kind.is_dir() {
            leak_in_folder(&path, phrases)
        } else if kind.is_file() {
            leak_in_bytes(&fs::read(&path).expect("the file can be read"), phrases)
        } else {
            None
        };
        if let Some(leak) = leak_in_bytes(name.as_bytes(), phrases).or(inside) {
            return Some(format!("{}: {leak}", path.display()));
        }
    }
    None
}

fn encodings(phrase: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = phrase.as_bytes();
    let mut forms = vec![
        ("UTF-16 (little end first)", phrase.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16 (big end first)", phrase.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("hexadecimal", HEXLOWER.encode(bytes).into_bytes()),
        ("hexadecimal", HEXUPPER.encode(bytes).into_bytes()),
    ];
    if !phrase.is_ascii() || phrase.contains(' ') {
        forms.push(("JSON with escapes", escaped(phrase, |c| c.is_ascii(), |unit| format!("\\u{unit:04x}"))));
        let plus = phrase.replace(' ', "+");
        forms.push(("an address", percent(phrase).into_bytes()));
        forms.push(("an address", percent(&plus).replace("%2B", "+").into_bytes()));
    }
    // What stands before it in the same text shifts how it falls into groups; the ends of the form depend on what
    // stands around it and are left off.
    for shift in 0..5 {
        let shifted = [&vec![0; shift], bytes].concat();
        let middle = |text: String, from: usize, bits: usize| {
            let whole = (shifted.len() * 8) / bits;
            text.as_bytes()[from.min(whole)..whole].to_vec()
        };
        if shift < 3 {
            let from = (shift * 8).div_ceil(6);
            forms.push(("base64", middle(BASE64.encode(&shifted), from, 6)));
            forms.push(("base64 for addresses", middle(BASE64URL.encode(&shifted), from, 6)));
        }
        forms.push(("base32", middle(BASE32.encode(&shifted), (shift * 8).div_ceil(5), 5)));
        forms.push(("base32", middle(BASE32.encode(&shifted).to_ascii_lowercase(), (shift * 8).div_ceil(5), 5)));
    }
    forms
}

fn escaped(phrase: &str, plain: fn(&char) -> bool, form: fn(u16) -> String) -> Vec<u8> {
    let mut text = String::new();
    for c in phrase.chars() {
        if plain(&c) {
            text.push(c);
        } else {
            text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| form(*unit)));
        }
    }
    text.into_bytes()
}

fn percent(phrase: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    phrase.bytes().map(one).collect()
}

fn stands_in(bytes: &[u8], form: &[u8]) -> bool {
    let Some(first) = form.first() else { return false };
    // Searching for the first byte is what compilers make fast.
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| byte == first) {
        from += at;
        if bytes[from..].starts_with(form) {
            return true;
        }
        from += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHRASE: &str = "Cinio dydd Iau yn Nhŷ'r Hafod";

    fn found(bytes: &[u8]) -> bool {
        leak_in_bytes(bytes, &["night cover", PHRASE]).is_some()
    }

    #[test]
    fn a_phrase_is_found_in_every_encoding_and_at_every_shift() {
        for before in ["", "x", "xy", "xyz", "wxyz"] {
            let text = format!("{before}{PHRASE} and after");
            assert!(found(text.as_bytes()));
            assert!(found(text.to_ascii_uppercase().as_bytes()));
            assert!(found(HEXLOWER.encode(text.as_bytes()).as_bytes()));
            assert!(found(BASE64.encode(text.as_bytes()).as_bytes()), "base64 after {before}");
            assert!(found(data_encoding::BASE64URL_NOPAD.encode(text.as_bytes()).as_bytes()));
            assert!(found(BASE32.encode(text.as_bytes()).as_bytes()), "base32 after {before}");
            assert!(found(&text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()));
        }
        assert!(found(b"q=Cinio%20dydd%20Iau%20yn%20Nh%C5%B7%27r%20Hafod"));
        assert!(found(b"{\"t\":\"Cinio dydd Iau yn Nh\\u0177'r Hafod\"}"));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert!(!found(b"Cinio dydd Mawrth"));
        assert!(!found(BASE64.encode(b"Cinio dydd Mawrth yn Nh").as_bytes()));
        assert!(!found(&[]));
    }

    #[test]
    fn names_and_insides_of_files_are_searched() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let deep = folder.path().join("a").join("b");
        fs::create_dir_all(&deep).expect("folders");
        fs::write(deep.join("blob"), [b"\0\0".as_slice(), b"night cover", b"\xff"].concat()).expect("a file");
        assert!(leak_in_folder(folder.path(), &["night cover"]).is_some_and(|leak| leak.contains("blob")));
        assert!(leak_in_folder(folder.path(), &["day cover"]).is_none());
        fs::rename(deep.join("blob"), deep.join("Day Cover.md")).expect("renamed");
        assert!(leak_in_folder(folder.path(), &["day cover"]).is_some());
    }
}
