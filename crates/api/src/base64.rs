//! Bytes in JSON.

use data_encoding::BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Bytes, which JSON carries as base64 with padding (RFC 4648, section 4).
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "string"))]
pub struct Base64(pub Vec<u8>);

/// Shows the length alone: what is in it may be anybody's words.
impl std::fmt::Debug for Base64 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Base64({} bytes)", self.0.len())
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Base64, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64.decode(text.as_bytes()).map(Base64).map_err(|_| Error::custom("bytes are not written in base64"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_everybody_writes_them() {
        let written = serde_json::to_string(&Base64(b"hedge\xff".to_vec())).unwrap();
        assert_eq!(written, r#""aGVkZ2X/""#);
        assert_eq!(serde_json::from_str::<Base64>(&written).unwrap(), Base64(b"hedge\xff".to_vec()));
        assert!(serde_json::from_str::<Base64>(r#""aGVkZ2X""#).is_err(), "its padding is missing");
        assert!(serde_json::from_str::<Base64>(r#""aGV*""#).is_err());
    }
}
