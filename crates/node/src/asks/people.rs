//! Who we are, and who is there.

use crate::answers::{Identity, NotebookStatus, Peer, ProfileEdit, Reachable, Status};
use crate::fault::NodeFault;
use crate::mind::{Mind, titled};
use crate::node::Node;
use hedgerow_model::{DeviceId, Label, LabelProblem, Profile};
use hedgerow_net::{Traffic, peer_id_of};
use hedgerow_sync::Command;
use std::collections::BTreeMap;

impl Node {
    /// Who this device speaks for.
    ///
    /// # Errors
    /// When the node has ended.
    pub async fn whoami(&self) -> Result<Identity, NodeFault> {
        self.ask(|mind| Ok(identity(mind))).await
    }

    /// Says more, or something else, about this device's person, here and in every notebook.
    ///
    /// # Errors
    /// When a text will do for none of it, or the disk refuses; nothing is changed then.
    pub async fn set_profile(&self, edit: ProfileEdit) -> Result<Identity, NodeFault> {
        self.command(move |mind| {
            // What is said last stands on what is durable, or on its way to be.
            let profile = edited(mind.replica.me().profile.1.clone(), edit)?;
            Ok(Command::SetProfile(Box::new(profile)))
        })
        .await?;
        self.whoami().await
    }

    /// Where this node can be reached.
    ///
    /// # Errors
    /// When the node has ended.
    pub async fn where_to_reach(&self) -> Result<Reachable, NodeFault> {
        self.ask(|mind| {
            let addresses = mind.net.as_ref().map(hedgerow_net::Net::addresses).unwrap_or_default();
            Ok(Reachable { device: mind.device(), peer_id: peer_id_of(mind.device()), addresses })
        })
        .await
    }

    /// What was carried to and from each device since the start; nothing without a network.
    ///
    /// # Errors
    /// When the node has ended.
    pub async fn traffic(&self) -> Result<BTreeMap<DeviceId, Traffic>, NodeFault> {
        self.ask(|mind| Ok(mind.net.as_ref().map(hedgerow_net::Net::traffic).unwrap_or_default())).await
    }

    /// Who is connected, what is held, what waits.
    ///
    /// # Errors
    /// When the node has ended.
    pub async fn status(&self) -> Result<Status, NodeFault> {
        self.ask(|mind| {
            let notebooks = mind.shared_notebooks().into_iter().map(|line| NotebookStatus {
                id: line.id,
                title: titled(line.title.as_ref()),
                pages: line.pages,
                waiting: mind.waiting(&line.id),
                refused: line.refused,
                holders: mind.holders(&line.id),
            });
            Ok(Status { device: mind.device(), notebooks: notebooks.collect(), peers: peers(mind) })
        })
        .await
    }
}

fn identity(mind: &Mind) -> Identity {
    Identity { person: mind.person(), device: mind.device(), profile: mind.profile.clone(), key_kept: mind.kept }
}

/// The devices of people we share with.
fn peers(mind: &Mind) -> Vec<Peer> {
    let mut peers: Vec<Peer> = mind
        .replica
        .contacts()
        .into_iter()
        .filter_map(|device| {
            let connected = mind.connected.contains_key(&device);
            Some(Peer {
                who: mind.who_of(&device)?,
                device,
                connected,
                last_seen: mind.last_seen(&device),
                trouble: mind.book.trouble(&device).filter(|_| !connected).map(str::to_owned),
            })
        })
        .collect();
    peers.sort_by(|a, b| {
        b.connected.cmp(&a.connected).then(a.who.shown().cmp(&b.who.shown())).then(a.device.cmp(&b.device))
    });
    peers
}

fn edited(mut profile: Profile, edit: ProfileEdit) -> Result<Profile, NodeFault> {
    let text = |now: &mut Option<Label>, new: Option<String>, what: &str| -> Result<(), NodeFault> {
        match new.as_deref().map(str::trim) {
            None => {}
            Some("") => *now = None,
            Some(raw) => *now = Some(Label::parse(raw).map_err(|problem| unfit(what, &problem))?),
        }
        Ok(())
    };
    text(&mut profile.name, edit.name, "name")?;
    text(&mut profile.organisation, edit.organisation, "organisation")?;
    text(&mut profile.sector, edit.sector, "sector")?;
    text(&mut profile.job, edit.job, "job")?;
    if edit.level.is_some() {
        profile.level = edit.level;
    }
    if let Some(places) = edit.places {
        let given = places.iter().map(|place| place.trim()).filter(|place| !place.is_empty());
        let places: Vec<Label> = given
            .map(|place| Label::parse(place).map_err(|problem| unfit("place", &problem)))
            .collect::<Result<_, _>>()?;
        if places.len() > Profile::MOST_PLACES {
            let (given, most) = (places.len(), Profile::MOST_PLACES);
            return Err(NodeFault::Refused(format!("{given} places are too many; give at most {most}")));
        }
        profile.places = places;
    }
    Ok(profile)
}

fn unfit(what: &str, problem: &LabelProblem) -> NodeFault {
    NodeFault::Refused(format!("the {what} will not do: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ada_changes_what_she_names_and_keeps_the_rest() {
        let say = |text: &str| Some(text.to_owned());
        let first = ProfileEdit {
            name: say("Ada"),
            job: say("Officer"),
            places: Some(vec!["Gwynedd".to_owned()]),
            ..ProfileEdit::default()
        };
        let ada = edited(Profile::default(), first).expect("fit");
        let later = ProfileEdit { organisation: say(" Cyngor "), job: say(""), ..ProfileEdit::default() };
        let ada = edited(ada, later).expect("fit");
        assert_eq!(ada.name, Label::parse("Ada").ok());
        assert_eq!(ada.organisation, Label::parse("Cyngor").ok());
        assert_eq!((ada.job, ada.places.len()), (None, 1));
    }

    #[test]
    fn what_will_not_do_is_named() {
        let long = ProfileEdit { name: Some("a".repeat(500)), ..ProfileEdit::default() };
        let Err(NodeFault::Refused(words)) = edited(Profile::default(), long) else { panic!("500 are too many") };
        assert!(words.starts_with("the name will not do"), "{words}");
    }
}
