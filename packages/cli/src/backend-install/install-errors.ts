import { CommandError } from '../command-error.js';
import { PACKAGE, VERSION } from './package-facts.js';

/** The end of what a program said, without the stack of a program in JavaScript. */
function indented(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^\s+at .+:\d+/.test(line));
  return lines.map((line) => `    ${line}`).join('\n');
}

/** The engine was not installed by npm into a project. */
export function noProject(folder: string): CommandError {
  return new CommandError(`The engine does not lie in the node_modules of an npm project, but in ${folder}.`, {
    code: 'DAPO_CLI_BACKEND_NO_PROJECT',
    expected: 'a folder with package.json and node_modules/@tensorflow/tfjs',
    hint: `add ${PACKAGE}@${VERSION} with your package manager, with its install script allowed`,
  });
}

/** npm did not bring a package. */
export function npmFailed(what: string, output: string): CommandError {
  return new CommandError(`npm did not bring ${what}:\n${indented(output)}`, {
    code: 'DAPO_CLI_BACKEND_NPM_FAILED',
    hint: 'see that the registry can be reached: npm ping',
  });
}

/** The road that was asked for is closed; `reasons` are clauses. */
export function noRoad(reasons: readonly string[]): CommandError {
  return new CommandError(`There is nothing to build TensorFlow's binding against: ${reasons.join('; ')}.`, {
    code: 'DAPO_CLI_BACKEND_NO_LIBRARY',
    expected: 'a wheel (pip install tensorflow-cpu, or tensorflow[and-cuda]), or libtensorflow with its headers',
    hint: 'dapo backend install tensorflow --python PATH, or --libtensorflow PATH',
  });
}

/** The package's own download did not come through. */
export function downloadRefused(output: string): CommandError {
  return new CommandError(`The download of ${PACKAGE} did not come through:\n${indented(output)}`, {
    code: 'DAPO_CLI_BACKEND_DOWNLOAD_REFUSED',
    hint: 'build against a wheel instead: pip install tensorflow-cpu; dapo backend install tensorflow --from python',
  });
}

/** The compiler did not make the binding. */
export function buildFailed(library: string, output: string): CommandError {
  return new CommandError(`The binding did not build against ${library}:\n${indented(output)}`, {
    code: 'DAPO_CLI_BACKEND_BUILD_FAILED',
    expected: 'make, a C++17 compiler and python3, which node-gyp calls',
    hint: 'on Debian: apt-get install build-essential python3',
  });
}

/** The binding is there and computes wrong, or not at all. */
export function checkFailed(output: string): CommandError {
  return new CommandError(`The binding is there, but does not compute:\n${indented(output)}`, {
    code: 'DAPO_CLI_BACKEND_CHECK_FAILED',
    expected: 'the right product and gradient of a 2 × 2 matrix',
    hint: 'take another library: dapo backend install tensorflow --from python --python PATH',
  });
}

/** Several roads were tried. */
export function allRoadsFailed(reasons: readonly string[]): CommandError {
  return new CommandError(
    `TensorFlow can not be had here; nothing was changed.\n${reasons.map((text) => `  – ${text}`).join('\n')}`,
    {
      code: 'DAPO_CLI_BACKEND_NO_ROAD',
      expected: 'one of: its download; a wheel of Python (pip install tensorflow-cpu); libtensorflow with headers',
      hint: 'the backend wasm needs nothing more, and is there',
    },
  );
}
