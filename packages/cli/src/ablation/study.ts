import {
  clipHigher,
  overlongFilter,
  recipe,
  softOverlong,
  tokenLevel,
  withOnly,
  type BaseConfig,
} from './techniques.js';

/** One config of a study, as overrides over the base config. */
export interface Variant {
  readonly name: string;
  readonly set: readonly string[];
}

/** What is compared with what: every variant with the first one, in a ladder also with the one before. */
export interface Study {
  readonly name: string;
  /** The first is the baseline. */
  readonly variants: readonly Variant[];
  readonly ladder: boolean;
  /** A variant that equals the baseline is the baseline, not a mistake: so in a grid. */
  readonly dropsBaseline: boolean;
}

/** The paper's Table 1: each step adds one change; the soft punishment takes the place of the filter. */
export function ladder(base: BaseConfig): Study {
  const steps = [
    { name: 'grpo', active: [] },
    { name: '+ overlong filter', active: [overlongFilter] },
    { name: '+ clip-higher', active: [overlongFilter, clipHigher] },
    { name: '+ soft overlong, no filter', active: [clipHigher, softOverlong] },
    { name: '+ token-level loss', active: [clipHigher, softOverlong, tokenLevel] },
    { name: '+ dynamic sampling', active: recipe },
  ];
  const variants = steps.map(({ name, active }) => ({ name, set: withOnly(active, base) }));
  return { name: 'ladder', variants, ladder: true, dropsBaseline: false };
}

/** The full recipe, and the recipe less each technique. */
export function leaveOneOut(base: BaseConfig): Study {
  const without = recipe.map((technique) => ({
    name: `without ${technique.name}`,
    set: withOnly(
      recipe.filter((other) => other !== technique),
      base,
    ),
  }));
  const variants = [{ name: 'dapo', set: withOnly(recipe, base) }, ...without];
  return { name: 'leave-one-out', variants, ladder: false, dropsBaseline: false };
}

/** The paper's baseline, and the baseline with each technique alone. */
export function oneAtATime(base: BaseConfig): Study {
  const alone = [overlongFilter, ...recipe].map((technique) => ({
    name: `only ${technique.name}`,
    set: withOnly([technique], base),
  }));
  const variants = [{ name: 'grpo', set: withOnly([], base) }, ...alone];
  return { name: 'one-at-a-time', variants, ladder: false, dropsBaseline: false };
}

/** Config path → values to try: every combination of them, beside the config as it is. */
export type Grid = Readonly<Record<string, readonly unknown[]>>;

export function gridStudy(grid: Grid): Study {
  let cells: Variant[] = [{ name: '', set: [] }];
  for (const [path, values] of Object.entries(grid)) {
    cells = cells.flatMap((cell) => values.map((value) => extendCell(cell, path, value)));
  }
  const variants = [{ name: 'config', set: [] }, ...cells];
  return { name: 'grid', variants, ladder: false, dropsBaseline: true };
}

function extendCell({ name, set }: Variant, path: string, value: unknown): Variant {
  const place = path.split('.').slice(-2).join('.');
  return {
    name: [name, `${place}=${shortName(value)}`].filter(Boolean).join(', '),
    set: [...set, `${path}=${JSON.stringify(value)}`],
  };
}

function shortName(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replace(/["{}]/g, '');
}

/** Variants of one's own; without a baseline among them, the config as it is. */
export function listStudy(name: string, variants: readonly Variant[], baseline?: Variant): Study {
  return {
    name,
    variants: [baseline ?? { name: 'config', set: [] }, ...variants],
    ladder: false,
    dropsBaseline: false,
  };
}
