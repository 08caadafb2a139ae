//! One number over what two devices share.

/// BLAKE3 (derive key, context `hedgerow/1/fingerprint`) over the parts, each after its length as eight bytes,
/// little-endian. Two devices that hold the same compute the same; it keeps nothing secret and proves nothing.
#[must_use]
pub fn fingerprint(parts: &[Vec<u8>]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("hedgerow/1/fingerprint");
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_part_ends_matters() {
        assert_eq!(fingerprint(&[vec![1, 2], vec![3]]), fingerprint(&[vec![1, 2], vec![3]]));
        assert_ne!(fingerprint(&[vec![1, 2], vec![3]]), fingerprint(&[vec![1], vec![2, 3]]));
        assert_ne!(fingerprint(&[]), fingerprint(&[vec![]]));
    }
}
