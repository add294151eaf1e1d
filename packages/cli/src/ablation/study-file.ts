import { readFileSync } from 'node:fs';
import { DapoProblems, optionProblems, parseJson, z, type Location } from '@dapo/core';
import { closestMatch } from 'leven';
import { studyBroken } from './ablation-errors.js';

const setting = z
  .string()
  .regex(/^[^=]+=/, 'a text path=value')
  .describe('as after --set');
const variant = z.strictObject({
  name: z.string().min(1).describe('the name of its folder, and of its row in the tables'),
  set: z.array(setting).describe('what it changes in the config'),
});

/** The kinds of study files, each with its schema. */
const schemas = {
  ladder: z.strictObject({ kind: z.literal('ladder') }),
  'leave-one-out': z.strictObject({ kind: z.literal('leave-one-out') }),
  'one-at-a-time': z.strictObject({ kind: z.literal('one-at-a-time') }),
  grid: z.strictObject({
    kind: z.literal('grid'),
    grid: z.record(z.string(), z.array(z.json()).min(1)).describe('{ "path": [values] }'),
  }),
  list: z.strictObject({
    kind: z.literal('list'),
    name: z.string().optional().describe('the name of the study; default: that of the file'),
    baseline: variant.optional().describe('what the variants are compared with; default: the config as it is'),
    variants: z.array(variant).min(1).describe('[{ "name": "…", "set": ["path=value"] }]'),
    ladder: z.boolean().default(false).describe('whether each is compared with the one before it, too'),
  }),
};
const kinds = Object.keys(schemas);

export type StudyFile = z.output<(typeof schemas)[keyof typeof schemas]>;

/**
 * A study out of a JSON file.
 *
 * @throws DapoError with line and column where it is no JSON or what it holds does not fit, all of it together
 */
export function readStudyFile(file: string): StudyFile {
  const { value, locate } = parseJson(readFileSync(file, 'utf8'), file);
  const kind = kindOf(value, locate, file);
  const parsed = schemas[kind].safeParse(value);
  if (parsed.success) return parsed.data;
  const place = (path: readonly string[]): { path: string; location: Location } => ({
    path: path.join('.'),
    location: locate(path),
  });
  throw new DapoProblems(
    optionProblems(parsed.error, { schema: schemas[kind], value, plugin: `a study of the kind ${kind}`, place }),
  );
}

function kindOf(value: unknown, locate: (path: readonly string[]) => Location, file: string): keyof typeof schemas {
  const kind: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'kind') : undefined;
  if (typeof kind === 'string' && Object.hasOwn(schemas, kind)) return kind as keyof typeof schemas;
  const { line } = locate(['kind']);
  const received = kind === undefined ? undefined : JSON.stringify(kind);
  const nearest = typeof kind === 'string' ? closestMatch(kind, kinds, { maxDistance: 4 }) : undefined;
  throw studyBroken(`${file}:${line ?? 1}`, kinds, received, nearest);
}
