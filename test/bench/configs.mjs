// The configurations that every benchmark measures; a vocabulary of 64, four updates a rollout step.

const B = { hidden: 128, layers: 4, heads: 4, prompts: 32, group: 16, promptTokens: 16, tokens: 32 };

export const CONFIGS = {
  A: { ...B, hidden: 64, layers: 2, tokens: 16 },
  B,
  C: { ...B, hidden: 256, heads: 8, prompts: 16, tokens: 64 },
  /** Response lengths uniform in 1 … 32. */
  D: { ...B, ragged: true },
  E: { ...B, promptTokens: 128 },
};
