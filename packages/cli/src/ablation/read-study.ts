import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from '@dapo/core';
import { closestMatch } from 'leven';
import { nothingToCompare, studyBroken, unknownStudy } from './ablation-errors.js';
import { gridStudy, ladder, leaveOneOut, listStudy, oneAtATime, type Grid, type Study } from './study.js';
import type { BaseConfig } from './techniques.js';

const shipped: Readonly<Record<string, (base: BaseConfig) => Study>> = {
  ladder,
  'leave-one-out': leaveOneOut,
  'one-at-a-time': oneAtATime,
};
export const studyNames = [...Object.keys(shipped), 'grid'];

const variant = z.strictObject({ name: z.string().min(1), set: z.array(z.string().regex(/^[^=]+=/, 'as path=value')) });
const grid = z.record(z.string(), z.array(z.json()).min(1));
const studyFile = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ladder') }),
  z.strictObject({ kind: z.literal('leave-one-out') }),
  z.strictObject({ kind: z.literal('one-at-a-time') }),
  z.strictObject({ kind: z.literal('grid'), grid }),
  z.strictObject({
    kind: z.literal('list'),
    name: z.string().optional(),
    baseline: variant.optional(),
    variants: z.array(variant).min(1),
    /** Compare each with the one before it, too. */
    ladder: z.boolean().default(false),
  }),
]);

/**
 * A study by its name, or from a JSON file.
 *
 * @param base the config that the study changes
 * @param gridPaths what `--grid path=values` said
 * @throws CommandError where there is no such study, or the file holds none
 */
export function readStudy(nameOrFile: string, base: BaseConfig, gridPaths: Grid = {}): Study {
  if (nameOrFile === 'grid') {
    if (Object.keys(gridPaths).length === 0) throw nothingToCompare('grid', 'no --grid path=[values] was given');
    return gridStudy(gridPaths);
  }
  const make = shipped[nameOrFile];
  if (make) return make(base);
  if (!existsSync(nameOrFile)) throw unknownStudy(nameOrFile, studyNames, closestMatch(nameOrFile, studyNames, { maxDistance: 4 }));
  return studyOf(nameOrFile, base);
}

function studyOf(file: string, base: BaseConfig): Study {
  const parsed = studyFile.safeParse(parseJson(file));
  if (!parsed.success) throw studyBroken(file, firstIssue(parsed.error));
  const study = parsed.data;
  if (study.kind === 'grid') return gridStudy(study.grid);
  if (study.kind !== 'list') return shipped[study.kind]!(base);
  const name = study.name ?? path.parse(file).name;
  return { ...listStudy(name, study.variants, study.baseline), ladder: study.ladder };
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw studyBroken(file, (error as Error).message);
  }
}

function firstIssue({ issues }: z.ZodError): string {
  const [first] = issues;
  return first ? `${first.path.join('.') || 'the whole'}: ${first.message}` : 'it is not one';
}
