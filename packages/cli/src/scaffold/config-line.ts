import { places } from '../render/plugin-page.js';

export interface ConfigPlace {
  /** As a line of dapo.config.ts: `loss: { clip: './plugins/my-clip.ts' },` */
  readonly line: string;
  /** As overrides of a command line: `loss.clip=./plugins/my-clip.ts`. */
  readonly set: readonly string[];
}

/** Beside the plugin itself: what it works on. */
const companions: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  'kl-term': [['signals.reference', 'reference']],
};

/** Where a plugin stands in a config, by default as its file. A reward takes the place of the preset's: only one says which answers are right. */
export function configPlace(kind: string, name: string, use = `./plugins/${name}.ts`): ConfigPlace {
  const key = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const at = kind === 'reward' ? 'rewards.answer' : (places[kind] ?? kind).replace('KEY', key);
  const entries = [...(companions[kind] ?? []), [at, use] as const];
  return {
    line: entries.map(([where, value]) => `${nested(where.split('.'), `'${value}'`)},`).join(' '),
    set: entries.map(([where, value]) => `${where}=${value}`),
  };
}

function nested([first, ...rest]: readonly string[], value: string): string {
  return rest.length === 0 ? `${first}: ${value}` : `${first}: { ${nested(rest, value)} }`;
}
