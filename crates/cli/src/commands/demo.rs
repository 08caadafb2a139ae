//! `demo`: three people, three processes, three folders, on this machine alone. Everything that is told was checked
//! first.

mod people;

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::signals::Signals;
use crate::output::Output;
use crate::problem::Problem;
use people::{Node, Person, Stage};

/// The sample notes, by their file names.
const SAMPLES: [(&str, &str); 12] = [
    ("bus-station-evenings.md", include_str!("../../../../tests/samples/bus-station-evenings.md")),
    ("cinio-dydd-iau.md", include_str!("../../../../tests/samples/cinio-dydd-iau.md")),
    ("community-transport.md", include_str!("../../../../tests/samples/community-transport.md")),
    ("damp-homes-and-wheeze.md", include_str!("../../../../tests/samples/damp-homes-and-wheeze.md")),
    ("discharge-delays.md", include_str!("../../../../tests/samples/discharge-delays.md")),
    ("falls-and-slippers.md", include_str!("../../../../tests/samples/falls-and-slippers.md")),
    ("flood-rota.md", include_str!("../../../../tests/samples/flood-rota.md")),
    ("gofalwyr-ifanc.md", include_str!("../../../../tests/samples/gofalwyr-ifanc.md")),
    ("missed-appointments.md", include_str!("../../../../tests/samples/missed-appointments.md")),
    ("shared-induction.md", include_str!("../../../../tests/samples/shared-induction.md")),
    ("warm-spaces.md", include_str!("../../../../tests/samples/warm-spaces.md")),
    ("youth-work-after-the-merger.md", include_str!("../../../../tests/samples/youth-work-after-the-merger.md")),
];

/// How long one thing may take to come about.
const PATIENCE: Duration = Duration::from_secs(12);

/// Where somebody's window is, for programs.
#[derive(Serialize)]
struct Open<'a> {
    person: &'a str,
    http: &'a str,
}

/// One line of the story, for programs.
#[derive(Serialize)]
struct Told<'a> {
    told: &'a str,
}

/// `demo`
pub(super) async fn run(keep_open: bool, out: &mut Output) -> Result<(), Problem> {
    let stage = Stage::set()?;
    let mut story = Story { out };
    story.tell("Three leaders, three devices, no server. Everything happens on this machine.")?;
    let people = Cast::arrive(&stage, &mut story).await?;
    let notebook = people.share(&stage, &mut story).await?;
    let page = people.write_apart(&notebook, &mut story).await?;
    people.meet_again(&notebook, &page, &mut story).await?;
    story.tell("That is the main job: it works with no network, and heals by itself when there is one.")?;
    if keep_open { people.stay(&mut story).await } else { Ok(()) }
}

/// What is told goes to people as text, to programs as objects.
struct Story<'a> {
    out: &'a mut Output,
}

impl Story<'_> {
    fn tell(&mut self, line: &str) -> Result<(), Problem> {
        if self.out.json() {
            self.out.object(&Told { told: line })?
        } else {
            self.out.line(line)?
        }
        self.out.finish()
    }
}

impl Story<'_> {
    fn opens(&mut self, person: &str, http: &str) -> Result<(), Problem> {
        if self.out.json() {
            self.out.object(&Open { person, http })?
        } else {
            self.out.line(format!("  {person:<4} {http}"))?
        }
        self.out.finish()
    }
}

/// The three.
struct Cast {
    ada: Person,
    bo: Person,
    cy: Person,
}

/// The notebook of the story.
struct Shared {
    id: String,
}

impl Cast {
    async fn arrive(stage: &Stage, story: &mut Story<'_>) -> Result<Cast, Problem> {
        let ada = stage.person("Ada Pritchard", "Cwm Eithin Council", "council").await?;
        let bo = stage.person("Bo Adeyemi", "Severnside NHS Trust", "health").await?;
        let cy = stage.person("Cy Morgan", "Open Door, a charity", "third sector").await?;
        story.tell("")?;
        story.tell(
            "Ada Pritchard of a council, Bo Adeyemi of an NHS trust and Cy Morgan of a charity each have a device.",
        )?;
        story.tell("Their keys were made silently; nobody was asked for an account.")?;
        Ok(Cast { ada, bo, cy })
    }

    fn all(&self) -> [&Person; 3] {
        [&self.ada, &self.bo, &self.cy]
    }

    /// Ada's notes become a notebook, and the others join it.
    async fn share(&self, stage: &Stage, story: &mut Story<'_>) -> Result<Shared, Problem> {
        let samples = stage.write_out(&SAMPLES)?;
        let ada = self.ada.serve(&[]).await?;
        let challenge = "How do people get home well, and stay there?";
        let id = text(&self.ada.one(&["notebook", "new", "Going home well", "--challenge", challenge]).await?, "id")?;
        let imported = self.ada.one(&["import", &id, &samples]).await?;
        check(imported["imported"] == SAMPLES.len(), "Ada's notes were not all imported")?;
        story.tell("")?;
        story.tell(&format!("Ada imports {} notes, two of them in Welsh, into \"Going home well\".", SAMPLES.len()))?;
        let nodes = [self.bo.serve(&[]).await?, self.cy.serve(&[]).await?];
        for guest in [&self.bo, &self.cy] {
            let invited = self.ada.one(&["invite", &id, "--role", "writer"]).await?;
            let joined = guest.one(&["join", &text(&invited, "uri")?]).await?;
            let pages = guest.lines(&["page", "list", &id]).await?.len();
            check(pages == SAMPLES.len(), "a guest did not receive every page")?;
            let words = joined["words"]
                .as_array()
                .map(|words| words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "));
            let words = words.unwrap_or_default();
            story.tell(&format!(
                "{} opens Ada's link and has all {pages} pages. The words to compare: {words}.",
                guest.first()
            ))?;
        }
        self.agree(&id).await?;
        story.tell("All three hold the same, to the byte, sealed on disk and on the wire.")?;
        for node in nodes.into_iter().chain([ada]) {
            node.stop().await?;
        }
        Ok(Shared { id })
    }

    /// No network: each writes on the same page, and Cy captures a thought in the field.
    async fn write_apart(&self, shared: &Shared, story: &mut Story<'_>) -> Result<String, Problem> {
        let pages = self.ada.lines(&["page", "list", &shared.id]).await?;
        let page = pages.iter().find(|page| page["title"].as_str().is_some_and(|title| title.contains("Fridays")));
        let page = text(page.or(pages.first()).unwrap_or(&Value::Null), "id")?;
        story.tell("")?;
        story.tell("Now all three lose their network, and each writes on the same page, \"Why Fridays are worst\":")?;
        for (person, words) in self.all().into_iter().zip(ADDED) {
            person.with_input(&["page", "append", &page], words).await?;
            story.tell(&format!("  {}: {words}", person.first()))?;
        }
        self.cy.one(&["capture", CAPTURED, "--at", "52.41,-4.08"]).await?;
        let inbox = self.cy.lines(&["inbox", "list"]).await?;
        check(inbox.len() == 1, "the capture is not in the inbox")?;
        story.tell(&format!("Cy, in a basement with no signal, captures: {CAPTURED}"))?;
        Ok(page)
    }

    async fn meet_again(&self, shared: &Shared, page: &str, story: &mut Story<'_>) -> Result<(), Problem> {
        let ada = self.ada.serve(&[]).await?;
        let nodes =
            [self.bo.serve(&["--peer", ada.address()]).await?, self.cy.serve(&["--peer", ada.address()]).await?];
        story.tell("")?;
        story.tell("The network is back.")?;
        self.until_all_show(page, &ADDED).await?;
        self.agree(&shared.id).await?;
        story.tell("Nobody pressed a button: all three devices show all three additions, and agree to the byte.")?;
        let capture = text(self.cy.lines(&["inbox", "list"]).await?.first().unwrap_or(&Value::Null), "id")?;
        let filed = text(&self.cy.one(&["inbox", "file", &capture, &shared.id]).await?, "id")?;
        self.until("what Cy filed reaches Bo", async || {
            Ok(self.bo.show(&filed).await.is_ok_and(|text| text.contains(CAPTURED)))
        })
        .await?;
        story.tell("Cy files the capture, and it reaches Bo by way of Ada.")?;
        self.remove_cy(shared, page, story).await?;
        for node in nodes.into_iter().chain([ada]) {
            Node::stop(node).await?;
        }
        Ok(())
    }

    /// Cy's project ends.
    async fn remove_cy(&self, shared: &Shared, page: &str, story: &mut Story<'_>) -> Result<(), Problem> {
        self.ada.one(&["notebook", "remove-member", &shared.id, "Cy Morgan"]).await?;
        self.bo.with_input(&["page", "append", page], AFTERWARDS).await?;
        self.until("what Bo writes afterwards reaches Ada", async || {
            Ok(self.ada.show(page).await?.contains(AFTERWARDS))
        })
        .await?;
        self.until("Cy's device hears of the removal", async || {
            let members = self.cy.lines(&["notebook", "members", &shared.id]).await?;
            Ok(!members.iter().any(|member| member["name"] == "Cy Morgan" && member["role"].is_string()))
        })
        .await?;
        check(!self.cy.show(page).await?.contains(AFTERWARDS), "Cy received what was written after the removal")?;
        let refusal = self.cy.refused(&["page", "append", page], "Still here?").await?;
        check(self.ada.show(page).await?.contains(ADDED[2]), "Cy's earlier words did not stay")?;
        story.tell("")?;
        story.tell("Cy's secondment ends, and Ada removes them. What Bo writes next reaches Ada and not Cy.")?;
        story.tell(
            "Cy keeps what they had, and their earlier words stay. Their own device says, when they try to write:",
        )?;
        story.tell(&format!("  {refusal}"))
    }

    /// Each person's window, until the process is told to stop.
    async fn stay(&self, story: &mut Story<'_>) -> Result<(), Problem> {
        let mut signals = Signals::new()?;
        let window = ["--http", "127.0.0.1:0"];
        let ada = self.ada.serve(&window).await?;
        let to_ada = [window[0], window[1], "--peer", ada.address()];
        let nodes = [self.bo.serve(&to_ada).await?, self.cy.serve(&to_ada).await?];
        story.tell("")?;
        story.tell("Their windows are open, side by side. Each address is a key to that person's notes:")?;
        for (person, node) in self.all().into_iter().zip([&ada, &nodes[0], &nodes[1]]) {
            story.opens(person.first(), node.window().unwrap_or_default())?;
        }
        story.tell("Ctrl-C closes them, and takes away everything that was made here.")?;
        signals.stop().await;
        for node in nodes.into_iter().chain([ada]) {
            node.stop().await?;
        }
        Ok(())
    }

    /// Waits until each of the three shows all of `words` on the page.
    async fn until_all_show(&self, page: &str, words: &[&str]) -> Result<(), Problem> {
        for person in self.all() {
            self.until("the three additions are on every device", async || {
                let shown = person.show(page).await?;
                Ok(words.iter().all(|words| shown.contains(words)))
            })
            .await?;
        }
        Ok(())
    }

    /// Checks that the three hold the same, to the byte.
    async fn agree(&self, notebook: &str) -> Result<(), Problem> {
        self.until("the three devices agree to the byte", async || {
            let expected = self.ada.text(&["export", "--canonical", notebook]).await?;
            for other in [&self.bo, &self.cy] {
                if other.text(&["export", "--canonical", notebook]).await? != expected {
                    return Ok(false);
                }
            }
            Ok(!expected.is_empty())
        })
        .await
    }

    /// Looks until it is so; a story that waits too long says for what.
    async fn until(&self, what: &str, look: impl AsyncFn() -> Result<bool, Problem>) -> Result<(), Problem> {
        let end = tokio::time::Instant::now() + PATIENCE;
        while !look().await? {
            let waited = format!("the demonstration stopped: it did not come about that {what}");
            check(tokio::time::Instant::now() < end, &waited)?;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}

/// What the three add while they are apart.
const ADDED: [&str; 3] = [
    "The council can move two carers to Fridays from March.",
    "The ward will book transport by noon, not at four.",
    "Volunteers will have the heating on before people are home.",
];

/// What Cy captures.
const CAPTURED: &str = "Mrs Lloyd says nobody rings on Saturdays; ask who could.";

/// What Bo writes after the removal.
const AFTERWARDS: &str = "First Friday under the new rota: three home by two o'clock.";

fn check(held: bool, what: &str) -> Result<(), Problem> {
    if held { Ok(()) } else { Err(Problem::said(what)) }
}

/// A field of a reply.
fn text(value: &Value, field: &str) -> Result<String, Problem> {
    let missing = || Problem::said(format!("the demonstration stopped: a reply has no \"{field}\""));
    value[field].as_str().map(str::to_owned).ok_or_else(missing)
}
