/** Members and links on a pretend node: who may do what, and what it says to those who may not. */

import { Fault, type InvitationPreview, type InvitationView, type Joined, type MemberChanged, type MemberLine, type Requests, type Role } from "../src/door/door";
import type { PretendDoor } from "./pretend-door";

/** What is asked of a node about people and links. */
export type Sharing = Pick<
  Requests,
  "list_members" | "set_role" | "remove_member" | "hand_over" | "leave_notebook" | "delete_notebook" | "invite" | "list_invitations" | "revoke_invitation" | "read_invitation" | "join"
>;

type Answers = { [N in keyof Sharing]: (body: Sharing[N]["body"]) => Sharing[N]["reply"] | Promise<Sharing[N]["reply"]> };

/** A link that somebody sent, and what whoever lets people in says to it. */
interface Sent {
  preview: InvitationPreview;
  answer: () => Joined | Promise<Joined>;
}

const WEEKS = 52 * 10;

export class PretendSharing {
  readonly members = new Map<string, MemberLine[]>();
  readonly invitations = new Map<string, InvitationView[]>();
  readonly sent = new Map<string, Sent>();

  constructor(private readonly door: PretendDoor) {}

  readonly answers: Answers = {
    list_members: ({ notebook }) => this.of(notebook),
    set_role: ({ notebook, person, role }) => this.setRole(notebook, person, role),
    remove_member: ({ notebook, person }) => this.remove(notebook, person),
    hand_over: ({ notebook, person }) => this.handOver(notebook, person),
    leave_notebook: ({ notebook }) => this.leave(notebook),
    delete_notebook: ({ notebook }) => this.erase(notebook),
    invite: (asked) => this.invite(asked),
    list_invitations: ({ notebook }) => this.invitations.get(notebook) ?? [],
    revoke_invitation: ({ invitation }) => this.revoke(invitation),
    read_invitation: ({ uri }) => this.read(uri),
    join: ({ uri }) => this.join(uri),
  };

  /** Whoever is in a notebook, the founder first. */
  of(notebook: string): readonly MemberLine[] {
    return this.members.get(notebook) ?? [];
  }

  /** Somebody is in a notebook, or has another standing in it. */
  has(notebook: string, line: Partial<MemberLine> & Pick<MemberLine, "person_id" | "role">): void {
    const bare = { name: null, organisation: null, sector: null, job: null, level: null, you: false, state: "member" as const, why: null };
    const others = this.of(notebook).filter(({ person_id }) => person_id !== line.person_id);
    const before = this.of(notebook).find(({ person_id }) => person_id === line.person_id);
    this.members.set(notebook, [...others, { ...bare, ...before, ...line }].sort((a, b) => Number(b.state === "founder") - Number(a.state === "founder")));
    this.door.count(notebook, this.of(notebook).length);
  }

  /** Somebody sent this device a link; nobody is there to let it in until `answer` says otherwise. */
  link(title: string, role: Role, inviter: string | null): { uri: string; notebook: string; sent: Sent } {
    const [notebook, invitation] = [this.door.id(), this.door.id()];
    const uri = `hedgerow://join/${invitation}`;
    const nobody = new Fault("unreachable", "nobody who could let this device in was reached within 15 s (tried /ip4/192.0.2.7/tcp/4001 first); ask whoever sent the link whether their Hedgerow is running", "en");
    const sent: Sent = {
      preview: { invitation, notebook_id: notebook, title, role, inviter, addresses: ["/ip4/192.0.2.7/tcp/4001"] },
      answer: () => {
        throw nobody;
      },
    };
    this.sent.set(uri, sent);
    return { uri, notebook, sent };
  }

  private mine(notebook: string): MemberLine | undefined {
    return this.of(notebook).find(({ you }) => you);
  }

  private mustAdminister(notebook: string, what: string): void {
    const role = this.mine(notebook)?.role ?? null;
    if (role === null) throw new Fault("refused", "you are not a member of this notebook any more; what you hold remains yours to read and export", "en");
    if (role !== "admin") throw new Fault("refused", `you are a ${role} in this notebook and ${what} takes a admin; ask an admin for that role`, "en");
  }

  private member(notebook: string, person: string): MemberLine {
    const found = this.of(notebook).find(({ person_id }) => person_id === person);
    if (found === undefined) throw new Fault("not_found", `${person} is not a member of this notebook`, "en");
    return found;
  }

  private changed(notebook: string, { person_id, name }: MemberLine, role: Role | null): MemberChanged {
    const title = this.door.notebooks.find(({ id }) => id === notebook)?.title ?? "";
    this.door.count(notebook, this.of(notebook).length);
    this.door.say({ notice: "notebook_changed", notebook_id: notebook });
    return { notebook_id: notebook, title, person_id, person: name ?? person_id, role };
  }

  private setRole(notebook: string, person: string, role: Role): MemberChanged {
    this.mustAdminister(notebook, "changing a role");
    const member = this.member(notebook, person);
    if (member.state === "founder") throw new Fault("refused", "the founder stays until they hand over", "en");
    this.has(notebook, { person_id: person, role, state: "member", why: null });
    return this.changed(notebook, member, role);
  }

  private remove(notebook: string, person: string): MemberChanged {
    this.mustAdminister(notebook, "removing a member");
    const member = this.member(notebook, person);
    if (member.role === null) throw new Fault("not_found", `${person} is not a member of this notebook`, "en");
    if (member.state === "founder") throw new Fault("refused", "the founder stays until they hand over", "en");
    this.members.set(notebook, this.of(notebook).filter((one) => one !== member));
    const links = this.invitations.get(notebook) ?? [];
    this.invitations.set(notebook, links.map((link) => (link.state === "open" ? { ...link, state: "cut" as const } : link)));
    return this.changed(notebook, member, null);
  }

  private handOver(notebook: string, person: string): MemberChanged {
    const mine = this.mine(notebook);
    if (mine?.state !== "founder") throw new Fault("refused", "only the founder hands a notebook over; ask them", "en");
    const heir = this.member(notebook, person);
    this.has(notebook, { person_id: mine.person_id, role: "admin", state: "member" });
    this.has(notebook, { person_id: person, role: "admin", state: "founder" });
    return this.changed(notebook, heir, "admin");
  }

  private leave(notebook: string): Requests["leave_notebook"]["reply"] {
    const mine = this.mine(notebook);
    const line = this.door.notebooks.find(({ id }) => id === notebook);
    if (mine === undefined || line === undefined) throw new Fault("refused", "you are not a member of this notebook any more; what you hold remains yours to read and export", "en");
    if (mine.state === "founder") throw new Fault("refused", `you founded "${line.title}" and leave it when somebody else has it`, "en");
    const isHeard = this.door.holders.get(notebook)?.some(({ connected }) => connected) ?? false;
    if (isHeard) return this.erase(notebook);
    // Nobody to tell: it stays, left.
    this.door.removed(notebook);
    return { id: notebook, title: line.title };
  }

  private erase(notebook: string): Requests["delete_notebook"]["reply"] {
    const at = this.door.notebooks.findIndex(({ id }) => id === notebook);
    const [line] = this.door.notebooks.splice(at, 1);
    if (line === undefined) throw new Fault("not_found", `there is no notebook ${notebook} on this device`, "en");
    this.door.say({ notice: "notebook_changed", notebook_id: notebook });
    return { id: notebook, title: line.title };
  }

  private invite({ notebook, role, uses, expires_seconds }: Sharing["invite"]["body"]): Requests["invite"]["reply"] {
    if (!Number.isInteger(uses) || uses < 1 || uses > 10_000) throw new Fault("refused", `a link can be used 1 to 10000 times, not ${uses}`, "en");
    if (expires_seconds < 1 || expires_seconds > WEEKS * 7 * 86_400) throw new Fault("refused", "a link is open for a second at least and ten years at most", "en");
    this.mustAdminister(notebook, "inviting");
    const line = this.door.notebooks.find(({ id }) => id === notebook);
    const invitation = this.door.id();
    const expires = new Date(Date.parse(this.door.now) + expires_seconds * 1_000).toISOString().replace(/\.\d+/, "");
    const { identity } = this.door;
    const view: InvitationView = { invitation, role, uses, used: 0, expires, state: "open", by: identity.name ?? identity.person_id, by_id: identity.person_id, redemptions: [] };
    this.invitations.set(notebook, [view, ...(this.invitations.get(notebook) ?? [])]);
    this.door.say({ notice: "notebook_changed", notebook_id: notebook });
    // As long as links are that carry a title, a name and two addresses.
    return { invitation, uri: `hedgerow://join/${invitation.repeat(5)}`, notebook_id: notebook, title: line?.title ?? "", role, uses, expires };
  }

  private revoke(invitation: string): Requests["revoke_invitation"]["reply"] {
    for (const [notebook, links] of this.invitations) {
      if (!links.some((link) => link.invitation === invitation)) continue;
      this.mustAdminister(notebook, "closing an invitation");
      this.invitations.set(notebook, links.map((link) => (link.invitation === invitation ? { ...link, state: "revoked" as const } : link)));
      this.door.say({ notice: "notebook_changed", notebook_id: notebook });
      return { id: invitation };
    }
    throw new Fault("not_found", `there is no invitation ${invitation} here`, "en");
  }

  private read(uri: string): InvitationPreview {
    const sent = this.sent.get(uri);
    if (sent === undefined) throw new Fault("refused", "this invitation link is damaged or incomplete; ask whoever sent it for it again", "en");
    return sent.preview;
  }

  private async join(uri: string): Promise<Joined> {
    const { title, role } = this.read(uri);
    const joined = await this.sent.get(uri)?.answer();
    if (joined === undefined) throw new Fault("failed", "no answer");
    this.door.hold(joined.notebook_id, title, role);
    this.door.say({ notice: "notebook_changed", notebook_id: joined.notebook_id });
    return joined;
  }
}
