import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { noProject } from './install-errors.js';
import { PACKAGE } from './package-facts.js';

/** Where the package belongs: beside the engine's TensorFlow.js, where the engine's plugins find it and share that. */
export interface Place {
  /** The npm project whose node_modules that is. */
  readonly root: string;
  readonly modules: string;
  /** Folder of the package, there or not. */
  readonly target: string;
  /** Version of the package that is there already, with its binary or without. */
  readonly installed?: string;
}

/** @param engine URL of a module of @dapo/core */
export function findPlace(engine: string): Place {
  return placeAround(createRequire(engine).resolve('@tensorflow/tfjs/package.json'));
}

/** @param tfjs package.json of the engine's TensorFlow.js */
export function placeAround(tfjs: string): Place {
  const modules = path.resolve(tfjs, '../../..');
  const root = path.dirname(modules);
  if (path.basename(modules) !== 'node_modules' || !existsSync(path.join(root, 'package.json'))) throw noProject(root);
  const target = path.join(modules, PACKAGE);
  return { root, modules, target, ...versionIn(target) };
}

/** npm may leave an empty folder behind, which is no package. */
function versionIn(target: string): { installed?: string } {
  const file = path.join(target, 'package.json');
  if (!existsSync(file)) return {};
  return { installed: (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version };
}
