import type { Kind } from '../../plugin/kinds.js';
import { close } from './compare.js';
import type { Finding } from './contract-check.js';
import { tokenBatch, type Rows, type TokenBatch } from './token-batch.js';
import { gradient, prepared, type Callable } from './token-function.js';

/** A first update, where every ratio is 1, with one advantage for all tokens. */
function firstUpdate(advantage: number): TokenBatch {
  const batch = tokenBatch();
  return {
    ...batch,
    oldLogProbs: batch.logProbs,
    advantages: batch.advantages.map((row) => row.map(() => advantage)),
  };
}

/**
 * Whether a higher advantage makes the loss pull a token up more. Compares two signs of the advantage, so
 * that terms which don't know it, such as a KL term or an entropy bonus, cancel.
 */
export async function findWrongDirection<K extends Kind>(callable: Callable<K>): Promise<Finding> {
  const up = firstUpdate(1);
  const selected = (await prepared(callable, up)).prepared;
  const rising = await gradient(callable, { ...up, prepared: selected });
  const falling = await gradient(callable, { ...firstUpdate(-1), prepared: selected });
  const leads = zip(falling, rising);
  if (leads.some(([down, grown]) => grown > down && !close(grown, down, 1e-5))) {
    return (
      'a higher advantage makes a token less likely: the optimizer goes down the loss, so the loss ' +
      'of a token is −advantage · its ratio or log-prob'
    );
  }
  if (leads.some(([down, grown]) => grown < down && !close(grown, down, 1e-5))) return undefined;
  return 'its gradient does not depend on the advantages at all: nothing would be learned from rewards';
}

function zip(a: Rows, b: Rows): [number, number][] {
  return a.flatMap((row, r) => row.map((x, t): [number, number] => [x, b[r]![t]!]));
}
