//! A pretend node, and what commands print when they talk to it.

use std::sync::{Arc, Mutex};

use clap::Parser;
use expect_test::{Expect, expect};
use futures::FutureExt;
use futures::future::BoxFuture;
use hedgerow_api::reply::*;
use hedgerow_api::{Door, Fault, Reply, Request, When};
use hedgerow_model::{Level, Moment, Role};

use super::*;

mod files;
mod plans;

/// Answers as it is told to, and remembers what it was asked.
struct Pretend<F> {
    answer: F,
    asked: Arc<Mutex<Vec<Request>>>,
}

impl<F: Fn(&Request) -> Result<Reply, Fault> + Send + Sync> Door for Pretend<F> {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Fault>> {
        let answer = (self.answer)(&request);
        self.asked.lock().expect("nobody panicked").push(request);
        std::future::ready(answer).boxed()
    }
}

#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a typed line printed, how it ended, and what the node was asked.
struct Ran {
    printed: String,
    ended: Result<(), Problem>,
    asked: Vec<Request>,
}

fn run_with(line: &[&str], answer: impl Fn(&Request) -> Result<Reply, Fault> + Send + Sync + 'static) -> Ran {
    let cli = Cli::try_parse_from(std::iter::once("hedgerow").chain(line.iter().copied())).expect("typed rightly");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let way = Doorway::open_at(Box::new(Pretend { answer, asked: Arc::clone(&asked) }));
    let printed = Printed::default();
    let now = "2026-11-22T10:42[Europe/London]".parse().expect("a time");
    let mut out = Output::into(Box::new(printed.clone()), cli.everywhere.json, now);
    let ended = carry_out(&way, cli.command, &mut out).now_or_never().expect("nothing waits");
    let printed = String::from_utf8(printed.0.lock().expect("nobody panicked").clone()).expect("text");
    let asked = asked.lock().expect("nobody panicked").clone();
    Ran { printed, ended, asked }
}

/// The line as people see it and, with `--json`, as programs do.
fn check(line: &[&str], reply: Reply, people: Expect, programs: Expect) {
    let (for_people, for_programs) = (reply.clone(), reply);
    let ran = run_with(line, move |_| Ok(for_people.clone()));
    assert!(ran.ended.is_ok(), "{:?}", ran.ended);
    people.assert_eq(&ran.printed);
    let with_json: Vec<&str> = line.iter().copied().chain(["--json"]).collect();
    programs.assert_eq(&run_with(&with_json, move |_| Ok(for_programs.clone())).printed);
}

fn at(text: &str) -> When {
    let stamp: jiff::Timestamp = text.parse().expect("a time");
    When(Moment::from_seconds(stamp.as_second()))
}

fn id(letter: &str) -> String {
    letter.repeat(8)
}

#[test]
fn a_person_says_who_they_are() {
    let ada = Identity {
        person_id: id("a"),
        device_id: id("d"),
        name: Some("Ada Pritchard".to_owned()),
        organisation: Some("Cyngor Gwynedd".to_owned()),
        sector: None,
        job: None,
        level: Some(Level::FrontLine),
        places: vec!["Arfon".to_owned(), "Meirionnydd".to_owned()],
        key_kept: KeyKept::KeyFile,
    };
    check(
        &["init", "--name", "Ada Pritchard"],
        Reply::SetProfile(ada.clone()),
        expect![[r#"
            This device is ready. What you write is kept here, sealed.
            Its key is kept in a file beside the data, which does not stop a thief of the disk.
            Name          Ada Pritchard
            Organisation  Cyngor Gwynedd
            Level         front-line
            Places        Arfon, Meirionnydd
            Person        aaaaaaaa
            Device        dddddddd
        "#]],
        expect![[r#"
            {"person_id":"aaaaaaaa","device_id":"dddddddd","name":"Ada Pritchard","organisation":"Cyngor Gwynedd","sector":null,"job":null,"level":"front-line","places":["Arfon","Meirionnydd"],"key_kept":"key_file"}
        "#]],
    );
    let ran = run_with(&["profile", "set", "--place", "", "--job", ""], move |_| Ok(Reply::SetProfile(ada.clone())));
    let [Request::SetProfile(asked)] = ran.asked.as_slice() else { panic!("{:?}", ran.asked) };
    assert_eq!(asked.places, Some(vec![]), "an empty place takes all away");
    assert_eq!((asked.job.as_deref(), asked.name.as_deref()), (Some(""), None));
}

fn holder(person: &str, has_all: bool, agreed: Option<&str>, seen: Option<&str>) -> Holder {
    let person_id = id(&person[..1].to_lowercase());
    let device_id = person_id.clone();
    let (agreed, last_seen) = (agreed.map(at), seen.map(at));
    Holder { person: person.to_owned(), person_id, device_id, has_all, agreed, connected: false, last_seen }
}

#[test]
fn status_says_who_has_what() {
    let peer = |person: &str, connected, seen: Option<&str>, trouble: Option<&str>| PeerLine {
        person: person.to_owned(),
        person_id: id("b"),
        device_id: id("e"),
        connected,
        last_seen: seen.map(at),
        trouble: trouble.map(str::to_owned),
    };
    let rota = NotebookStatus {
        id: id("1"),
        title: "Flood rota".to_owned(),
        pages: 1,
        waiting: 2,
        refused: 1,
        holders: vec![
            holder("Bo", true, Some("2026-11-22T10:40:00Z"), Some("2026-11-22T10:40:00Z")),
            holder("Cy", false, None, Some("2026-11-17T08:00:00Z")),
        ],
    };
    let status = Status {
        device_id: id("d"),
        peers: vec![
            peer("Bo", true, Some("2026-11-22T10:40:00Z"), None),
            peer("Cy", false, Some("2026-11-17T08:00:00Z"), Some("no route to host")),
            peer("Dai", false, None, None),
        ],
        notebooks: vec![rota],
    };
    check(
        &["status"],
        Reply::GetStatus(status),
        expect![[r#"
            This device: dddddddd

            PERSON  STATE                                       DEVICE
            Bo      connected                                   eeeeeeee
            Cy      last seen Tuesday 08:00 (no route to host)  eeeeeeee
            Dai     not met yet                                 eeeeeeee

            Flood rota (1 page)  11111111
              Saved on this device. Bo has it (10:40). Cy last seen Tuesday 08:00.
              2 records wait for something that has not arrived yet.
              1 record was refused; `hedgerow notebook show 11111111` says why.
        "#]],
        expect![[r#"
            {"device_id":"dddddddd","peers":[{"person":"Bo","person_id":"bbbbbbbb","device_id":"eeeeeeee","connected":true,"last_seen":"2026-11-22T10:40:00Z","trouble":null},{"person":"Cy","person_id":"bbbbbbbb","device_id":"eeeeeeee","connected":false,"last_seen":"2026-11-17T08:00:00Z","trouble":"no route to host"},{"person":"Dai","person_id":"bbbbbbbb","device_id":"eeeeeeee","connected":false,"last_seen":null,"trouble":null}],"notebooks":[{"id":"11111111","title":"Flood rota","pages":1,"waiting":2,"refused":1,"holders":[{"person":"Bo","person_id":"bbbbbbbb","device_id":"bbbbbbbb","has_all":true,"agreed":"2026-11-22T10:40:00Z","connected":false,"last_seen":"2026-11-22T10:40:00Z"},{"person":"Cy","person_id":"cccccccc","device_id":"cccccccc","has_all":false,"agreed":null,"connected":false,"last_seen":"2026-11-17T08:00:00Z"}]}]}
        "#]],
    );
    let nothing = Status { device_id: id("d"), peers: vec![], notebooks: vec![] };
    let ran = run_with(&["status"], move |_| Ok(Reply::GetStatus(nothing.clone())));
    expect![[r#"
        This device: dddddddd

        Nobody shares a notebook with you yet.

        No notebooks yet. Begin one with `hedgerow notebook new TITLE`, or join one by a link.
    "#]]
    .assert_eq(&ran.printed);
}

#[test]
fn a_notebook_is_begun_listed_and_shown() {
    check(
        &["notebook", "new", " Flood rota "],
        Reply::NewNotebook(Created { id: id("1") }),
        expect![[r#"
            Began the notebook "Flood rota": 11111111. Saved on this device.
        "#]],
        expect![[r#"
            {"id":"11111111"}
        "#]],
    );
    let line = |title: &str, role| NotebookLine {
        id: id("1"),
        title: title.to_owned(),
        challenge: None,
        role,
        pages: 12,
        members: 3,
    };
    check(
        &["notebook", "list"],
        Reply::ListNotebooks(vec![line("Flood rota", Some(Role::Admin)), line("Tŷ Hafan", None)]),
        expect![[r#"
            TITLE       YOU ARE  PAGES  MEMBERS  ID
            Flood rota  admin    12     3        11111111
            Tŷ Hafan    removed  12     3        11111111
        "#]],
        expect![[r#"
            {"id":"11111111","title":"Flood rota","challenge":null,"role":"admin","pages":12,"members":3}
            {"id":"11111111","title":"Tŷ Hafan","challenge":null,"role":null,"pages":12,"members":3}
        "#]],
    );
    check(
        &["notebook", "list"],
        Reply::ListNotebooks(vec![]),
        expect![[r#"
            No notebooks yet. Begin one with `hedgerow notebook new TITLE`, or join one by a link.
        "#]],
        expect![[""]],
    );
    let refused = RefusedLine {
        record: id("f"),
        author: Some("Cy".to_owned()),
        author_id: Some(id("c")),
        page: None,
        why: "a reader may not write".to_owned(),
    };
    let view = NotebookView {
        id: id("1"),
        title: "Flood rota".to_owned(),
        challenge: Some("Who is on call?".to_owned()),
        ground_rules: None,
        review_date: None,
        role: Some(Role::Writer),
        founder: "Ada".to_owned(),
        founder_id: id("a"),
        pages: 12,
        members: 2,
        waiting: 1,
        refused: vec![refused],
        holders: vec![holder("Ada", true, None, None)],
    };
    check(
        &["notebook", "show", "111111"],
        Reply::ShowNotebook(view.clone()),
        expect![[r#"
            Flood rota
            Challenge     Who is on call?
            Founder       Ada
            You are       writer
            Members       2
            Pages         12
            Id            11111111

            Saved on this device. Ada has it.
            1 record waits for something that has not arrived yet.

            REFUSED   WRITTEN BY  WHY
            ffffffff  Cy          a reader may not write
        "#]],
        expect![[r#"
            {"id":"11111111","title":"Flood rota","challenge":"Who is on call?","ground_rules":null,"review_date":null,"role":"writer","founder":"Ada","founder_id":"aaaaaaaa","pages":12,"members":2,"waiting":1,"refused":[{"record":"ffffffff","author":"Cy","author_id":"cccccccc","page":null,"why":"a reader may not write"}],"holders":[{"person":"Ada","person_id":"aaaaaaaa","device_id":"aaaaaaaa","has_all":true,"agreed":null,"connected":false,"last_seen":null}]}
        "#]],
    );
    let removed = NotebookView { role: None, ..view };
    let ran = run_with(&["notebook", "show", "111111"], move |_| Ok(Reply::ShowNotebook(removed.clone())));
    assert!(
        ran.printed
            .ends_with("You were removed. What you hold remains yours to read and export; nothing new reaches you.\n")
    );
}

#[test]
fn members_are_listed_and_removal_says_the_truth() {
    let member = |name: Option<&str>, role, state, you, why: Option<&str>| MemberLine {
        person_id: id("a"),
        name: name.map(str::to_owned),
        organisation: name.map(|_| "Cyngor Gwynedd".to_owned()),
        role,
        state,
        sector: None,
        job: None,
        level: None,
        you,
        why: why.map(str::to_owned),
    };
    check(
        &["notebook", "members", "111111"],
        Reply::ListMembers(vec![
            member(Some("Ada"), Some(Role::Admin), MemberState::Founder, true, None),
            member(None, None, MemberState::Contested, false, Some("two people used one link")),
        ]),
        expect![[r#"
            NAME       ORGANISATION    ROLE   STATE                                  ID
            Ada (you)  Cyngor Gwynedd  admin  founder                                aaaaaaaa
            -          -               -      in question: two people used one link  aaaaaaaa
        "#]],
        expect![[r#"
            {"person_id":"aaaaaaaa","name":"Ada","organisation":"Cyngor Gwynedd","role":"admin","state":"founder","sector":null,"job":null,"level":null,"you":true,"why":null}
            {"person_id":"aaaaaaaa","name":null,"organisation":null,"role":null,"state":"contested","sector":null,"job":null,"level":null,"you":false,"why":"two people used one link"}
        "#]],
    );
    check(
        &["notebook", "remove-member", "111111", "Cy"],
        Reply::RemoveMember(MemberChanged {
            notebook_id: id("1"),
            title: "Flood rota".to_owned(),
            person_id: id("c"),
            person: "Cy".to_owned(),
            role: None,
        }),
        expect![[r#"
            Removed Cy from "Flood rota". What is written from now on no longer reaches them; the copies they hold remain theirs. Links made before no longer let anybody in.
        "#]],
        expect![[r#"
            {"notebook_id":"11111111","title":"Flood rota","person_id":"cccccccc","person":"Cy","role":null}
        "#]],
    );
    check(
        &["notebook", "hand-over", "111111", "Bo"],
        Reply::HandOver(MemberChanged {
            notebook_id: id("1"),
            title: "Flood rota".to_owned(),
            person_id: id("b"),
            person: "Bo".to_owned(),
            role: Some(Role::Admin),
        }),
        expect![[r#"
            Bo is the founder of "Flood rota" now, and an admin whom nobody can remove. Saved on this device; the others learn of it when they meet it. You stay an admin, whom Bo can remove; to leave, type `hedgerow notebook leave 11111111`. What is written, the other roles and open links are as they were. You cannot take it back: only Bo can hand it on.
        "#]],
        expect![[r#"
            {"notebook_id":"11111111","title":"Flood rota","person_id":"bbbbbbbb","person":"Bo","role":"admin"}
        "#]],
    );
}

#[test]
fn a_link_is_made_and_used() {
    let invited = Invited {
        invitation: id("7"),
        uri: "hedgerow:join/...".to_owned(),
        notebook_id: id("1"),
        title: "Flood rota".to_owned(),
        role: Role::Admin,
        uses: 1,
        expires: at("2026-11-29T10:42:00Z"),
    };
    let reply = Reply::Invite(invited);
    check(
        &["invite", "111111", "--role", "admin"],
        reply.clone(),
        expect![[r#"
            One person can join "Flood rota" as an admin with this link, until 29 November 10:42:

            hedgerow:join/...

            Send it as you would send a key: whoever has it may use it.
            To close it: hedgerow invitation revoke 77777777
        "#]],
        expect![[r#"
            {"invitation":"77777777","uri":"hedgerow:join/...","notebook_id":"11111111","title":"Flood rota","role":"admin","uses":1,"expires":"2026-11-29T10:42:00Z"}
        "#]],
    );
    let ran = run_with(&["invite", "111111", "--role", "reader", "--uses", "3", "--expires", "2d"], move |_| {
        Ok(reply.clone())
    });
    let [Request::Invite(asked)] = ran.asked.as_slice() else { panic!("{:?}", ran.asked) };
    assert_eq!((asked.role, asked.uses, asked.expires_seconds), (Role::Reader, 3, 2 * 86_400));
    check(
        &["join", "hedgerow:join/..."],
        Reply::Join(Joined {
            notebook_id: id("1"),
            role: Role::Writer,
            title: "Flood rota".to_owned(),
            pages: 1,
            words: vec!["river".to_owned(), "stone".to_owned()],
            host: Some("Ada".to_owned()),
            host_id: Some(id("a")),
        }),
        expect![[r#"
            You joined "Flood rota" as a writer: 11111111
            1 page, saved on this device. Ada let you in.
            If you want to be sure, compare these words with theirs: river stone
        "#]],
        expect![[r#"
            {"notebook_id":"11111111","role":"writer","title":"Flood rota","pages":1,"words":["river","stone"],"host":"Ada","host_id":"aaaaaaaa"}
        "#]],
    );
}

#[test]
fn links_are_listed_with_those_whose_joining_does_not_stand() {
    let used_by = |person: &str, state, why: Option<&str>| RedemptionLine {
        person: person.to_owned(),
        person_id: id("c"),
        state,
        why: why.map(str::to_owned),
    };
    let link = InvitationView {
        invitation: id("7"),
        role: Role::Writer,
        uses: 3,
        used: 2,
        expires: at("2026-11-23T10:42:00Z"),
        state: InvitationState::Open,
        by: "Ada".to_owned(),
        by_id: id("a"),
        redemptions: vec![
            used_by("Bo", RedemptionState::Seated, None),
            used_by("Cy", RedemptionState::Void, Some("the link was closed before")),
        ],
    };
    check(
        &["invitation", "list", "111111"],
        Reply::ListInvitations(vec![link]),
        expect![[r#"
            ROLE    USED    UNTIL              STATE  MADE BY  ID
            writer  2 of 3  23 November 10:42  open   Ada      77777777
            Cy is not in: the link was closed before
        "#]],
        expect![[r#"
            {"invitation":"77777777","role":"writer","uses":3,"used":2,"expires":"2026-11-23T10:42:00Z","state":"open","by":"Ada","by_id":"aaaaaaaa","redemptions":[{"person":"Bo","person_id":"cccccccc","state":"seated","why":null},{"person":"Cy","person_id":"cccccccc","state":"void","why":"the link was closed before"}]}
        "#]],
    );
}

fn changed(changed: bool) -> Changed {
    Changed { id: id("9"), title: "Night cover".to_owned(), changed, heads: vec![id("5")] }
}

#[test]
fn a_page_is_changed_and_says_what_was_saved() {
    check(
        &["page", "edit", "999999", "--at", "3", "--insert", "- x"],
        Reply::EditPage(changed(true)),
        expect![[r#"
            "Night cover": saved on this device.
        "#]],
        expect![[r#"
            {"id":"99999999","title":"Night cover","changed":true,"heads":["55555555"]}
        "#]],
    );
    let ran = run_with(&["page", "rename", "999999", "Night cover"], |_| Ok(Reply::RenamePage(changed(false))));
    expect![[r#"
        "Night cover" reads so already; nothing was changed.
    "#]]
    .assert_eq(&ran.printed);
}

#[test]
fn a_page_is_listed_shown_and_has_a_history() {
    check(
        &["page", "list", "111111"],
        Reply::ListPages(vec![PageLine {
            id: id("9"),
            title: "Night cover".to_owned(),
            template: "plan".to_owned(),
            updated: at("2026-11-22T10:00:00Z"),
            authors: vec!["Ada".to_owned(), "Bo".to_owned()],
            author_ids: vec![id("a"), id("b")],
            aside: 0,
        }]),
        expect![[r#"
            UPDATED  TITLE        TEMPLATE  WRITTEN BY  ID
            10:00    Night cover  plan      Ada, Bo     99999999
        "#]],
        expect![[r#"
            {"id":"99999999","title":"Night cover","template":"plan","updated":"2026-11-22T10:00:00Z","authors":["Ada","Bo"],"author_ids":["aaaaaaaa","bbbbbbbb"]}
        "#]],
    );
    check(
        &["page", "history", "999999"],
        Reply::PageHistory(vec![VersionLine {
            version: id("5"),
            author: Some("Ada".to_owned()),
            device: id("d"),
            when: at("2026-11-21T10:00:00Z"),
            summary: "wrote 12 characters".to_owned(),
            author_id: Some(id("a")),
            aside: None,
        }]),
        expect![[r#"
            WHEN            WHO  WHAT                 VERSION   DEVICE
            Saturday 10:00  Ada  wrote 12 characters  55555555  dddddddd
        "#]],
        expect![[r#"
            {"version":"55555555","author":"Ada","device":"dddddddd","when":"2026-11-21T10:00:00Z","summary":"wrote 12 characters","author_id":"aaaaaaaa"}
        "#]],
    );
    let version = |version: &str, aside| VersionLine {
        version: id(version),
        author: Some("Bo".to_owned()),
        device: id("d"),
        when: at("2026-11-21T10:00:00Z"),
        summary: "typed 12 characters".to_owned(),
        author_id: Some(id("b")),
        aside,
    };
    check(
        &["page", "history", "999999"],
        Reply::PageHistory(vec![
            version("6", Some(Aside::Late)),
            version("7", Some(Aside::SecondVersion)),
            version("5", None),
        ]),
        expect![[r#"
            WHEN            WHO  WHAT                 VERSION   DEVICE
            Saturday 10:00  Bo   typed 12 characters  55555555  dddddddd

            Kept, and not on the page:
            WHEN            WHO  WHAT                 VERSION   WHY
            Saturday 10:00  Bo   typed 12 characters  66666666  came after its writer was out
            Saturday 10:00  Bo   typed 12 characters  77777777  written beside what is on the page, on a copy of a folder
            Read one with "page show PAGE --at VERSION"; "page restore" puts it on the page.
        "#]],
        expect![[r#"
            {"version":"66666666","author":"Bo","device":"dddddddd","when":"2026-11-21T10:00:00Z","summary":"typed 12 characters","author_id":"bbbbbbbb","aside":"late"}
            {"version":"77777777","author":"Bo","device":"dddddddd","when":"2026-11-21T10:00:00Z","summary":"typed 12 characters","author_id":"bbbbbbbb","aside":"second_version"}
            {"version":"55555555","author":"Bo","device":"dddddddd","when":"2026-11-21T10:00:00Z","summary":"typed 12 characters","author_id":"bbbbbbbb"}
        "#]],
    );
    let view = PageView {
        id: id("9"),
        title: "Night cover".to_owned(),
        template: "note".to_owned(),
        deleted: false,
        fields: [("place".to_owned(), "Bangor".to_owned())].into(),
        blocks: vec![Block {
            kind: "heading".to_owned(),
            parents: vec![],
            level: Some(1),
            start: None,
            checked: None,
            language: None,
            attachment: None,
            from: 0,
            text: "Why".to_owned(),
            marks: vec![],
        }],
        outcomes: vec![],
        actions: vec![],
        comments: vec![],
        heads: vec![id("5")],
        notebook_id: id("1"),
        body: "Why".to_owned(),
        unknown: vec![],
    };
    let markdown = MarkdownText {
        id: id("9"),
        title: "Night cover".to_owned(),
        markdown: "---\nplace: Bangor\n---\n# Why\n".to_owned(),
    };
    let answer = move |request: &Request| match request {
        Request::ShowPage(_) => Ok(Reply::ShowPage(view.clone())),
        _ => Ok(Reply::ShowPageMarkdown(markdown.clone())),
    };
    let json = expect![[r#"
        {"id":"99999999","title":"Night cover","template":"note","deleted":false,"fields":{"place":"Bangor"},"blocks":[{"type":"heading","parents":[],"level":1,"from":0,"text":"Why","marks":[]}],"comments":[],"heads":["55555555"],"notebook_id":"11111111","body":"Why","unknown":[]}
    "#]];
    json.assert_eq(&run_with(&["page", "show", "999999", "--json"], answer.clone()).printed);
    json.assert_eq(&run_with(&["page", "show", "999999", "--format", "json"], answer.clone()).printed);
    let text = run_with(&["page", "show", "999999"], answer.clone()).printed;
    assert_eq!(text, "---\nplace: Bangor\n---\n# Why\n", "a page is printed to the byte");
    assert_eq!(run_with(&["--json", "page", "show", "999999", "--format", "md"], answer).printed, text);
}

#[test]
fn a_thought_is_caught_and_filed() {
    check(
        &["capture", "Ask about keys", "--at", "-53.14,-4.27"],
        Reply::Capture(Created { id: id("0") }),
        expect![[r#"
            Saved on this device, in your inbox: 00000000
        "#]],
        expect![[r#"
            {"id":"00000000"}
        "#]],
    );
    let line = CaptureLine {
        id: id("0"),
        text: "Ask about\nkeys".to_owned(),
        when: at("2026-11-22T10:00:00Z"),
        at: Some(hedgerow_api::request::Coordinates { latitude: 53.14, longitude: -4.27 }),
    };
    check(
        &["inbox", "list"],
        Reply::ListInbox(vec![line]),
        expect![[r#"
            WHEN   WHERE         ID        WHAT
            10:00  53.14, -4.27  00000000  Ask about keys
        "#]],
        expect![[r#"
            {"id":"00000000","text":"Ask about\nkeys","when":"2026-11-22T10:00:00Z","at":{"latitude":53.14,"longitude":-4.27}}
        "#]],
    );
}

#[test]
fn sync_is_said_only_when_it_is_so() {
    let with = |person: &str| AgreedWith { person: person.to_owned(), device_id: id("e") };
    check(
        &["sync"],
        Reply::SyncNow(SyncOutcome { agreed: true, waiting: vec![], with: vec![with("Bo"), with("Cy")] }),
        expect![[r#"
            Bo and Cy have what you have, and you have what they have.
        "#]],
        expect![[r#"
            {"agreed":true,"waiting":[],"with":[{"person":"Bo","device_id":"eeeeeeee"},{"person":"Cy","device_id":"eeeeeeee"}]}
        "#]],
    );
    let waiting = WaitingFor {
        person: Some("Bo".to_owned()),
        device_id: Some(id("e")),
        notebook: Some("Flood rota".to_owned()),
        notebook_id: Some(id("1")),
        why: "3 records are still on their way".to_owned(),
    };
    let outcome = SyncOutcome { agreed: false, waiting: vec![waiting], with: vec![] };
    let ran = run_with(&["sync", "--wait", "2"], move |_| Ok(Reply::SyncNow(outcome.clone())));
    assert_eq!(ran.printed, "Bo, Flood rota: 3 records are still on their way\n");
    let Err(Problem::Partly(line)) = ran.ended else { panic!("{:?}", ran.ended) };
    assert!(line.contains("after 2 s"), "{line}");
}

#[test]
fn damage_is_named_and_the_command_fails() {
    let damage = Damage { say: "one page of \"Flood rota\" is damaged".to_owned(), notebook_id: None, what: id("f") };
    let verified = Verified {
        records: 1204,
        notebooks: 1,
        damaged: vec![damage],
        repaired: vec![],
        lost: vec![],
        refused: vec![],
    };
    let ran = run_with(&["verify"], move |_| Ok(Reply::Verify(verified.clone())));
    assert_eq!(ran.printed, "Checked 1204 records in 1 notebook.\none page of \"Flood rota\" is damaged\n");
    assert!(matches!(ran.ended, Err(Problem::Partly(_))));
}

#[test]
fn what_was_refused_is_named_and_is_no_damage() {
    let refused = vec![SetAside { notebook_id: id("1"), notebook: "Flood rota".to_owned(), refused: 3 }];
    let verified = Verified { records: 12, notebooks: 1, damaged: vec![], repaired: vec![], lost: vec![], refused };
    let ran = run_with(&["verify"], move |_| Ok(Reply::Verify(verified.clone())));
    let line = format!(
        "In \"Flood rota\" 3 records were refused and are set aside; `hedgerow notebook show {}` says why.",
        id("1")
    );
    assert_eq!(
        ran.printed,
        format!("Checked 12 records in 1 notebook.\nEverything reads as it was written.\n{line}\n")
    );
    assert!(ran.ended.is_ok());
}
