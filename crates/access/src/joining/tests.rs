use hedgerow_model::{Label, Moment, PersonId, Role, RoutingId, Title};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::{Host, JoinAsk, JoinMessage, JoinOffer, JoinProblem, JoinRefusal, Joiner, Offered};
use crate::{
    Action, DeviceKeys, Epochs, InvitationUri, KeyNews, LinkSecret, Membership, Pins, RecoveryKeys, Retained, SignedOp,
    Signer, Subject, found_notebook, found_person,
};

const NOW: Moment = Moment::from_millis(1_000);

struct Person {
    keys: DeviceKeys,
    id: PersonId,
    log: Vec<SignedOp>,
}

fn person(n: u8) -> Person {
    let (keys, recovery) = (DeviceKeys::from_seed(&[n; 32]), RecoveryKeys::from_seed(&[n; 32]));
    let genesis = found_person(&keys, recovery.public(), [n; 16]).unwrap();
    Person { keys, id: PersonId::from(genesis.log()), log: vec![genesis] }
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(41)
}

/// Ada's notebook with an open link for one person.
fn invited(role: Role) -> (Person, Membership, InvitationUri) {
    invited_as_many(role, 1)
}

fn invited_as_many(role: Role, uses: u32) -> (Person, Membership, InvitationUri) {
    let ada = person(1);
    let known = Pins::new([ada.log[0].id()]);
    let genesis = found_notebook(&ada.keys, ada.id, &known, RoutingId::from_bytes([5; 16]), [6; 16]).unwrap();
    let mut membership = Membership::found(genesis, ada.log.clone()).unwrap();
    let secret = LinkSecret::generate(&mut rng());
    let expires = NOW.plus_millis(1);
    let invite = Action::Invite { key: secret.public(), role, uses, expires, label: None };
    let op = act(&ada, &mut membership, invite);
    let title = Title::parse("Flood rota").unwrap();
    let named = (membership.notebook(), op.id().into(), role);
    let link = InvitationUri::new(named, &title, Some(&Label::parse("Ada").unwrap()), [], secret);
    (ada, membership, link)
}

fn act(who: &Person, membership: &mut Membership, action: Action) -> SignedOp {
    let op = membership.propose(&Signer { keys: &who.keys, person: who.id }, action).unwrap();
    membership.insert(op.clone()).unwrap();
    op
}

/// Up to the offer, between `joiner` and Ada.
fn met(ada: &Person, membership: &Membership, link: &InvitationUri, joiner: &Person) -> (Joiner, Host, JoinOffer) {
    let (coming, ask) =
        Joiner::ask(link.clone(), &joiner.keys, joiner.id, ada.keys.device(), &mut ChaCha20Rng::seed_from_u64(42));
    let answered = Host::answer(ask, joiner.keys.device(), membership, &ada.keys, NOW, &mut rng());
    let (host, offer) = answered.unwrap();
    (coming, host, offer)
}

#[test]
fn bo_comes_in_by_a_link_and_reads() {
    let (ada, mut membership, link) = invited(Role::Writer);
    let (mut epochs, first) = Epochs::begin(&membership, &ada.keys, &mut rng()).unwrap();
    let bo = person(2);
    let (coming, host, offer) = met(&ada, &membership, &link, &bo);
    let Offered { membership: mut of_bo, redeem, words } = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap();
    assert_eq!(of_bo.now().role(&bo.id), None, "shown before anything is given");
    let sent = JoinMessage::Redeem(Box::new(redeem)).to_bytes();
    let Some(JoinMessage::Redeem(redeem)) = JoinMessage::parse(&sent) else { panic!("it reads back") };
    let redeemed = host.redeemed(*redeem).unwrap();
    assert_eq!(redeemed.words, words, "both see the same words");
    for op in redeemed.log {
        membership.insert(op).unwrap();
    }
    let op = act(&ada, &mut membership, Action::Redeem(Box::new(redeemed.redemption)));
    assert_eq!(membership.now().role(&bo.id), Some(Role::Writer));
    let owed = epochs.owed(&membership, &ada.keys);
    let records = epochs.seal_on(&owed, &membership, &ada.keys, &mut rng()).unwrap();
    for op in host.unseen(&offer, &membership) {
        of_bo.insert(op).unwrap();
    }
    assert!(of_bo.contains(&op.id()));
    let mut of_bos = Epochs::empty();
    assert!(matches!(of_bos.receive(&records[0], &bo.keys, &of_bo.notebook()), Ok(KeyNews::Learned(_))));
    of_bos.receive(&first, &bo.keys, &of_bo.notebook()).unwrap();
    assert_eq!(of_bos.for_writing(&of_bo), Some(first.epoch()));
}

#[test]
fn bo_whose_welcome_was_lost_comes_back_by_the_used_link() {
    let (ada, mut membership, link) = invited(Role::Writer);
    let (bo, cy) = (person(2), person(3));
    let (coming, host, offer) = met(&ada, &membership, &link, &bo);
    let offered = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap();
    let redeemed = host.redeemed(offered.redeem).unwrap();
    for op in redeemed.log {
        membership.insert(op).unwrap();
    }
    let op = act(&ada, &mut membership, Action::Redeem(Box::new(redeemed.redemption)));
    // The line breaks here. Cy, who has the link too, is told that it is used up; Bo is let back in.
    let (_, ask) = Joiner::ask(link.clone(), &cy.keys, cy.id, ada.keys.device(), &mut rng());
    let refused = Host::answer(ask, cy.keys.device(), &membership, &ada.keys, NOW, &mut rng());
    assert_eq!(refused.err(), Some(JoinRefusal::UsedUp));
    let (coming, host, offer) = met(&ada, &membership, &link, &bo);
    let offered = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap();
    assert_eq!(host.redeemed(offered.redeem).unwrap().before, Some(op.id()));
}

#[test]
fn a_link_that_is_over_says_why() {
    let (ada, mut membership, link) = invited(Role::Writer);
    let bo = person(2);
    let try_at = |membership: &Membership, now| {
        let (_, ask) = Joiner::ask(link.clone(), &bo.keys, bo.id, ada.keys.device(), &mut rng());
        Host::answer(ask, bo.keys.device(), membership, &ada.keys, now, &mut rng()).err()
    };
    assert_eq!(try_at(&membership, NOW), None);
    assert_eq!(try_at(&membership, NOW.plus_millis(1)), Some(JoinRefusal::Expired));
    act(&ada, &mut membership, Action::Revoke { invitation: link.invitation() });
    assert_eq!(try_at(&membership, NOW), Some(JoinRefusal::Revoked));
    let (_, other, _) = invited(Role::Reader);
    assert_eq!(try_at(&other, NOW), Some(JoinRefusal::Unknown));
}

#[test]
fn whoever_was_removed_hosts_nobody() {
    let (ada, mut membership, link) = invited(Role::Writer);
    let (bo, cy) = (person(2), person(3));
    membership.insert(cy.log[0].clone()).unwrap();
    let subject = Subject::Person(cy.id);
    act(&ada, &mut membership, Action::Set { subject, role: Role::Writer, retained: Retained::new() });
    act(&ada, &mut membership, Action::Remove { subject, retained: Retained::new() });
    let secret = LinkSecret::generate(&mut ChaCha20Rng::seed_from_u64(9));
    let invite =
        Action::Invite { key: secret.public(), role: Role::Reader, uses: 1, expires: NOW.plus_millis(9), label: None };
    let op = act(&ada, &mut membership, invite);
    let named = (membership.notebook(), op.id().into(), Role::Reader);
    let newer = InvitationUri::new(named, link.title(), None, [], secret);
    let (coming, ask) = Joiner::ask(newer, &bo.keys, bo.id, cy.keys.device(), &mut rng());
    let refused = Host::answer(ask.clone(), bo.keys.device(), &membership, &cy.keys, NOW, &mut rng());
    assert_eq!(refused.err(), Some(JoinRefusal::HostNotAMember));
    // A Cy who answers all the same is seen through.
    let asked = super::transcript::asked(&ask, &bo.keys.device(), &cy.keys.device());
    let ops: Vec<SignedOp> = membership.ops().cloned().collect();
    let said = super::transcript::offered(&asked, &[0; 32], &ops);
    let signature = cy.keys.sign(crate::keys::Context::Host, &membership.notebook().into(), &said);
    let offer = JoinOffer { nonce: [0; 32], ops, signature };
    assert_eq!(coming.offered(&offer, &bo.keys, bo.log.clone()).err(), Some(JoinProblem::HostNotAMember));
}

#[test]
fn without_the_link_nothing_is_shown() {
    let (ada, membership, link) = invited(Role::Writer);
    let bo = person(2);
    let named = (link.notebook(), link.invitation(), link.role());
    let guessed =
        InvitationUri::new(named, link.title(), None, [], LinkSecret::generate(&mut ChaCha20Rng::seed_from_u64(8)));
    let (_, ask) = Joiner::ask(guessed, &bo.keys, bo.id, ada.keys.device(), &mut rng());
    let answer = Host::answer(ask, bo.keys.device(), &membership, &ada.keys, NOW, &mut rng());
    assert_eq!(answer.err(), Some(JoinRefusal::Unknown));
}

#[test]
fn an_ask_is_of_no_use_to_somebody_who_overheard_it() {
    let (ada, membership, link) = invited(Role::Writer);
    let (bo, cy) = (person(2), person(3));
    let (_, ask) = Joiner::ask(link, &bo.keys, bo.id, ada.keys.device(), &mut rng());
    let answer = Host::answer(ask, cy.keys.device(), &membership, &ada.keys, NOW, &mut rng());
    assert_eq!(answer.err(), Some(JoinRefusal::Unknown));
}

#[test]
fn somebody_in_the_middle_shows_in_the_words() {
    // Mal has the link, for two, and stands between Bo and Ada: a joiner to Ada, and to Bo a host.
    let (ada, mut membership, link) = invited_as_many(Role::Writer, 2);
    let (bo, mal) = (person(2), person(4));
    let (coming, host, offer) = met(&ada, &membership, &link, &mal);
    let with_ada = coming.offered(&offer, &mal.keys, mal.log.clone()).unwrap();
    let redeemed = host.redeemed(with_ada.redeem).unwrap();
    for op in redeemed.log {
        membership.insert(op).unwrap();
    }
    act(&ada, &mut membership, Action::Redeem(Box::new(redeemed.redemption)));
    // Mal is a member now and may host Bo; that it is Mal, and not Ada, shows.
    let (coming, ask) = Joiner::ask(link, &bo.keys, bo.id, mal.keys.device(), &mut rng());
    let (host, offer) = Host::answer(ask, bo.keys.device(), &membership, &mal.keys, NOW, &mut rng()).unwrap();
    let with_mal = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap();
    assert_eq!(host.redeemed(with_mal.redeem).unwrap().words, with_mal.words);
    assert_ne!(with_mal.words, with_ada.words);
}

#[test]
fn whoever_was_removed_is_shown_nothing_by_the_link_they_came_by() {
    let (ada, mut membership, link) = invited_as_many(Role::Writer, 3);
    let bo = person(2);
    let (coming, host, offer) = met(&ada, &membership, &link, &bo);
    let offered = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap();
    let redeemed = host.redeemed(offered.redeem).unwrap();
    for op in redeemed.log {
        membership.insert(op).unwrap();
    }
    act(&ada, &mut membership, Action::Redeem(Box::new(redeemed.redemption)));
    let remove = Action::Remove { subject: Subject::Person(bo.id), retained: Retained::new() };
    act(&ada, &mut membership, remove);
    let (_, ask) = Joiner::ask(link, &bo.keys, bo.id, ada.keys.device(), &mut rng());
    let answer = Host::answer(ask, bo.keys.device(), &membership, &ada.keys, NOW, &mut rng());
    assert_eq!(answer.err(), Some(JoinRefusal::Cut));
}

#[test]
fn somebody_invited_as_admin_comes_back_when_an_admin_has_agreed() {
    let (ada, mut membership, link) = invited(Role::Admin);
    let bo = person(2);
    let (coming, host, offer) = met(&ada, &membership, &link, &bo);
    let offered = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap();
    let redeemed = host.redeemed(offered.redeem).unwrap();
    for op in redeemed.log {
        membership.insert(op).unwrap();
    }
    let op = act(&ada, &mut membership, Action::Redeem(Box::new(redeemed.redemption)));
    assert_eq!(membership.now().role(&bo.id), None, "it waits");
    let (coming, host, offer) = met(&ada, &membership, &link, &bo);
    let again = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap();
    assert_eq!(host.redeemed(again.redeem).unwrap().before, Some(op.id()));
    let subject = Subject::Person(bo.id);
    act(&ada, &mut membership, Action::Set { subject, role: Role::Admin, retained: Retained::new() });
    let (coming, _, offer) = met(&ada, &membership, &link, &bo);
    let agreed = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap();
    assert_eq!(agreed.membership.now().role(&bo.id), Some(Role::Admin));
}

#[test]
fn a_changed_offer_is_not_taken() {
    let (ada, membership, link) = invited(Role::Writer);
    let bo = person(2);
    let (coming, _, offer) = met(&ada, &membership, &link, &bo);
    let refusal = |offer: &JoinOffer| coming.offered(offer, &bo.keys, bo.log.clone()).err();
    let mut fewer = offer.clone();
    fewer.ops.pop();
    assert_eq!(refusal(&fewer), Some(JoinProblem::Mixed));
    let mut other = offer.clone();
    other.nonce[0] ^= 1;
    assert_eq!(refusal(&other), Some(JoinProblem::Mixed));
    assert_eq!(refusal(&offer), None);
}

#[test]
fn a_host_that_shows_another_notebook_is_not_believed() {
    let (ada, membership, link) = invited(Role::Writer);
    let bo = person(2);
    let (coming, ask) = Joiner::ask(link, &bo.keys, bo.id, ada.keys.device(), &mut rng());
    let asked = super::transcript::asked(&ask, &bo.keys.device(), &ada.keys.device());
    let signed = |ops: Vec<SignedOp>| {
        let said = super::transcript::offered(&asked, &[0; 32], &ops);
        let signature = ada.keys.sign(crate::keys::Context::Host, &membership.notebook().into(), &said);
        JoinOffer { nonce: [0; 32], ops, signature }
    };
    let ops: Vec<SignedOp> = membership.ops().cloned().collect();
    let genesis_alone = signed(ops.iter().take(2).cloned().collect());
    let nothing = signed(Vec::new());
    let refusal = |offer: &JoinOffer| coming.offered(offer, &bo.keys, bo.log.clone()).err();
    assert_eq!(refusal(&genesis_alone), Some(JoinProblem::NotThatInvitation));
    assert_eq!(refusal(&nothing), Some(JoinProblem::NotThatNotebook));
}

#[test]
fn keys_other_than_those_committed_to_are_refused() {
    let (ada, membership, link) = invited(Role::Writer);
    let (bo, cy) = (person(2), person(3));
    let (coming, host, offer) = met(&ada, &membership, &link, &bo);
    let honest = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap().redeem;
    let mut opening = honest.clone();
    opening.opening[0] ^= 1;
    let mut hpke = honest.clone();
    hpke.redemption.hpke = cy.keys.hpke_public();
    let mut person = honest.clone();
    person.redemption.person = cy.id;
    let mut log = honest.clone();
    log.log = cy.log.clone();
    let mut signature = honest.clone();
    signature.redemption.link_signature = signature.redemption.device_signature;
    for bent in [opening, hpke, person, log, signature] {
        assert_eq!(host.redeemed(bent).err(), Some(JoinRefusal::Mixed));
    }
    assert!(host.redeemed(honest).is_ok());
}

#[test]
fn a_redemption_of_another_conversation_is_refused() {
    let (ada, membership, link) = invited(Role::Writer);
    let bo = person(2);
    let (coming, _, offer) = met(&ada, &membership, &link, &bo);
    let earlier = coming.offered(&offer, &bo.keys, bo.log.clone()).unwrap().redeem;
    let (_, ask) = Joiner::ask(link, &bo.keys, bo.id, ada.keys.device(), &mut ChaCha20Rng::seed_from_u64(42));
    let mut later_rng = ChaCha20Rng::seed_from_u64(43);
    let (host, _) = Host::answer(ask, bo.keys.device(), &membership, &ada.keys, NOW, &mut later_rng).unwrap();
    assert_eq!(host.redeemed(earlier).err(), Some(JoinRefusal::Mixed), "the host drew another nonce");
}

#[test]
fn a_link_that_promises_another_role_is_not_believed() {
    let (ada, membership, link) = invited(Role::Writer);
    let bo = person(2);
    let named = (link.notebook(), link.invitation(), Role::Reader);
    let other = InvitationUri::new(named, link.title(), None, [], link.secret().clone());
    let (coming, _, offer) = met(&ada, &membership, &other, &bo);
    let refused = coming.offered(&offer, &bo.keys, bo.log.clone()).err();
    assert_eq!(refused, Some(JoinProblem::NotThatInvitation));
}

#[test]
fn a_stranger_is_read_no_further_than_an_ask() {
    let (ada, membership, link) = invited(Role::Writer);
    let bo = person(2);
    let (_, ask) = Joiner::ask(link.clone(), &bo.keys, bo.id, ada.keys.device(), &mut rng());
    let bytes = JoinMessage::Ask(ask.clone()).to_bytes();
    assert_eq!(JoinAsk::parse(&bytes), Some(ask));
    let (_, _, offer) = met(&ada, &membership, &link, &bo);
    assert_eq!(JoinAsk::parse(&JoinMessage::Offer(offer).to_bytes()), None);
    assert_eq!(JoinAsk::parse(&[]), None);
}

#[test]
fn a_refusal_is_one_line_whatever_the_host_wrote() {
    let refusal = JoinRefusal::not_accepted(&format!("a\nb\u{1b}[2J{}", "x".repeat(500)));
    let said = refusal.to_string();
    assert!(said.chars().count() < 200 && !said.chars().any(char::is_control));
    let bytes = JoinMessage::Answer(super::JoinAnswer::Refused(refusal)).to_bytes();
    assert!(JoinMessage::parse(&bytes).is_some());
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0u8..5) {
        let _ = JoinMessage::parse(&bytes);
        let bytes = [&[1, kind], bytes.as_slice()].concat();
        if let Some(message) = JoinMessage::parse(&bytes) {
            prop_assert_eq!(message.to_bytes(), bytes);
        }
    }
}
