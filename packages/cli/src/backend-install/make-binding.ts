import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { buildFailed, downloadRefused } from './install-errors.js';
import type { LibTensorFlow } from './libtensorflow.js';
import type { RunCommand } from './run-command.js';

/** The version of Node's stable interface that the package asks for at most. */
const NODE_API = 8;

/** The package's own script: libtensorflow and a binding to it, from its authors' storage. */
export async function downloadBinding(folder: string, run: RunCommand): Promise<void> {
  // Run here and not by npm, which from version 12 leaves out the install scripts of packages that a project doesn't list.
  const bin = path.resolve(folder, '../../.bin');
  const { code, said } = await run(process.execPath, ['scripts/install.js', 'gpu', 'download'], {
    cwd: folder,
    env: { PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` },
  });
  if (code !== 0 || !hasBinding(folder)) throw downloadRefused(said);
}

export interface BuildTools {
  /** The npm project in whose name node-gyp is looked for, and fetched where it isn't there. */
  readonly root: string;
  /** Folder with include/node. */
  readonly nodeFolder: string;
  readonly run: RunCommand;
}

/** A binding to a library that is here, made by node-gyp without a header from the network. */
export async function buildBinding(folder: string, library: LibTensorFlow, tools: BuildTools): Promise<void> {
  linkLibrary(folder, library);
  const place = path.dirname(library.library);
  const { code, said } = await tools.run('npm', nodeGyp(folder, library, tools), {
    cwd: tools.root,
    // It is found where it lies: a wheel for CUDA looks for NVIDIA's libraries relative to that.
    env: { LDFLAGS: `${process.env['LDFLAGS'] ?? ''} -Wl,-rpath,${place}`.trim() },
  });
  if (code !== 0 || !hasBinding(folder)) throw buildFailed(library.what, said);
  rmSync(path.join(folder, 'build'), { recursive: true, force: true });
}

/** npm takes the project's own node-gyp if there is one, else that of its cache, else it fetches it (2 MB). */
function nodeGyp(folder: string, { python }: LibTensorFlow, { root, nodeFolder }: BuildTools): string[] {
  return [
    ...['exec', '--yes', `--prefix=${root}`, '--package=node-gyp@12', '--', 'node-gyp', 'configure', 'build'],
    ...[`--directory=${folder}`, `--nodedir=${nodeFolder}`, '--loglevel=warn'],
    ...(python === undefined ? [] : [`--python=${python}`]),
    ...[`--module_name=tfjs_binding`, `--module_path=${path.join(folder, `lib/napi-v${NODE_API}`)}`],
    `--napi_build_version=${NODE_API}`,
  ];
}

/** Under the names that the package links with. */
function linkLibrary(folder: string, { library, framework, include }: LibTensorFlow): void {
  const deps = path.join(folder, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(path.join(deps, 'lib'), { recursive: true });
  symlinkSync(include, path.join(deps, 'include'));
  symlinkSync(library, path.join(deps, 'lib/libtensorflow.so'));
  symlinkSync(framework, path.join(deps, 'lib/libtensorflow_framework.so'));
}

export function hasBinding(folder: string): boolean {
  const lib = path.join(folder, 'lib');
  return existsSync(lib) && readdirSync(lib).some((name) => existsSync(path.join(lib, name, 'tfjs_binding.node')));
}
