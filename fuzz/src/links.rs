//! Invitations as links, and the messages of a joining.

use hedgerow_access::{InvitationUri, JoinAsk, JoinMessage, fuzz::link_of_body};

use crate::{Verdict, within};

/// A link as somebody pasted it; and a body with a true check, as somebody might have made it. What is read is written
/// so, to the last character, and no secret is shown.
pub(crate) fn invitations(bytes: &[u8]) -> Verdict {
    let pasted = std::str::from_utf8(bytes).unwrap_or_default().to_owned();
    let mut verdict = Verdict::Refused;
    for text in [pasted, link_of_body(bytes)] {
        let Ok(link) = within(16 << 10, 8, text.as_bytes(), || InvitationUri::parse(&text)) else { continue };
        assert_eq!(link.to_string(), text.trim(), "written in another way than it was read");
        assert!(format!("{link:?}").contains("LinkSecret(..)"));
        assert!(link.title().as_str().chars().count() <= InvitationUri::MOST_SHOWN);
        assert!(link.addresses().len() <= InvitationUri::MOST_ADDRESSES);
        verdict = Verdict::Taken;
    }
    verdict
}

/// A message of a joining. What is read is written so, and a first message is one to both of its readers.
pub(crate) fn joining(bytes: &[u8]) -> Verdict {
    let parsed = within(1 << 20, 64, bytes, || JoinMessage::parse(bytes));
    let first = within(16 << 10, 16, bytes, || JoinAsk::parse(bytes));
    match (&parsed, &first) {
        (Some(JoinMessage::Ask(one)), Some(other)) => assert_eq!(one, other),
        (_, None) => {}
        (_, Some(ask)) => panic!("a first message to one reader alone: {ask:?}"),
    }
    let Some(message) = parsed else { return Verdict::Refused };
    assert_eq!(message.to_bytes(), bytes, "written in another way than it was read");
    Verdict::Taken
}

pub(crate) mod seeds {
    use hedgerow_access::{
        Action, Host, InvitationUri, JoinAnswer, JoinMessage, JoinRefusal, JoinWelcome, Joiner, fuzz::link_body,
    };
    use hedgerow_model::{Label, Moment, Role, Title};

    use crate::Seed;
    use crate::people::{Notebook, act, chance};

    fn link(addresses: &[&str], inviter: Option<&str>) -> InvitationUri {
        let notebook = Notebook::get();
        let named = (notebook.membership.notebook(), notebook.link.0, Role::Writer);
        let title = Title::parse("Llifogydd a'r gaeaf").expect("a title");
        let inviter = inviter.map(|name| Label::parse(name).expect("a name"));
        let addresses = addresses.iter().map(|address| (*address).to_owned());
        InvitationUri::new(named, &title, inviter.as_ref(), addresses, notebook.link.1.clone())
    }

    /// As text, and as the body of one.
    pub(crate) fn invitations() -> Vec<Seed> {
        let full = link(&["/ip4/192.0.2.7/tcp/4001", "/dns4/fferm.example/udp/1/quic-v1"], Some("Ada, Sir Gâr"));
        let bare = link(&[], None);
        vec![
            ("link", full.to_string().into_bytes()),
            ("bare-link", format!(" {bare}\n").into_bytes()),
            ("body", link_body(&full)),
            ("bare-body", link_body(&bare)),
        ]
    }

    /// The four messages of one joining, and refusals.
    pub(crate) fn joining() -> Vec<Seed> {
        let Notebook { bo, eve, membership, .. } = Notebook::get();
        let now = Moment::from_millis(1_790_000_000_000);
        let (joiner, ask) = Joiner::ask(link(&[], None), &eve.keys, eve.id(), bo.keys.device(), &mut chance(11));
        let answered = Host::answer(ask.clone(), eve.keys.device(), membership, &bo.keys, now, &mut chance(12));
        let (host, offer) = answered.expect("the link is open");
        let offered = joiner.offered(&offer, &eve.keys, vec![eve.genesis.clone()]).expect("a true offer");
        let redeemed = host.redeemed(offered.redeem.clone()).expect("a true answer");
        let mut after = membership.clone();
        let op = act(&mut after, bo, Action::Redeem(Box::new(redeemed.redemption)));
        let records = vec![Notebook::get().rotation.bytes().to_vec()];
        let welcome = JoinWelcome { redemption: op.id(), ops: host.unseen(&offer, &after), records };
        let refusal = JoinAnswer::Refused(JoinRefusal::not_accepted("it is full"));
        let said = [
            ("ask", JoinMessage::Ask(ask)),
            ("offer", JoinMessage::Offer(offer)),
            ("redeem", JoinMessage::Redeem(Box::new(offered.redeem))),
            ("welcome", JoinMessage::Answer(JoinAnswer::Welcome(welcome))),
            ("refused", JoinMessage::Answer(refusal)),
            ("unknown", JoinMessage::Answer(JoinAnswer::Refused(JoinRefusal::Unknown))),
        ];
        said.map(|(name, message)| (name, message.to_bytes())).to_vec()
    }
}
