/**
 * Entries of the golden files that no plugin is for, by name, and why. Everything else that stands in a golden file runs,
 * or fails.
 */
const EXCUSED: readonly { readonly name: RegExp; readonly reason: string }[] = [
  {
    name: /^gae$/,
    reason: 'needs a learned value function; every technique here compares responses instead',
  },
  {
    name: /^rejection (token_k[123]|seq_(sum|mean|max)_k[123])$/,
    reason: "verl's rollout_rs, unused by the papers; masked-importance is the form that is used",
  },
];

/** Why an entry has no plugin; undefined where it should have one. */
export function reasonToLeaveOut(name: string): string | undefined {
  return EXCUSED.find((entry) => entry.name.test(name))?.reason;
}
