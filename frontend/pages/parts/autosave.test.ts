import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Autosave, type SaveOutcome, type SaveState } from "./autosave.ts";

interface Stored {
  stream: string;
  seq: number;
  text: string;
}

/** A page that is being typed into: what it would send, what it sent, and what lies in the browser. */
function typing(answers: SaveOutcome[] = [], stored: Stored[] = []) {
  const page = { text: "", sent: [] as string[], states: [] as SaveState[], stored };
  const autosave = new Autosave({
    body: () => page.text,
    send: async (body) => {
      page.sent.push(body);
      return answers.shift() ?? "saved";
    },
    store: {
      lasting: true,
      load: async () => [...page.stored],
      put: async (draft) => {
        page.stored = [draft];
      },
      remove: async () => {
        page.stored = [];
      },
      clear: async () => {
        page.stored = [];
      },
    },
    onState: (state) => page.states.push(state),
  });
  const type = (text: string): void => {
    page.text = text;
    autosave.touch();
  };
  return { page, autosave, type };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("words are sent once the typing pauses", async () => {
  const { page, type } = typing();
  type("I");
  await vi.advanceTimersByTimeAsync(300);
  type("I felt");
  await vi.advanceTimersByTimeAsync(399);
  expect(page.sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(page.sent).toEqual(["I felt"]);
  expect(page.states.at(-1)).toBe("saved");
  expect(page.stored).toEqual([]);
});

test("what is typed while a save is on its way is sent after it, never beside it", async () => {
  let answer: (outcome: SaveOutcome) => void = () => {};
  const sent: string[] = [];
  let text = "one";
  const store = {
    lasting: false,
    load: async () => [],
    put: async () => {},
    remove: async () => {},
    clear: async () => {},
  };
  const autosave = new Autosave({
    body: () => text,
    send: (body) => {
      sent.push(body);
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    store,
    onState: () => {},
  });
  autosave.touch();
  await vi.advanceTimersByTimeAsync(400);
  text = "one two";
  autosave.touch();
  autosave.hurry();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent).toEqual(["one"]);
  answer("saved");
  await vi.advanceTimersByTimeAsync(400);
  expect(sent).toEqual(["one", "one two"]);
  expect(autosave.clean).toBe(false);
  answer("saved");
  await vi.advanceTimersByTimeAsync(0);
  expect(autosave.clean).toBe(true);
});

test("a lost save is tried for ever, and the draft lies in the browser until it is safe", async () => {
  const { page, autosave, type } = typing(Array<SaveOutcome>(20).fill("lost"));
  type("kept");
  await vi.advanceTimersByTimeAsync(5 * 60_000);
  expect(page.sent.length).toBe(21);
  expect(page.states).toContain("not_saved");
  expect(page.states.at(-1)).toBe("saved");
  expect(autosave.clean).toBe(true);
});

test("typing while the server is away does not flood it", async () => {
  const { page, type } = typing(Array<SaveOutcome>(1000).fill("lost"));
  for (let n = 0; n < 100; n += 1) {
    type(`${n}`);
    await vi.advanceTimersByTimeAsync(300);
  }
  expect(page.sent.length).toBeLessThan(8);
  expect(page.stored).toEqual([{ stream: "draft", seq: 0, text: "99" }]);
});

test("a refusal is said and not repeated", async () => {
  const { page, autosave, type } = typing(["refused"]);
  type("late");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(page.sent).toEqual(["late"]);
  expect(page.states.at(-1)).toBe("not_allowed");
  await autosave.settled();
});

test("a draft left by an earlier load is offered once, but never over what is typed now", async () => {
  const draft = { stream: "draft", seq: 0, text: "earlier" };
  const { autosave } = typing([], [draft]);
  expect(await autosave.left()).toBe("earlier");
  const other = typing([], [draft]);
  other.type("now");
  expect(await other.autosave.left()).toBeNull();
});

test("settled waits until the last word is safe", async () => {
  const { page, autosave, type } = typing(["lost"]);
  type("last");
  let done = false;
  void autosave.settled().then(() => {
    done = true;
  });
  await vi.advanceTimersByTimeAsync(500);
  expect(done).toBe(page.sent.length > 1);
  await vi.advanceTimersByTimeAsync(5000);
  expect(done).toBe(true);
  expect(autosave.clean).toBe(true);
});

test("the last call sends at once, and only what is not yet safe", async () => {
  const { page, autosave, type } = typing();
  autosave.lastCall();
  expect(page.sent).toEqual([]);
  type("going");
  autosave.lastCall();
  expect(page.sent).toEqual(["going"]);
});
