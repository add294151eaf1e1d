/** Endings of configs that are code. */
export const codeEndings: readonly string[] = ['.ts', '.mts', '.js', '.mjs'];

const TEXT = ['.yaml', '.yml', '.json'];

/** Endings that a config file can have: code first, then text. */
export const configEndings: readonly string[] = [...codeEndings, ...TEXT];

/** File names under which a config is looked for in a folder; the first found is taken. */
export const configPlaces: readonly string[] = [
  ...configEndings.map((ending) => `dapo.config${ending}`),
  '.daporc',
  ...TEXT.map((ending) => `.daporc${ending}`),
  'package.json',
];
