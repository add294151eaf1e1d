import type { ConfigLayer } from '@dapo/core';

/** GFPO (arXiv 2508.09726): of each group only the shortest responses teach. Take groups well above `keep`. */
const gfpo: ConfigLayer = {
  extends: 'grpo',
  filters: { shortest: { use: 'top-k-responses', keep: 4, by: 'shortest' } },
  aggregation: 'token',
};

export default gfpo;
