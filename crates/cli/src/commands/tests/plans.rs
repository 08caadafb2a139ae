//! Plans, as people and as calendars see them.

use hedgerow_model::ActionStatus;

use super::*;

fn action(letter: &str, text: &str) -> PlanAction {
    PlanAction {
        id: id(letter),
        text: text.to_owned(),
        notes: String::new(),
        owner: None,
        partner: None,
        start: None,
        due: None,
        status: ActionStatus::Todo,
        outcome: None,
        overdue: false,
        deleted: false,
    }
}

fn owner(name: &str, left: bool) -> Option<Owner> {
    Some(Owner { id: id(&name[..1].to_lowercase()), name: name.to_owned(), left })
}

fn winter_plan() -> PlanView {
    let ring = PlanAction {
        owner: owner("Ada", false),
        partner: Some("Cyngor Gwynedd".to_owned()),
        due: Some("2026-11-20".to_owned()),
        status: ActionStatus::Doing,
        outcome: Some(id("7")),
        notes: "Ask for Rhys,\nor for Gwen".to_owned(),
        overdue: true,
        ..action("3", "Ring the depot,\nand ask; twice")
    };
    let beds = PlanAction {
        owner: owner("Cy", true),
        due: Some("2027-03-31".to_owned()),
        status: ActionStatus::Stopped,
        ..action("5", "Find forty beds")
    };
    let totals = |partner: Option<&str>, numbers: [u64; 6]| {
        let [todo, doing, done, stopped, overdue, unowned] = numbers;
        PartnerTotals { partner: partner.map(str::to_owned), todo, doing, done, stopped, overdue, unowned }
    };
    PlanView {
        id: id("9"),
        notebook_id: id("1"),
        title: "Winter plan".to_owned(),
        why: Some("Nobody waits for an answer at night".to_owned()),
        today: "2026-11-22".to_owned(),
        outcomes: vec![
            PlanOutcome { id: id("7"), text: "Someone answers".to_owned(), deleted: false },
            PlanOutcome { id: id("8"), text: "The road is open".to_owned(), deleted: false },
        ],
        actions: vec![ring, action("4", "Fill the sandbags"), beds],
        partners: vec![totals(Some("Cyngor Gwynedd"), [0, 1, 0, 0, 1, 0]), totals(None, [1, 0, 0, 1, 0, 1])],
        heads: vec![id("2")],
        unknown: vec![],
    }
}

fn shown(_: &Request) -> Result<Reply, Fault> {
    Ok(Reply::ShowPlan(winter_plan()))
}

#[test]
fn a_plan_is_shown_by_outcome_with_what_is_late_and_what_nobody_sees_to() {
    let ran = run_with(&["plan", "show", "999999"], shown);
    expect![[r#"
        Winter plan
        Why: Nobody waits for an answer at night

        Someone answers  77777777
        STATUS  DUE                  OWNER  PARTNER         ACTION                          ID
        doing   2026-11-20, overdue  Ada    Cyngor Gwynedd  Ring the depot, and ask; twice  33333333

        The road is open  88888888
        Nothing serves it yet.

        For no outcome
        STATUS   DUE         OWNER       PARTNER  ACTION             ID
        todo     -           nobody yet  -        Fill the sandbags  44444444
        stopped  2027-03-31  Cy (left)   -        Find forty beds    55555555

        PARTNER         TO DO  DOING  DONE  STOPPED  OVERDUE  WITHOUT OWNER
        Cyngor Gwynedd  0      1      0     0        1        0
        -               1      0      0     1        0        1
    "#]]
    .assert_eq(&ran.printed);
    let ran = run_with(&["plan", "show", "999999", "--json", "--overdue"], shown);
    let shown: PlanView = serde_json::from_str(&ran.printed).expect("one object");
    assert_eq!(shown.actions.len(), 1, "only what was asked for");
    assert_eq!(shown.partners, winter_plan().partners, "of all of it");
}

#[test]
fn only_the_actions_that_were_asked_for_are_shown() {
    let texts = |more: &[&str]| -> Vec<String> {
        let line: Vec<&str> = ["plan", "show", "999999", "--json"].iter().chain(more).copied().collect();
        let ran = run_with(&line, |request| match request {
            Request::Whoami(_) => Ok(Reply::Whoami(Identity {
                person_id: id("a"),
                device_id: id("d"),
                name: None,
                organisation: None,
                sector: None,
                job: None,
                level: None,
                places: vec![],
                key_kept: KeyKept::KeyFile,
            })),
            other => shown(other),
        });
        let view: PlanView = serde_json::from_str(&ran.printed).expect("one object");
        view.actions.into_iter().map(|action| action.id[..1].to_owned()).collect()
    };
    assert_eq!(texts(&["--partner", "cyngor gwynedd"]), ["3"]);
    assert_eq!(texts(&["--owner", "me"]), ["3"]);
    assert_eq!(texts(&["--owner", "CY"]), ["5"]);
    assert_eq!(texts(&["--owner", "cccccc"]), ["5"], "by the beginning of an id");
    assert_eq!(texts(&["--status", "todo"]), ["4"]);
    assert_eq!(texts(&["--status", "done"]), Vec::<String>::new());
    let ran = run_with(&["plan", "show", "999999", "--status", "done"], shown);
    assert!(ran.printed.ends_with("\nNo action of this plan is so.\n"), "{}", ran.printed);
}

#[test]
fn an_action_is_added_set_and_moved() {
    let made = |_: &Request| Ok(Reply::AddAction(Created { id: id("3") }));
    let ran = run_with(&["plan", "add-action", "999999", "Ring", "--owner", "me", "--due", "2027-03-31"], made);
    assert_eq!(ran.printed, "Added the action 33333333. Saved on this device.\n");
    let [Request::AddAction(asked)] = ran.asked.as_slice() else { panic!("{:?}", ran.asked) };
    assert_eq!(
        (asked.owner.as_deref(), asked.due.as_deref(), asked.partner.as_deref()),
        (Some("me"), Some("2027-03-31"), None)
    );
    let set = |_: &Request| Ok(Reply::SetAction(changed(true)));
    let ran = run_with(&["plan", "set", "999999", "333333", "--status", "done", "--due", ""], set);
    let [Request::SetAction(asked)] = ran.asked.as_slice() else { panic!("{:?}", ran.asked) };
    assert_eq!((asked.status, asked.due.as_deref(), asked.text.as_deref()), (Some(ActionStatus::Done), Some(""), None));
    for (more, to) in [
        (["--after", "444444"].as_slice(), r#"{"after":"444444"}"#),
        (&["--before", "444444"], r#"{"before":"444444"}"#),
        (&["--first"], r#""first""#),
        (&["--last"], r#""last""#),
    ] {
        let line: Vec<&str> = ["plan", "move", "999999", "333333"].iter().chain(more).copied().collect();
        let ran = run_with(&line, |_| Ok(Reply::MoveInPlan(changed(true))));
        let [Request::MoveInPlan(asked)] = ran.asked.as_slice() else { panic!("{:?}", ran.asked) };
        assert_eq!(serde_json::to_string(&asked.to).expect("JSON"), to);
    }
}

#[test]
fn due_dates_go_into_a_calendar_that_can_be_taken_again() {
    let ran = run_with(&["plan", "calendar", "999999", "-"], shown);
    expect![[r#"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Hedgerow//Plans//EN
        CALSCALE:GREGORIAN
        X-WR-CALNAME;VALUE=TEXT:Winter plan
        BEGIN:VEVENT
        DESCRIPTION:Plan: Winter plan\nOutcome: Someone answers\nPartner: Cyngor Gw
         ynedd\nOwner: Ada\nAsk for Rhys\,\nor for Gwen
        DTSTAMP:20261122T104200Z
        DTSTART;VALUE=DATE:20261120
        STATUS:CONFIRMED
        SUMMARY:Ring the depot\, and ask\; twice
        TRANSP:TRANSPARENT
        UID:33333333.99999999@hedgerow
        END:VEVENT
        BEGIN:VEVENT
        DESCRIPTION:Plan: Winter plan\nOwner: Cy
        DTSTAMP:20261122T104200Z
        DTSTART;VALUE=DATE:20270331
        STATUS:CANCELLED
        SUMMARY:Stopped: Find forty beds
        TRANSP:TRANSPARENT
        UID:55555555.99999999@hedgerow
        END:VEVENT
        END:VCALENDAR
    "#]]
    .assert_eq(&ran.printed.replace("\r\n", "\n"));
    assert_eq!(ran.printed.matches('\n').count(), ran.printed.matches("\r\n").count(), "lines end as RFC 5545 wants");
    let [Request::ShowPlan(asked)] = ran.asked.as_slice() else { panic!("{:?}", ran.asked) };
    assert!(asked.deleted, "what was deleted is cancelled");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("winter.ics");
    let path = file.to_str().expect("text");
    let ran = run_with(&["plan", "calendar", "999999", path], shown);
    assert_eq!(ran.printed, format!("Wrote 2 events to {path}.\n"));
    let again = run_with(&["plan", "calendar", "999999", path], shown);
    assert!(matches!(again.ended, Err(Problem::Fault(fault)) if fault.say.contains("could not write")));
}
