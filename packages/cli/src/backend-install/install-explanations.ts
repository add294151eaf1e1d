import type { ErrorExplanations } from '@dapo/core';

/** Of what can go wrong in `dapo backend install`. */
export const installExplanations: ErrorExplanations = {
  DAPO_CLI_BACKEND_NO_PROJECT: {
    title: 'The engine is not in an npm project',
    why: 'The package goes beside the TensorFlow.js of the engine and is noted in package.json; other package managers lay their folders out differently.',
    remedy: 'Install the engine with npm, or add the package with the package manager that you use.',
    next: 'npm install @dapo/cli @dapo/core @dapo/plugins',
  },
  DAPO_CLI_BACKEND_NPM_FAILED: {
    title: 'npm did not bring what the backend is made of',
    why: 'The registry was not reached, or it does not have the package.',
    remedy: 'The last lines of npm say which. Nothing was changed.',
    next: 'npm ping',
  },
  DAPO_CLI_BACKEND_NO_LIBRARY: {
    title: 'No libtensorflow to build against',
    why: 'No Python with a tensorflow wheel was found, no libtensorflow with its headers, or no compiler.',
    remedy: 'Install a wheel and name its Python, or name the folder of a libtensorflow.',
    next: 'dapo backend install tensorflow --dry-run',
  },
  DAPO_CLI_BACKEND_DOWNLOAD_REFUSED: {
    title: 'The download of TensorFlow was refused',
    why: 'The package fetches libtensorflow and its binding from storage.googleapis.com, which was not reached or answered something else.',
    remedy: 'Build against a wheel of Python, or wait and try again. Nothing was changed.',
    next: 'dapo backend install tensorflow --from python',
  },
  DAPO_CLI_BACKEND_BUILD_FAILED: {
    title: "TensorFlow's binding did not build",
    why: 'A part of the tool chain is missing, or the library is too old or too new for the package.',
    remedy: 'The last lines of node-gyp say which. Nothing was changed.',
    next: 'dapo backend install tensorflow --dry-run',
  },
  DAPO_CLI_BACKEND_CHECK_FAILED: {
    title: 'A TensorFlow that was made does not compute',
    why: 'A library that it loads is missing, or processor or GPU are not what it was built for.',
    remedy: 'Take another library. Nothing was changed.',
    next: 'dapo backend install tensorflow --dry-run',
  },
  DAPO_CLI_BACKEND_NO_ROAD: {
    title: 'No way to TensorFlow here',
    why: 'Each way that is open on this machine was tried and failed; the error lists them with their reasons.',
    remedy: 'Open one of them (a wheel of Python is the easiest), or stay with the backend wasm.',
    next: 'dapo doctor',
  },
};
