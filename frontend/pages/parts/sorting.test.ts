import { expect, test } from "vitest";
import { type Placed, type Side, standing } from "./sorting.ts";

const lie = (sides: Side[]): Placed => Object.fromEntries(sides.map((side, n) => [`card${n}`, side]));
const told = { helpful: 3, hindering: 3 };

test("nothing can be handed in while a card is unsorted", () => {
  const sorted = standing(lie(["helpful", "hindering"]), { shown: 6, told });
  expect(sorted).toEqual({ helpful: 1, hindering: 1, left: 4, obstacle: "unsorted" });
});

test("told numbers must be kept", () => {
  const four: Side[] = ["helpful", "helpful", "helpful", "helpful", "hindering", "hindering"];
  expect(standing(lie(four), { shown: 6, told }).obstacle).toBe("unbalanced");
  const three: Side[] = ["helpful", "helpful", "helpful", "hindering", "hindering", "hindering"];
  expect(standing(lie(three), { shown: 6, told }).obstacle).toBeNull();
});

test("without told numbers any sorting will do", () => {
  expect(standing(lie(["helpful", "helpful"]), { shown: 2, told: null }).obstacle).toBeNull();
});
