import type { ConfigLayer } from '@dapo/core';

/** Dr. GRPO (arXiv 2503.20783): no division by the deviation of a group, nor by the length of a response. */
const drGrpo: ConfigLayer = { extends: 'grpo', advantage: 'group-center', aggregation: 'constant' };

export default drGrpo;
