export type Side = "helpful" | "hindering";
export type Placed = Readonly<Record<string, Side>>;
export type Told = { readonly [side in Side]: number };

/** How the cards lie: how many on each side, and what keeps the sorting from being handed in. */
export interface Standing {
  readonly helpful: number;
  readonly hindering: number;
  readonly left: number;
  readonly obstacle: "unsorted" | "unbalanced" | null;
}

export function standing(placed: Placed, { shown, told }: { shown: number; told: Told | null }): Standing {
  const sides = Object.values(placed);
  const helpful = sides.filter((side) => side === "helpful").length;
  const left = shown - sides.length;
  const unbalanced = told !== null && helpful !== told.helpful;
  return {
    helpful,
    hindering: sides.length - helpful,
    left,
    obstacle: left > 0 ? "unsorted" : unbalanced ? "unbalanced" : null,
  };
}
