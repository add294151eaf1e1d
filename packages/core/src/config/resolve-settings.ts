import { reservedKey, unknownKey } from '../errors/config-errors.js';
import { defaultMiniBatch, engineSchema, type EngineSettings } from './engine-schema.js';
import { optionProblems } from './option-problems.js';
import { locate, type Resolution } from './resolution.js';
import type { ResolvedConfig } from './resolved-config.js';
import { mergeValue, type Stack } from './stack.js';

/** The engine's own part of a config. */
export type ResolvedSettings = Pick<ResolvedConfig, keyof EngineSettings>;

export const engineKeys: readonly string[] = Object.keys(engineSchema.shape);

/** Merges, checks and completes the engine's own keys; undefined where something is wrong with them. */
export function resolveSettings(
  entries: ReadonlyMap<string, Stack>,
  resolution: Resolution,
): ResolvedSettings | undefined {
  const raw: Record<string, unknown> = {};
  for (const key of engineKeys) {
    const stack = entries.get(key);
    if (!stack) continue;
    const merged = mergeValue(stack);
    resolution.rememberValue(key, merged);
    raw[key] = merged.value;
  }
  const parsed = engineSchema.safeParse(raw);
  if (!parsed.success) {
    const place = (path: readonly string[]): ReturnType<Resolution['place']> => resolution.place(path.join('.'));
    resolution.problems.push(...optionProblems(parsed.error, { schema: engineSchema, value: raw, place }));
    return undefined;
  }
  const { data } = parsed;
  const { miniBatch = defaultMiniBatch(data.rollout), ...update } = data.update;
  const settings = { ...data, update: { miniBatch, ...update } };
  for (const [key, value] of Object.entries(settings)) resolution.recordOrigins(key, value, 'engine default');
  return settings;
}

/** Reports the top-level keys that nothing knows, and those that mean something elsewhere only. */
export function reportUnknownKeys(
  entries: ReadonlyMap<string, Stack>,
  known: readonly string[],
  resolution: Resolution,
): void {
  for (const [key, stack] of entries) {
    if (known.includes(key) || key === EDITOR_KEY) continue;
    const place = { path: key, location: locate(stack.at(-1)!, key) };
    const reserved = RESERVED[key];
    resolution.problems.push(reserved ? reservedKey(place, key, reserved) : unknownKey(place, key, known));
  }
}

/** What editors read a JSON Schema from; it is none of ours. */
const EDITOR_KEY = '$schema';

const RESERVED: Readonly<Record<string, string | undefined>> = {
  use: 'it names the plugin of a node; nodes stand under the keys of the config',
  weight: 'it stands in a reward: rewards.NAME.weight',
  extends: 'it was followed when the config was loaded; name it there',
  $import: 'a config builds on others with extends',
};
