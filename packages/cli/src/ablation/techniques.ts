/** A technique of the paper as what switches it on and off in a config, `path=value` each. */
export interface Technique {
  readonly name: string;
  readonly on: readonly string[];
  readonly off: readonly string[];
}

/** The rows in which the presets `dapo` and `grpo` differ. */
export const clipHigher: Technique = {
  name: 'clip-higher',
  on: ['loss.clip=clip-higher'],
  off: ['loss.clip=clip'],
};
export const softOverlong: Technique = {
  name: 'soft-overlong',
  on: ['rewards.length=soft-overlong'],
  off: ['rewards.length=false'],
};
export const tokenLevel: Technique = {
  name: 'token-level',
  on: ['aggregation=token'],
  off: ['aggregation=sequence'],
};
const dynamicSampling: Technique = {
  name: 'dynamic-sampling',
  on: ['sampler=dynamic', 'filters.outcomes=mixed-outcomes'],
  off: ['sampler=standard', 'filters.outcomes=false'],
};
/** Of the paper's ladder only: the soft punishment takes its place, since a masked response feels no punishment. */
export const overlongFilter: Technique = {
  name: 'overlong-filter',
  on: ['filters.overlong=overlong'],
  off: ['filters.overlong=false'],
};

/** What `dapo` adds to `grpo`. */
export const recipe: readonly Technique[] = [clipHigher, softOverlong, tokenLevel, dynamicSampling];

/** A config as `describeConfig` gives it. */
export type BaseConfig = Readonly<Record<string, unknown>>;

/** Overrides over a base config with these techniques on and every other one of the paper off. */
export function withOnly(active: readonly Technique[], base: BaseConfig): string[] {
  return [overlongFilter, ...recipe]
    .flatMap((technique) => (active.includes(technique) ? technique.on : technique.off))
    .filter((override) => !takesOutNothing(override, base));
}

/** A config refuses to have taken out what isn't there. */
function takesOutNothing(override: string, base: BaseConfig): boolean {
  const [path = '', value] = override.split('=');
  const there = path.split('.').reduce<unknown>((node, key) => (node as BaseConfig | undefined)?.[key], base);
  return value === 'false' && there === undefined;
}
