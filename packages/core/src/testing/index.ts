export * from './tabular-policy.js';
export * from './letters.js';
export * from './allclose.js';
export * from './finite-difference.js';
export * from './fixtures.js';
