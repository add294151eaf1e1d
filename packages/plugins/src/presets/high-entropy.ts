import type { ConfigLayer } from '@dapo/core';

/** Beyond the 80/20 Rule (arXiv 2506.01939): DAPO on the fifth of the tokens whose entropy is highest. */
const highEntropy: ConfigLayer = { extends: 'dapo', filters: { entropy: 'high-entropy' } };

export default highEntropy;
