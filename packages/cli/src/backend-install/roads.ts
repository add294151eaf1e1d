import { inFolder, inPython, inSystem, type LibTensorFlow, type NotFound } from './libtensorflow.js';
import type { RunCommand } from './run-command.js';

export type From = 'download' | 'python' | 'path';

export interface Wanted {
  readonly from?: From;
  readonly python?: string;
  readonly libtensorflow?: string;
}

/** A way to a binary: that of the package's authors, or one that is built here. */
export type Road =
  { readonly from: 'download' } | { readonly from: 'python' | 'path'; readonly library: LibTensorFlow };

export interface Roads {
  /** In the order in which they are tried. */
  readonly open: readonly Road[];
  /** Why the others are closed, each a clause. */
  readonly closed: readonly string[];
}

export interface RoadSources {
  readonly run: RunCommand;
  readonly platform: NodeJS.Platform;
  readonly system?: () => LibTensorFlow | NotFound;
}

/**
 * What can be tried here. A library that is there goes before the download: it costs no 400 MB, and it is newer (the
 * download is TensorFlow 2.9.1 of 2022, for CUDA 11.2), so that it knows the GPUs of today.
 */
export async function findRoads(wanted: Wanted, sources: RoadSources): Promise<Roads> {
  const closed: string[] = [];
  const open: Road[] = [];
  const take = (from: 'python' | 'path', found: LibTensorFlow | NotFound): void => {
    if ('missing' in found) closed.push(found.missing);
    else open.push({ from, library: found });
  };
  const kinds = kindsOf(wanted);
  const builds = kinds.some((kind) => kind !== 'download') && (await canBuild(sources, closed));
  if (builds && kinds.includes('path')) {
    if (wanted.libtensorflow !== undefined) take('path', inFolder(wanted.libtensorflow));
    else take('path', (sources.system ?? inSystem)());
  }
  if (builds && kinds.includes('python')) {
    // Ahead of one of the system: a wheel is more often a new one.
    const found = await firstPython(wanted.python === undefined ? ['python3', 'python'] : [wanted.python], sources.run);
    if ('missing' in found) closed.push(found.missing);
    else open.unshift({ from: 'python', library: found });
  }
  if (kinds.includes('download')) open.push({ from: 'download' });
  return { open, closed };
}

/** An option that names a library says which road is meant. */
function kindsOf({ from, python, libtensorflow }: Wanted): From[] {
  if (from) return [from];
  if (libtensorflow !== undefined) return ['path'];
  if (python !== undefined) return ['python'];
  return ['path', 'python', 'download'];
}

/** What node-gyp calls, and where a wheel's library lies as it is looked for here. */
async function canBuild({ run, platform }: RoadSources, closed: string[]): Promise<boolean> {
  if (platform !== 'linux') {
    closed.push('building against a libtensorflow is for Linux only');
    return false;
  }
  const tools = ['make', process.env['CXX'] ?? 'c++', 'python3'];
  const ends = await Promise.all(tools.map((tool) => run(tool, ['--version'])));
  const missing = tools.filter((_, i) => ends[i]!.code !== 0);
  if (missing.length > 0) closed.push(`to build, ${missing.join(' and ')} would be needed`);
  return missing.length === 0;
}

async function firstPython(pythons: readonly string[], run: RunCommand): Promise<LibTensorFlow | NotFound> {
  let first: NotFound | undefined;
  for (const python of pythons) {
    const found = await inPython(python, run);
    if ('library' in found) return found;
    first ??= found;
  }
  return first!;
}
