import type { Placed, Parts } from './parts.js';
import { leftBehind } from './kept-tensors.js';
import { Matrix } from './matrix.js';
import { callLoss, lossInputs, type MiniBatch } from './objective.js';

/**
 * After an update that left tensors behind: computes the loss once more by itself, and puts down what it and its parts
 * keep. The moments of an optimizer and the weights of a policy are theirs, and nobody is named for them.
 */
export function accountForLoss(
  miniBatch: MiniBatch,
  { policy, loss, calls }: Pick<Parts, 'policy' | 'loss' | 'calls'>,
): void {
  const { batch, rows } = miniBatch;
  const logProbs = batch.oldLogProbs.take(rows);
  const entropy = policy.instance.traits.entropy ? new Matrix(rows.length, batch.width) : undefined;
  let ofParts = 0;
  const observe = (part: Placed<object>, call: () => unknown): unknown => {
    const kept = leftBehind(() => void call());
    part.kept?.add(part, kept);
    ofParts += kept;
    return call();
  };
  const all = leftBehind(() => {
    const inputs = { logProbs: logProbs.whole(), entropy: entropy?.whole(), rows: rows.map((_, row) => row) };
    calls.observed(observe, () => void callLoss(loss, lossInputs(miniBatch, inputs)));
  });
  // Each part was called twice.
  loss.kept?.add(loss, all - 2 * ofParts);
}
