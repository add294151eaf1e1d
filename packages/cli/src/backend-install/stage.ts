import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { npmFailed } from './install-errors.js';
import { folderOfHeaders, nodeFolder } from './node-headers.js';
import { PACKAGE, VERSION } from './package-facts.js';
import type { Place } from './place.js';
import type { RunCommand } from './run-command.js';

const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/** A folder beside the place where all is made and tried, so that nothing is moved before it works. */
export interface Stage {
  readonly folder: string;
  /** The package in it. */
  readonly target: string;
  /** For node-gyp: a folder with include/node. */
  readonly nodeFolder: string;
  readonly remove: () => void;
}

/** On the disk of its place, where a move is a rename. npm passes over names with a dot in node_modules. */
export async function openStage({ modules }: Place, execPath: string, run: RunCommand): Promise<Stage> {
  const folder = path.join(modules, '.dapo-tensorflow');
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // What an install left that was killed.
  remove();
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const own = nodeFolder(execPath);
  const what = [`${PACKAGE}@${VERSION}`, ...(own === undefined ? ['node-api-headers@1'] : [])];
  const args = ['install', ...QUIET, `--prefix=${folder}`, '--prefer-offline', ...what];
  const { code, said } = await run('npm', args, { cwd: folder });
  if (code !== 0) {
    remove();
    throw npmFailed(what.join(' and '), said);
  }
  const headers = path.join(folder, 'node_modules/node-api-headers');
  return {
    folder,
    target: path.join(folder, 'node_modules', PACKAGE),
    nodeFolder: own ?? folderOfHeaders(headers, path.join(folder, 'node')),
    remove,
  };
}

/**
 * Brings the package, without a binary, into the project.
 *
 * @returns how to take it out again, or to bring back the version that was there
 */
export async function addPackage(
  { root, installed }: Place,
  save: boolean,
  run: RunCommand,
): Promise<() => Promise<void>> {
  const flags = [...QUIET, `--prefix=${root}`, save ? '--save-exact' : '--no-save'];
  const { code, said } = await run('npm', ['install', ...flags, `${PACKAGE}@${VERSION}`], { cwd: root });
  if (code !== 0) throw npmFailed(`${PACKAGE}@${VERSION}`, said);
  return async () => {
    const back =
      installed === undefined ? ['uninstall', ...flags, PACKAGE] : ['install', ...flags, `${PACKAGE}@${installed}`];
    await run('npm', back, { cwd: root });
  };
}
