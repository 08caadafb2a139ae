//! The link that lets somebody into a notebook, as people paste and scan it.

use data_encoding::BASE64URL_NOPAD;
use hedgerow_model::{InvitationId, Label, NotebookId, Role, Title};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::link_public;

/// What can be wrong with a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvitationProblem {
    /// Not one link, whole and unchanged.
    #[error("this invitation link is damaged or incomplete; ask whoever sent it for it again")]
    Damaged,
    /// A whole link of a newer kind.
    #[error("this invitation link was made by a newer Hedgerow; update to use it")]
    TooNew,
}

/// The secret of a link: whoever has it may come in. Wiped when dropped, never printed, never in the log.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct LinkSecret([u8; 32]);

impl LinkSecret {
    /// A new secret.
    #[must_use]
    pub fn generate(rng: &mut impl CryptoRng) -> LinkSecret {
        let mut secret = LinkSecret([0; 32]);
        rng.fill_bytes(&mut secret.0);
        secret
    }

    /// The Ed25519 seed that comes from it.
    #[must_use]
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(blake3::derive_key("hedgerow/1/link", &self.0))
    }

    /// The public key that the operation issuing the invitation holds.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        link_public(&self.seed())
    }
}

/// Shows nothing.
impl std::fmt::Debug for LinkSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkSecret(..)")
    }
}

/// An invitation as a link. `Display` writes the link itself, secret and all; `Debug` does not show the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationUri {
    notebook: NotebookId,
    invitation: InvitationId,
    role: Role,
    title: Title,
    inviter: Option<Label>,
    addresses: Vec<String>,
    secret: LinkSecret,
}

const SCHEME: &str = "hedgerow://join/";
const VERSION: u8 = 1;
const CHECK: usize = 8;

impl InvitationUri {
    /// The most characters of the title and of the inviter that a link shows.
    pub const MOST_SHOWN: usize = 40;
    /// The most addresses.
    pub const MOST_ADDRESSES: usize = 8;
    /// The longest address, in bytes.
    pub const MOST_ADDRESS: usize = 128;
    /// The longest link, in characters.
    pub const MOST: usize = 2048;

    /// A link to the notebook and invitation named. Title and inviter are cut to 40 characters; addresses that are too
    /// long, empty or not printable ASCII are left out, and of the rest the first eight stay.
    #[must_use]
    pub fn new(
        (notebook, invitation, role): (NotebookId, InvitationId, Role),
        title: &Title,
        inviter: Option<&Label>,
        addresses: impl IntoIterator<Item = String>,
        secret: LinkSecret,
    ) -> InvitationUri {
        let title = Title::nearest(&cut(title.as_str())).unwrap_or_else(|| title.clone());
        let inviter = inviter.and_then(|label| Label::parse(&cut(label.as_str())).ok());
        let addresses =
            addresses.into_iter().filter(|address| is_address(address.as_bytes())).take(Self::MOST_ADDRESSES).collect();
        InvitationUri { notebook, invitation, role, title, inviter, addresses, secret }
    }

    /// Reads a link as somebody pasted it; white space around it is dropped.
    ///
    /// # Errors
    /// When any character of it is missing or changed.
    pub fn parse(raw: &str) -> Result<InvitationUri, InvitationProblem> {
        let damaged = InvitationProblem::Damaged;
        let text = raw.trim().strip_prefix(SCHEME).filter(|text| text.len() <= Self::MOST).ok_or(damaged.clone())?;
        let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| damaged.clone())?);
        let (body, check) = bytes.split_last_chunk::<CHECK>().ok_or(damaged.clone())?;
        if *check != check_of(body) {
            return Err(damaged);
        }
        if body.first() != Some(&VERSION) {
            return Err(InvitationProblem::TooNew);
        }
        let link = Self::read(&body[1..]).ok_or(damaged.clone())?;
        // Whatever reads well in a second way was not written by a Hedgerow.
        if *link.body() == *body { Ok(link) } else { Err(damaged) }
    }

    fn read(mut rest: &[u8]) -> Option<InvitationUri> {
        let rest = &mut rest;
        let notebook = NotebookId::from_slice(take(rest, 32)?)?;
        let invitation = InvitationId::from_slice(take(rest, 32)?)?;
        let role = *Role::ALL.get(usize::from(take(rest, 1)?[0]))?;
        let title = Title::parse(shown(rest)?).ok()?;
        let inviter = match shown(rest)? {
            "" => None,
            label => Some(Label::parse(label).ok()?),
        };
        let count = usize::from(take(rest, 1)?[0]);
        if count > Self::MOST_ADDRESSES {
            return None;
        }
        let mut addresses = Vec::with_capacity(count);
        for _ in 0..count {
            let length = usize::from(take(rest, 1)?[0]);
            let address = take(rest, length).filter(|address| is_address(address))?;
            addresses.push(std::str::from_utf8(address).ok()?.to_owned());
        }
        let secret = LinkSecret(take(rest, 32)?.try_into().ok()?);
        rest.is_empty().then_some(InvitationUri { notebook, invitation, role, title, inviter, addresses, secret })
    }

    fn body(&self) -> Zeroizing<Vec<u8>> {
        let mut body = Zeroizing::new(Vec::with_capacity(Self::MOST));
        body.push(VERSION);
        body.extend_from_slice(self.notebook.as_bytes());
        body.extend_from_slice(self.invitation.as_bytes());
        body.push(Role::ALL.iter().position(|role| *role == self.role).unwrap_or_default() as u8); // four roles
        let mut short = |bytes: &[u8]| {
            body.push(bytes.len() as u8); // at most 40 characters of 4 bytes, or 128
            body.extend_from_slice(bytes);
        };
        short(self.title.as_str().as_bytes());
        short(self.inviter.as_ref().map_or("", Label::as_str).as_bytes());
        body.push(self.addresses.len() as u8); // at most 8
        for address in &self.addresses {
            body.push(address.len() as u8);
            body.extend_from_slice(address.as_bytes());
        }
        body.extend_from_slice(&self.secret.0);
        body
    }

    /// The notebook it leads to.
    #[must_use]
    pub fn notebook(&self) -> NotebookId {
        self.notebook
    }

    /// The operation that issued it.
    #[must_use]
    pub fn invitation(&self) -> InvitationId {
        self.invitation
    }

    /// The role it says it gives; the operation decides.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// What the notebook was called when it was written, cut to 40 characters.
    #[must_use]
    pub fn title(&self) -> &Title {
        &self.title
    }

    /// Who invites, as they call themselves.
    #[must_use]
    pub fn inviter(&self) -> Option<&Label> {
        self.inviter.as_ref()
    }

    /// Where to try.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Its secret.
    #[must_use]
    pub fn secret(&self) -> &LinkSecret {
        &self.secret
    }
}

/// The link, whole.
impl std::fmt::Display for InvitationUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = self.body();
        let check = check_of(&bytes);
        bytes.extend_from_slice(&check);
        f.write_str(SCHEME)?;
        f.write_str(&Zeroizing::new(BASE64URL_NOPAD.encode(&bytes)))
    }
}

/// A link around a body as anybody might have written it, with a true check.
#[cfg(feature = "fuzz")]
#[must_use]
pub fn link_of_body(body: &[u8]) -> String {
    let checked = [body, &check_of(body)].concat();
    format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&checked))
}

/// What stands in a link before its check.
#[cfg(feature = "fuzz")]
#[must_use]
pub fn link_body(link: &InvitationUri) -> Vec<u8> {
    link.body().to_vec()
}

fn check_of(body: &[u8]) -> [u8; CHECK] {
    let hash = blake3::derive_key("hedgerow/1/invitation-check", body);
    let mut check = [0; CHECK];
    check.copy_from_slice(&hash[..CHECK]);
    check
}

fn cut(text: &str) -> String {
    text.chars().take(InvitationUri::MOST_SHOWN).collect()
}

fn is_address(address: &[u8]) -> bool {
    (1..=InvitationUri::MOST_ADDRESS).contains(&address.len()) && address.iter().all(u8::is_ascii_graphic)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

/// A length, then at most 40 characters of text.
fn shown<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::from(take(rest, 1)?[0]);
    let text = std::str::from_utf8(take(rest, length)?).ok()?;
    (text.chars().count() <= InvitationUri::MOST_SHOWN).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;

    fn link() -> InvitationUri {
        let named = (NotebookId::from_bytes([1; 32]), InvitationId::from_bytes([2; 32]), Role::Writer);
        let addresses = ["/ip4/192.0.2.7/tcp/4001".to_owned(), String::new(), "/dns4/fferm.example/tcp/1".to_owned()];
        let title = Title::parse("Llifogydd a'r gaeaf: cynllun ar y cyd, dwy sir").unwrap();
        let secret = LinkSecret::generate(&mut ChaCha20Rng::seed_from_u64(3));
        InvitationUri::new(named, &title, Some(&Label::parse("Ada, Sir Gâr").unwrap()), addresses, secret)
    }

    #[test]
    fn a_link_reads_back_as_it_was_written() {
        let written = link().to_string();
        let read = InvitationUri::parse(&format!(" {written}\n")).unwrap();
        assert_eq!(read, link());
        assert_eq!(read.addresses().len(), 2, "an address that is none is left out");
        assert_eq!(read.title().as_str().chars().count(), 40);
        assert!(written.len() < 400, "{} characters", written.len());
    }

    #[test]
    fn any_single_changed_or_missing_character_is_noticed() {
        let written = link().to_string();
        let damaged = Err(InvitationProblem::Damaged);
        for at in 0..written.len() {
            let mut missing = written.clone();
            missing.remove(at);
            assert_eq!(InvitationUri::parse(&missing), damaged, "{at} is missing");
            assert_eq!(InvitationUri::parse(&written[..at]), damaged, "cut at {at}");
            for other in "ABab01-_ =/é".chars().filter(|other| !written[at..].starts_with(*other)) {
                let mut changed = written.clone();
                changed.replace_range(at..=at, &other.to_string());
                assert_eq!(InvitationUri::parse(&changed), damaged, "{other} at {at}");
            }
        }
        let says = InvitationProblem::Damaged.to_string();
        assert!(says.contains("damaged or incomplete") && says.contains("again"));
    }

    #[test]
    fn the_last_bits_cannot_be_written_in_another_way() {
        // A body whose length leaves spare bits in the last character.
        let written = link().to_string();
        let last = written.chars().last().unwrap();
        for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
            let changed = format!("{}{other}", &written[..written.len() - 1]);
            assert_eq!(InvitationUri::parse(&changed).is_ok(), other == last, "{other}");
        }
    }

    #[test]
    fn printing_for_a_log_shows_no_secret() {
        let link = link();
        let shown = format!("{link:?}");
        let secret = data_encoding::HEXLOWER.encode(&link.secret.0);
        assert!(shown.contains("LinkSecret(..)") && !shown.contains(&secret[..8]));
    }

    #[test]
    fn a_newer_link_is_named_as_such() {
        let mut body = link().body().to_vec();
        body[0] = 2;
        body.extend_from_slice(&check_of(&body));
        let newer = format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&body));
        assert_eq!(InvitationUri::parse(&newer), Err(InvitationProblem::TooNew));
    }

    proptest! {
        #[test]
        fn a_body_with_a_true_check_is_read_or_refused(mut body in proptest::collection::vec(any::<u8>(), 0..300)) {
            body.insert(0, VERSION);
            body.extend_from_slice(&check_of(&body));
            let text = format!("{SCHEME}{}", BASE64URL_NOPAD.encode(&body));
            if let Ok(link) = InvitationUri::parse(&text) {
                prop_assert_eq!(link.to_string(), text);
            }
        }
    }
}
