import type { PolicyBatch } from '../../contracts/index.js';

/** Two prompts and four responses to them, one of them of a single token; token 3 ends a response. */
export function policyBatch(): PolicyBatch {
  return {
    prompts: [Int32Array.of(0, 1), Int32Array.of(2)],
    responses: [[0, 2, 1, 3], [1, 1], [3], [2, 0, 3]].map((tokens) => ({ tokens: Int32Array.from(tokens) })),
    promptOf: Int32Array.of(0, 0, 1, 1),
  };
}

/** The same with a response of no token. */
export function policyBatchWithEmpty(): PolicyBatch {
  const { prompts, responses, promptOf } = policyBatch();
  return {
    prompts,
    responses: [...responses, { tokens: new Int32Array(0) }],
    promptOf: Int32Array.of(...promptOf, 1),
  };
}

/** Some of the responses, in this order, and their prompts. */
export function takeBatch({ prompts, responses, promptOf }: PolicyBatch, order: readonly number[]): PolicyBatch {
  const used = [...new Set(order.map((r) => promptOf[r]!))];
  return {
    prompts: used.map((p) => prompts[p]!),
    responses: order.map((r) => responses[r]!),
    promptOf: Int32Array.from(order, (r) => used.indexOf(promptOf[r]!)),
  };
}
