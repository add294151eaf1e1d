import type { ConfigLayer } from '@dapo/core';

/** GSPO (arXiv 2507.18071): ratios of whole responses, clipped within the paper's narrow bounds. */
const gspo: ConfigLayer = {
  extends: 'grpo',
  loss: { use: 'policy-gradient', ratio: 'sequence', clip: { use: 'clip', low: 3e-4, high: 4e-4 } },
};

export default gspo;
