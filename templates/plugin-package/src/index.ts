/** What the package offers: every export is a plugin, and each is named under `dapo.plugins` in package.json. */
export { default as cappedRatio } from './capped-ratio.js';
