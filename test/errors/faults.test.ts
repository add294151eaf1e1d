import type { DapoError } from '@dapo/core';
import { expect, test } from 'vitest';
import {
  otherStudyThere,
  pilotFailed,
  studyRunning,
  studyRunsChanged,
} from '../../packages/cli/src/ablation/ablation-errors.js';
import * as install from '../../packages/cli/src/backend-install/install-errors.js';
import { catalogueMissing, type CommandError } from '../../packages/cli/src/command-error.js';
import { describeError } from '../../packages/cli/src/report-error.js';
import { studyNotReportable } from '../../packages/cli/src/report/report-errors.js';
import {
  noSuchPluginFile,
  pluginIsFolder,
  pluginIsTest,
  scaffoldMissing,
} from '../../packages/cli/src/scaffold/scaffold-errors.js';
import { resolutionFailed, unknownKey } from '../../packages/core/src/errors/config-errors.js';
import { DapoProblems } from '../../packages/core/src/errors/dapo-error.js';
import {
  listedPluginFailed,
  manifestMismatch,
  pluginOfOtherCore,
  secondCore,
} from '../../packages/core/src/errors/plugin-errors.js';
import { rewardWithoutVerdict } from '../../packages/core/src/errors/run-errors.js';
import { dataChanged } from '../../packages/core/src/errors/prompt-errors.js';
import {
  backendUnavailable,
  checkpointMismatch,
  checkpointMissing,
  pluginNeverSettled,
  pluginStillAwaited,
  tensorsKept,
  versionReleased,
} from '../../packages/core/src/errors/run-errors.js';
import {
  backendConflict,
  fileOutsideRun,
  generatorWrong,
  manifestBroken,
  modelTooLarge,
  tensorTooLarge,
  nothingHeldOut,
  nothingTrained,
  runFolderBusy,
  signalMissing,
} from '../../packages/core/src/errors/training-errors.js';
import { needNotDeclared } from '../../packages/core/src/testing/contracts/undeclared.js';
import * as testing from '../../packages/core/src/testing/testing-errors.js';
import * as backend from '../../packages/plugins/src/backend-errors.js';
import {
  contextExceeded,
  emptyPrompt,
  nothingToFreeze,
} from '../../packages/plugins/src/policies/transformer/errors.js';
import { plain } from './wrong-input.js';

const noSuchFile = new Error("ENOENT: no such file or directory, open 'state.json'");

/**
 * Errors that nothing a person writes into a config, a file or a command leads to by itself: a machine, a crash, a fault
 * of the engine or of a plugin package. Each is made by its own function, as it is where it is thrown.
 */
const faults: Readonly<Record<string, DapoError | CommandError>> = {
  DAPO_BACKEND_DTYPE: backend.wrongDtype('matMul', 'int32'),
  DAPO_BACKEND_INDEX: backend.indexOutsideOfAxis(7, 4),
  DAPO_BACKEND_KERNELS_MISSING: backend.kernelsMissing('products', '/app/wasm/products.wasm', noSuchFile),
  DAPO_BACKEND_OP: backend.operationMissing('The wasm backend has no kernel «UnsortedSegmentMax».'),
  DAPO_BACKEND_OUT_OF_MEMORY: backend.outOfMemory(2 ** 30, 3.5 * 2 ** 30),
  DAPO_BACKEND_SHAPE: backend.innerDimensionsDiffer('[2, 3]', '[4, 5]', 3, 4),
  DAPO_BACKEND_START: backend.backendNotStarted('The backend wasm did not start.', 'npm install'),
  DAPO_BACKEND_THREAD: backend.threadFailed(),
  DAPO_BACKEND_DEVICE: backend.deviceFailed('Out of memory'),
  DAPO_CLI_BACKEND_BUILD_FAILED: install.buildFailed(
    'TensorFlow 2.21.0 of python3',
    'make: *** [tfjs_binding.o] Error 1',
  ),
  DAPO_CLI_BACKEND_CHECK_FAILED: install.checkFailed('libcudart.so.11.0: cannot open shared object file'),
  DAPO_CLI_BACKEND_DOWNLOAD_REFUSED: install.downloadRefused('Error: getaddrinfo ENOTFOUND storage.googleapis.com'),
  DAPO_CLI_BACKEND_NO_LIBRARY: install.noRoad(['python3 has no tensorflow']),
  DAPO_CLI_BACKEND_NO_PROJECT: install.noProject('/srv/.pnpm'),
  DAPO_CLI_BACKEND_NO_ROAD: install.allRoadsFailed(['python3 has no tensorflow', 'The download did not come through.']),
  DAPO_CLI_BACKEND_NPM_FAILED: install.npmFailed('@tensorflow/tfjs-node-gpu@4.22.0', 'npm error code ENOTFOUND'),
  DAPO_CLI_CATALOGUE_MISSING: catalogueMissing(),
  DAPO_CLI_OTHER_STUDY_THERE: otherStudyThere('runs/ladder', 'its base config is another'),
  DAPO_CLI_PLUGIN_FILE_MISSING: noSuchPluginFile('plugins/mine.ts'),
  DAPO_CLI_PLUGIN_IS_FOLDER: pluginIsFolder('plugins', ['plugins/mine.ts']),
  DAPO_CLI_PLUGIN_IS_TEST: pluginIsTest('plugins/mine.test.ts'),
  DAPO_CLI_STUDY_NOT_REPORTABLE: studyNotReportable('runs/ladder', 'it has no comparisons'),
  DAPO_CLI_PILOT_FAILED: pilotFailed('dapo', 'error: There is no key «sed». DAPO_CONFIG_UNKNOWN_KEY'),
  DAPO_CLI_SCAFFOLD_MISSING: scaffoldMissing('/app/skeletons'),
  DAPO_CLI_STUDY_RUNNING: studyRunning('runs/ladder', 4711),
  DAPO_CLI_STUDY_RUNS_CHANGED: studyRunsChanged(
    'runs/ladder/runs/grpo/seed-1',
    ['rewards.answer: ./mine.ts has changed'],
    2,
  ),
  DAPO_CONFIG_RESOLUTION_FAILED: resolutionFailed(new TypeError('x is undefined')),
  DAPO_DATA_CHANGED: dataChanged('problems.jsonl, 100 prompts, sha256 0a1b', 'problems.jsonl, 99 prompts, sha256 2c3d'),
  DAPO_MODEL_NOTHING_TO_FREEZE: nothingToFreeze(1, 'model.embed_token.', [
    'model.embed_tokens.weight',
    'model.layers.0.mlp.up_proj.weight',
    'model.layers.1.mlp.up_proj.weight',
    'model.norm.weight',
  ]),
  DAPO_PLUGIN_GENERATOR_WRONG: generatorWrong('generator mine', 'generator', 'too few groups', '4', '3'),
  DAPO_PLUGIN_LISTED_IMPORT_FAILED: listedPluginFailed('dapo-plugin-clips', 'clip-rule soft', noSuchFile),
  DAPO_PLUGIN_MANIFEST_MISMATCH: manifestMismatch('dapo-plugin-clips', 'clip-rule soft', 'clip-rule hard'),
  DAPO_PLUGIN_NEVER_SETTLED: pluginNeverSettled('reward mine', 60),
  DAPO_PLUGIN_OTHER_CORE: pluginOfOtherCore(
    { path: 'loss.clip' },
    './mine.js',
    '@dapo/core/plugin@2',
    '@dapo/core/plugin@1',
  ),
  DAPO_PLUGIN_SECOND_CORE: secondCore([
    '/app/node_modules/@dapo/core',
    '/app/node_modules/dapo-plugin-clips/node_modules/@dapo/core',
  ]),
  DAPO_PLUGIN_STILL_AWAITED: pluginStillAwaited('reward mine', 30, 60, 'rewards.mine'),
  DAPO_PLUGIN_TENSOR_KEPT: tensorsKept('clip-rule mine', 2, 60, 'loss.clip'),
  DAPO_PLUGIN_SIGNAL_MISSING: signalMissing('reference-log-prob', ['reference-log-probs']),
  DAPO_POLICY_CONTEXT_EXCEEDED: contextExceeded(60, 28, 64),
  DAPO_POLICY_EMPTY_PROMPT: emptyPrompt(3),
  DAPO_POLICY_VERSION_RELEASED: versionReleased(12),
  DAPO_PROBLEMS: new DapoProblems([
    unknownKey({ path: 'sed' }, 'sed', ['seed']),
    unknownKey({ path: 'nam' }, 'nam', ['name']),
  ]),
  DAPO_RUN_FILE_OUTSIDE: fileOutsideRun('../outside.csv', 'runs/first'),
  DAPO_RUN_FOLDER_BUSY: runFolderBusy('runs/first', 4711),
  DAPO_RUN_NOTHING_TRAINED: nothingTrained(),
  DAPO_RUN_BACKEND_CONFLICT: backendConflict('cpu', 'wasm'),
  DAPO_RUN_BACKEND_UNAVAILABLE: backendUnavailable(
    'tensorflow',
    'It is not installed.',
    'npm install @tensorflow/tfjs-node-gpu',
  ),
  DAPO_RUN_CHECKPOINT_MISMATCH: checkpointMismatch('runs/a/checkpoints/step-000010', 'the seed', '1', '2'),
  DAPO_RUN_CHECKPOINT_MISSING: checkpointMissing('runs/a/checkpoints'),
  DAPO_RUN_MANIFEST_BROKEN: manifestBroken('runs/a/manifest.json', new SyntaxError('Unexpected end of JSON input')),
  DAPO_RUN_TENSOR_TOO_LARGE: tensorTooLarge(544_530_432, 'webgpu', 2 ** 27),
  DAPO_RUN_MODEL_TOO_LARGE: modelTooLarge({ weights: 1.98e9, moments: 3.95e9, passes: 2.37e9 }, 'wasm', 2 ** 32),
  DAPO_RUN_NOTHING_HELD_OUT: nothingHeldOut(),
  DAPO_TEST_CONTRACT_BROKEN: testing.contractBroken('clip-rule mine', 'is finite', 'an empty response makes it NaN'),
  DAPO_PLUGIN_REWARD_VERDICT: rewardWithoutVerdict('reward mine', 'sum-3', 'rewards.answer'),
  DAPO_TEST_CONTRACT_DEPENDENCY: testing.noStandIn('reward mine', 'judge', 'my-package/judge'),
  DAPO_TEST_CONTRACT_ENDLESS: testing.endless('2000 prompts'),
  DAPO_TEST_CONTRACT_INSTANCE: testing.noInstance('clip-rule mine', undefined),
  DAPO_TEST_CONTRACT_NEED: needNotDeclared('the signal «reference-log-probs»', 'reference-log-probs'),
  DAPO_TEST_CONTRACT_NO_PLUGIN: testing.noPlugin(undefined),
  DAPO_TEST_CONTRACT_NO_RUNNER: testing.noRunner(),
  DAPO_TEST_CONTRACT_OPTIONS: testing.optionsDoNotFit('prompts mine', 'file: expected a text'),
  DAPO_TEST_CONTRACT_PART: testing.noPart('loss mine', 'clip', 'clip-rule'),
  DAPO_TEST_NOT_CLOSE: testing.notClose('the gradient', '[1, 2]', '[1, 3]'),
};

test.each(Object.entries(faults))('%s', (code, error) => {
  expect(error.code).toBe(code);
  // The way to the terminal shows several problems one by one; here their own error is looked at.
  const text =
    error instanceof DapoProblems
      ? `error: ${error.message.replace('\n', ` ${code}\n`)}`
      : describeError(error, false, plain);
  expect(text).toMatch(new RegExp(`^error: .* ${code}$`, 'm'));
  expect(text).not.toMatch(/^\s+at .*:\d+:\d+/m);
  expect(text).toMatchSnapshot();
});
