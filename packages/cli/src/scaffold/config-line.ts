import { places } from '../render/plugin-page.js';

export interface ConfigPlace {
  /** As a line of dapo.config.ts: `loss: { clip: './plugins/my-clip.ts' },` */
  readonly line: string;
  /** As lines of a config in the language of its file. */
  readonly linesIn: (file: string) => readonly string[];
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
  const written = (quote: Quote): string[] => entries.map(([where, value]) => nested(where.split('.'), value, quote));
  const line = written(inTypeScript)
    .map((entry) => `${entry},`)
    .join(' ');
  return {
    line,
    linesIn: (file) => {
      if (file.endsWith('.json')) return written(inJson);
      return /\.ya?ml$|rc$/.test(file) ? written(inTypeScript) : [line];
    },
    set: entries.map(([where, value]) => `${where}=${value}`),
  };
}

/** How a key, or a text, is written. */
type Quote = (text: string, isKey: boolean) => string;
const inTypeScript: Quote = (text, isKey) => (isKey ? text : `'${text}'`);
const inJson: Quote = (text) => JSON.stringify(text);

function nested([first, ...rest]: readonly string[], value: string, quote: Quote): string {
  const inner = rest.length === 0 ? quote(value, false) : `{ ${nested(rest, value, quote)} }`;
  return `${quote(first!, true)}: ${inner}`;
}
