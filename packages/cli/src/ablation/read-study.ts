import { existsSync } from 'node:fs';
import path from 'node:path';
import { closestMatch } from 'leven';
import { nothingToCompare, unknownStudy } from './ablation-errors.js';
import { gridStudy, ladder, leaveOneOut, listStudy, oneAtATime, type Grid, type Study } from './study.js';
import { readStudyFile } from './study-file.js';
import type { BaseConfig } from './techniques.js';

const shipped: Readonly<Record<string, (base: BaseConfig) => Study>> = {
  ladder,
  'leave-one-out': leaveOneOut,
  'one-at-a-time': oneAtATime,
};
export const studyNames = [...Object.keys(shipped), 'grid'];

/**
 * A study by its name, or from a JSON file.
 *
 * @param base the config that the study changes
 * @param gridPaths what `--grid path=values` said
 * @throws CommandError where there is no such study; DapoError where the file holds none
 */
export function readStudy(nameOrFile: string, base: BaseConfig, gridPaths: Grid = {}): Study {
  if (nameOrFile === 'grid') {
    if (Object.keys(gridPaths).length === 0) throw nothingToCompare('grid', 'no --grid path=[values] was given');
    return gridStudy(gridPaths);
  }
  const make = shipped[nameOrFile];
  if (make) return make(base);
  if (!existsSync(nameOrFile))
    throw unknownStudy(nameOrFile, studyNames, closestMatch(nameOrFile, studyNames, { maxDistance: 4 }));
  return studyOf(nameOrFile, base);
}

function studyOf(file: string, base: BaseConfig): Study {
  const study = readStudyFile(file);
  if (study.kind === 'grid') return gridStudy(study.grid);
  if (study.kind !== 'list') return shipped[study.kind]!(base);
  const name = study.name ?? path.parse(file).name;
  return { ...listStudy(name, study.variants, study.baseline), ladder: study.ladder };
}
