//! Links that let people in.

use crate::answers::{InvitationLine, InvitationPreview, Invited, LinkState, RedemptionLine, RedemptionState};
use crate::fault::NodeFault;
use crate::mind::Mind;
use crate::node::Node;
use crate::references;
use hedgerow_access::{InvitationState, InvitationUri, Link, RedemptionNotice, RedemptionState as Found};
use hedgerow_model::{InvitationId, Label, Lifetime, Role};
use hedgerow_sync::{Command, Outcome};

impl Node {
    /// Makes a link. The addresses in it are where this node is reached now; without a network there are none, and the
    /// link works between devices that find each other some other way.
    ///
    /// # Errors
    /// When the notebook is not here, the numbers are out of bounds, or this person may not.
    pub async fn invite(
        &self,
        notebook: &str,
        role: Role,
        uses: u64,
        expires_seconds: u64,
    ) -> Result<Invited, NodeFault> {
        let notebook = notebook.to_owned();
        let open = lifetime(expires_seconds)?;
        let most = || NodeFault::Refused(format!("a link can be used 1 to 10000 times, not {uses}"));
        let times = u32::try_from(uses).ok().filter(|uses| (1..=10_000).contains(uses)).ok_or_else(most)?;
        let (outcome, (id, title, expires)) = self
            .order(move |mind| {
                let id = mind.notebook_meant(&notebook)?;
                let (title, expires) = (mind.title(&id), open.from(mind.now));
                let addresses = mind.net.as_ref().map(|net| for_a_link(net.addresses())).unwrap_or_default();
                let command = Command::Invite { notebook: id, role, uses: times, open, addresses };
                Ok((command, move |_: &mut Mind| (id, title, expires)))
            })
            .await?;
        match outcome {
            Outcome::Invited(invitation, uri) => {
                Ok(Invited { invitation, uri, notebook: id, title, role, uses, expires })
            }
            _ => Err(NodeFault::Stopped),
        }
    }

    /// The links of a notebook and what became of them, newest first.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn invitations(&self, notebook: &str) -> Result<Vec<InvitationLine>, NodeFault> {
        let notebook = notebook.to_owned();
        self.ask(move |mind| {
            let id = mind.notebook_meant(&notebook)?;
            let found = mind.replica.invitations(&id)?;
            Ok(found.into_iter().map(|(state, used)| line(mind, &state, &used)).collect())
        })
        .await
    }

    /// Closes a link.
    ///
    /// # Errors
    /// When there is none of that id here, or this person may not.
    pub async fn revoke_invitation(&self, invitation: &str) -> Result<InvitationId, NodeFault> {
        let raw = invitation.to_owned();
        let (_, closed) = self
            .order(move |mind| {
                let prefix = references::prefix("invitation", &raw)?;
                let found = mind.replica.find_invitation(&prefix);
                let (notebook, id) = references::only("invitation", &raw, found, |(_, id)| id.to_string())?;
                Ok((Command::Revoke(notebook, id), move |_: &mut Mind| id))
            })
            .await?;
        Ok(closed)
    }

    /// What a link says of itself. Uses no network and changes nothing.
    ///
    /// # Errors
    /// When it is damaged or incomplete.
    pub fn read_invitation(uri: &str) -> Result<InvitationPreview, NodeFault> {
        let link = parse_link(uri)?;
        Ok(InvitationPreview {
            invitation: link.invitation(),
            notebook: link.notebook(),
            title: link.title().as_str().to_owned(),
            role: link.role(),
            inviter: link.inviter().map(Label::to_string),
            addresses: link.addresses().to_vec(),
        })
    }
}

/// A link, or why it is none.
///
/// # Errors
/// When it is damaged or incomplete.
pub(crate) fn parse_link(uri: &str) -> Result<InvitationUri, NodeFault> {
    InvitationUri::parse(uri).map_err(|problem| NodeFault::Refused(problem.to_string()))
}

/// Addresses of this machine alone help nobody else: they are left out unless there are no others.
fn for_a_link(addresses: Vec<String>) -> Vec<String> {
    let alone = |address: &String| address.starts_with("/ip4/127.") || address.starts_with("/ip6/::1/");
    match addresses.iter().all(alone) {
        true => addresses,
        false => addresses.into_iter().filter(|address| !alone(address)).collect(),
    }
}

fn lifetime(seconds: u64) -> Result<Lifetime, NodeFault> {
    Lifetime::parse(&format!("{seconds}s")).map_err(|problem| NodeFault::Refused(problem.to_string()))
}

fn line(mind: &Mind, state: &InvitationState, used: &[RedemptionNotice]) -> InvitationLine {
    InvitationLine {
        invitation: state.id,
        role: state.role,
        uses: state.uses.into(),
        used: state.used.into(),
        expires: state.expires,
        state: match state.state {
            Link::Open if state.expires <= mind.now => LinkState::Expired,
            Link::Open => LinkState::Open,
            Link::UsedUp => LinkState::UsedUp,
            Link::Revoked => LinkState::Revoked,
            Link::Cut => LinkState::Cut,
        },
        by: mind.who(&state.by),
        redemptions: used.iter().map(|notice| redemption(mind, notice)).collect(),
    }
}

fn redemption(mind: &Mind, notice: &RedemptionNotice) -> RedemptionLine {
    let (state, why) = match notice.state {
        Found::Stands => (RedemptionState::Stands, None),
        Found::Seated => (RedemptionState::Seated, None),
        Found::Contested | Found::AwaitsAdmin if notice.decided => (RedemptionState::Decided, None),
        Found::Contested => (RedemptionState::Contested, Some("more people used the link at once than it was for")),
        Found::AwaitsAdmin => (RedemptionState::AwaitsAdmin, None),
        Found::HostFell => (RedemptionState::Void, Some("whoever admitted them had been removed")),
        Found::Void => (RedemptionState::Void, Some("the link had been closed, or an admin decided so")),
    };
    RedemptionLine { who: mind.who(&notice.person), state, why: why.map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_this_machine_alone_only_when_there_is_nothing_else() {
        let own = |text: &str| text.to_owned();
        let (loopback, lan) = (own("/ip4/127.0.0.1/tcp/4/p2p/x"), own("/ip4/10.0.0.2/tcp/4/p2p/x"));
        assert_eq!(for_a_link(vec![loopback.clone(), lan.clone()]), vec![lan]);
        assert_eq!(for_a_link(vec![loopback.clone()]), vec![loopback]);
    }

    #[test]
    fn half_a_link_is_refused_in_one_line() {
        let Err(NodeFault::Refused(words)) = Node::read_invitation("hedgerow://join/abc") else {
            panic!("half a link")
        };
        assert!(!words.contains('\n') && words.contains("damaged"), "{words}");
    }

    #[test]
    fn a_link_is_open_for_a_second_at_least_and_ten_years_at_most() {
        assert!(lifetime(0).is_err() && lifetime(u64::MAX).is_err());
        assert_eq!(lifetime(7 * 86_400), Ok(Lifetime::WEEK));
    }
}
