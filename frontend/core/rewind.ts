/**
 * Where a recording goes on after a pause: some seconds before the farthest place it was rated at.
 *
 * Measured from there and not from where it stands, so that many short pauses in a row never lead farther back.
 */
export function rewound_s(at_s: number, farthest_s: number, rule: { rewind_s: number; start_s: number }): number {
  return Math.max(rule.start_s, Math.min(at_s, farthest_s - rule.rewind_s));
}
