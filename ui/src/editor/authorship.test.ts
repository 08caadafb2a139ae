import { expect, test } from "vitest";
import { actor, begun, Writer } from "../../tests/writers";
import { Chance } from "../../tests/fuzz/chance";
import { Alphabet, someBlocks, someDeed } from "../../tests/fuzz/deeds";
import { Authorship } from "./authorship";
import { paragraph } from "./blocks";
import { ChangeTimes } from "./change-times";

const never = () => false;
const BEGINNING = actor(0xee);

/** Ada and Bo have the same page open. */
function page(...texts: string[]): { ada: Writer; bo: Writer; exchange: () => void } {
  const bytes = begun(texts.map(paragraph));
  const [ada, bo] = [new Writer("Ada", bytes, 1), new Writer("Bo", bytes, 2)];
  const exchange = () => {
    const [hers, his] = [ada.unheard.splice(0), bo.unheard.splice(0)];
    bo.binding.receive(hers);
    ada.binding.receive(his);
  };
  return { ada, bo, exchange };
}

function watched({ replica }: Writer): Authorship {
  const authorship = new Authorship(replica);
  replica.watch((moves) => { authorship.move(moves); });
  return authorship;
}

const names: Record<string, string> = { [BEGINNING]: "-", [actor(1)]: "a", [actor(2)]: "b" };

/** A letter for each place: whose it is. */
function read(authorship: Authorship): string {
  return authorship.written(0, Infinity).map(({ from, to, line }) => (names[line] ?? "?").repeat(to - from)).join("");
}

test("each character is whose it is, also after the other half of the page came", () => {
  const { ada, bo, exchange } = page("night cover");
  const authorship = watched(ada);
  ada.do(({ tr }) => tr.insertText("more ", 1));
  bo.do(({ tr }) => tr.insertText(" 😀", 12));
  exchange();
  expect(authorship.isKnown).toBe(false);
  authorship.look(never);
  expect(read(authorship)).toBe("-aaaaa-----------bbb");
});

test("what comes is looked at alone, and a little at a time", () => {
  const { ada } = page("x".repeat(500));
  const asked: number[] = [];
  const authorship = new Authorship({
    get length() { return ada.replica.length; },
    operations: (from, to) => {
      asked.push(to - from);
      return ada.replica.operations(from, to);
    },
  });
  ada.replica.watch((moves) => { authorship.move(moves); });
  expect(authorship.look(() => true)).toEqual({ from: 0, to: 64 });
  authorship.look(never);
  asked.splice(0);
  ada.do(({ tr }) => tr.insertText("y", 250));
  expect(authorship.look(never)).toEqual({ from: 250, to: 251 });
  expect(asked).toEqual([1]);
});

test("whoever writes whatever: followed as it happens it is what it would be when looked at anew", () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const chance = new Chance(seed);
    const alphabet = new Alphabet();
    const bytes = begun(someBlocks(chance, alphabet, 4));
    const [ada, bo] = [new Writer("Ada", bytes, 1), new Writer("Bo", bytes, 2)];
    const authorship = watched(ada);
    for (let step = 0; step < 40; step += 1) {
      const who = chance.chance(0.5) ? ada : bo;
      if (chance.chance(0.15)) who.binding.undo();
      else who.do(someDeed(chance, alphabet).do);
      if (chance.chance(0.4)) {
        const [hers, his] = [ada.unheard.splice(0), bo.unheard.splice(0)];
        bo.binding.receive(hers);
        ada.binding.receive(his);
      }
      if (chance.chance(0.5)) authorship.look(never);
    }
    authorship.look(never);
    const anew = new Authorship(ada.replica);
    anew.look(never);
    expect([seed, read(authorship)]).toEqual([seed, read(anew)]);
  }
});

test("an operation's time is its change's, also of changes that came since", () => {
  const { ada, bo, exchange } = page("night cover");
  const times = new ChangeTimes(ada.replica);
  const at = (place: number) => times.of(ada.replica.operations(place, place + 1)[0] ?? "");
  expect(at(3), "nothing is read yet").toBeNull();
  expect(times.read(never)).toBe(true);
  expect(at(3)).toBe(0);
  bo.seconds = 1_772_616_600;
  bo.do(({ tr }) => tr.insertText("so ", 1));
  exchange();
  expect([at(1), at(3), at(5)]).toEqual([1_772_616_600, 1_772_616_600, 0]);
});
