import { configExplanations } from './config-explanations.js';
import { configFileExplanations } from './config-file-explanations.js';
import { contractExplanations } from './contract-explanations.js';
import { dataExplanations } from './data-explanations.js';
import type { ErrorExplanations } from './explanation.js';
import { pluginExplanations } from './plugin-explanations.js';
import { runExplanations } from './run-explanations.js';

export type { ErrorExplanation, ErrorExplanations } from './explanation.js';

/** Of every error that the core can report. */
export const coreExplanations: ErrorExplanations = {
  ...configExplanations,
  ...configFileExplanations,
  ...pluginExplanations,
  ...dataExplanations,
  ...runExplanations,
  ...contractExplanations,
};
