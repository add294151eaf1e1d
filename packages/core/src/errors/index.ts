export * from './data-errors.js';
export * from './nearest-name.js';
export * from './prompt-errors.js';
export * from './run-errors.js';
export * from './explanations/index.js';
