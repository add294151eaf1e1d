import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RunCommand } from './run-command.js';

/** A libtensorflow on this machine, whole enough to build against. */
export interface LibTensorFlow {
  /** The library itself: libtensorflow.so, or libtensorflow_cc.so of a wheel, which holds the same C interface. */
  readonly library: string;
  readonly framework: string;
  /** Folder of the headers: tensorflow/c/c_api.h lies in it. */
  readonly include: string;
  /** For people: «TensorFlow 2.21.0 of python3». */
  readonly what: string;
  /** The Python that it was found through. */
  readonly python?: string;
}

/** What was looked for and not found, as a clause: «python3 has no tensorflow». */
export type NotFound = { readonly missing: string };

/** Prints as JSON where Python's tensorflow lies and which version it is, without loading it. */
const PROBE = `
import importlib.metadata, importlib.util, json
spec = importlib.util.find_spec('tensorflow')
def version():
    for name in ('tensorflow', 'tensorflow-cpu', 'tensorflow-gpu', 'tf-nightly'):
        try: return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError: pass
print(json.dumps({'folder': spec and list(spec.submodule_search_locations or [None])[0], 'version': version()}))
`;

const SYSTEM = ['/usr/local', '/usr', '/opt/libtensorflow'];

/** The wheel `tensorflow`, `tensorflow-cpu` or `tensorflow[and-cuda]` of a Python. */
export async function inPython(python: string, run: RunCommand): Promise<LibTensorFlow | NotFound> {
  const { code, stdout } = await run(python, ['-c', PROBE]);
  if (code === undefined) return { missing: `there is no ${python}` };
  const found = code === 0 ? parse(stdout) : undefined;
  if (!found?.folder) return { missing: `${python} has no tensorflow` };
  const library = inFolder(found.folder);
  if ('missing' in library) return library;
  return { ...library, what: `TensorFlow ${found.version ?? '(version unknown)'} of ${python}`, python };
}

function parse(text: string): { folder?: string; version?: string } | undefined {
  try {
    return JSON.parse(text) as { folder?: string; version?: string };
  } catch {
    return undefined;
  }
}

/** One that was installed for the whole machine. */
export function inSystem(folders: readonly string[] = SYSTEM): LibTensorFlow | NotFound {
  for (const folder of folders) {
    const library = inFolder(folder);
    if ('library' in library) return library;
  }
  return { missing: `there is no libtensorflow in ${folders.join(', ')}` };
}

/** @param given the folder of a libtensorflow, of a wheel's `tensorflow`, or the library itself */
export function inFolder(given: string): LibTensorFlow | NotFound {
  const folder = path.resolve(given);
  if (!existsSync(folder)) return { missing: `there is no ${given}` };
  const start = statSync(folder).isDirectory() ? folder : path.dirname(folder);
  const place = ['.', 'lib', 'lib64', `lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`]
    .map((name) => path.join(start, name))
    .find((name) => libraryIn(name) && frameworkIn(name));
  if (!place) return { missing: `${given} holds no libtensorflow.so with its libtensorflow_framework.so` };
  const include = ['include', '../include', '../../include'].map((name) => path.join(place, name)).find(hasHeaders);
  if (!include) return { missing: `${given} has the library, but not its headers (include/tensorflow/c/c_api.h)` };
  return {
    library: path.join(place, libraryIn(place)!),
    framework: path.join(place, frameworkIn(place)!),
    include,
    what: `libtensorflow in ${place}`,
  };
}

function hasHeaders(folder: string): boolean {
  return ['c_api.h', 'eager/c_api.h'].every((name) => existsSync(path.join(folder, 'tensorflow/c', name)));
}

const libraryIn = (folder: string): string | undefined => fileIn(folder, /^libtensorflow(_cc)?\.so(\.\d+)*$/);
const frameworkIn = (folder: string): string | undefined => fileIn(folder, /^libtensorflow_framework\.so(\.\d+)*$/);

/** The shortest name: the others are the same library by its versions. */
function fileIn(folder: string, pattern: RegExp): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0];
}
