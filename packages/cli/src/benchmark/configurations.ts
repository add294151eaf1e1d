/** What one of the built-in benchmarks computes in a rollout step. */
export interface Configuration {
  /** Width of the residual stream. */
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly prompts: number;
  /** Responses to each prompt. */
  readonly group: number;
  readonly promptTokens: number;
  /** Tokens of the longest response; of every one, where the lengths don't differ. */
  readonly tokens: number;
  /** Lengths uniform in 1 … tokens. */
  readonly ragged?: boolean;
}

const B: Configuration = { hidden: 128, layers: 4, heads: 4, prompts: 32, group: 16, promptTokens: 16, tokens: 32 };

/** A vocabulary of 64 and four updates a rollout step, each. */
export const CONFIGURATIONS: Readonly<Record<string, Configuration>> = {
  A: { ...B, hidden: 64, layers: 2, tokens: 16 },
  B,
  C: { ...B, hidden: 256, heads: 8, prompts: 16, tokens: 64 },
  D: { ...B, ragged: true },
  E: { ...B, promptTokens: 128 },
};

export const UPDATES = 4;

/** With the end token, 64 of them. */
export const CHARACTERS = '0123456789+-*/= abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU';

/** @example describe(B) → 'hidden 128, 4 layers, 32 × 16 responses of 32 tokens to prompts of 16' */
export function describeConfiguration({
  hidden,
  layers,
  prompts,
  group,
  promptTokens,
  tokens,
  ragged,
}: Configuration): string {
  const length = ragged ? `1 … ${tokens}` : `${tokens}`;
  return `hidden ${hidden}, ${layers} layers, ${prompts} × ${group} responses of ${length} tokens to prompts of ${promptTokens}`;
}
