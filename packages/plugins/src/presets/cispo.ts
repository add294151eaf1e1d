import type { ConfigLayer } from '@dapo/core';

/** CISPO (MiniMax-M1, arXiv 2506.13585): DAPO whose clip bounds the weight of a token and never stops its gradient. */
const cispo: ConfigLayer = { extends: 'dapo', loss: { use: 'policy-gradient', clip: 'cispo' } };

export default cispo;
