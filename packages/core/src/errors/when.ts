/** When something happened in a run: in a rollout step, counted from 0, or as words say. */
export type When = number | string;

export function inWords(when: When): string {
  return typeof when === 'number' ? `in rollout step ${when + 1}` : when;
}

/** Between two steps. `finished` counts the steps that are over. */
export function afterSteps(finished: number): string {
  return finished === 0 ? 'before the first rollout step' : `after rollout step ${finished}`;
}
