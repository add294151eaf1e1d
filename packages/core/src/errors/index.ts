export * from './data-errors.js';
export * from './nearest-name.js';
export * from './run-errors.js';
