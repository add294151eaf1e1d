import { definePlugin } from '../plugin/define-plugin.js';
import { tf } from '../tensors/tf.js';
import { tokens } from '../plugin/tokens.js';
import { z } from 'zod';
import type {
  AccumulateReport,
  Completion,
  LogProbs,
  LogProbsOptions,
  Objective,
  Policy,
  PolicyBatch,
  PolicyTraits,
  PolicyVersion,
  PublishOptions,
  SampleRequest,
  State,
  StepReport,
  StepRequest,
} from '../contracts/index.js';
import { versionReleased } from '../errors/run-errors.js';
import { objectiveGradients } from './objective-gradients.js';
import { softmaxRow, tableGradient, type TokenGradients } from './tabular-gradient.js';

const options = z.strictObject({
  vocabularySize: z.number().int().min(2).default(4).describe('tokens, the end token (the last one) included'),
  prompts: z.number().int().min(1).default(4).describe('rows of the table: a prompt is told by its last token'),
  length: z.number().int().min(1).default(8).describe('columns of the table: positions of a response'),
  logits: z.array(z.number()).optional().describe('initial logits of every row and position [vocabulary]'),
  entropy: z.boolean().default(true).describe('whether it can give entropies'),
  checkpoint: z.string().optional().describe('what `save` gave; the table itself comes with the state'),
});
type Options = z.output<typeof options>;

/**
 * A policy of one logit table [prompts, length, vocabulary]: exact expectations, and a run in a second. It is handed
 * ∂objective/∂log-probs and applies the chain rule itself, as a policy behind a protocol would.
 */
export class TabularPolicy implements Policy {
  readonly traits: PolicyTraits;
  readonly table: tf.Variable;
  private gradient: Float32Array | undefined;
  /** Published tables that later steps don't change. */
  private readonly frozen = new Map<PolicyVersion, Float32Array>();
  private version = 0;

  constructor(
    private readonly options: Options,
    initial: Float32Array,
  ) {
    const { prompts, length, vocabularySize } = options;
    this.table = tf.tidy(() =>
      tf.variable(tf.tensor3d(initial, [prompts, length, vocabularySize]), true, undefined, 'float32'),
    );
    this.traits = {
      entropy: options.entropy,
      gradientNorm: 'before-step',
      snapshots: 'frozen',
      logProbs: 'tempered',
      reproducible: true,
      optimizerFields: 'all',
      contextLength: length + 1,
      vocabularySize,
    };
  }

  async generate(request: SampleRequest): Promise<Completion[]> {
    const table = await this.logits();
    const completions: Completion[] = [];
    for (const [p, prompt] of request.prompts.entries()) {
      for (let g = 0; g < request.groupSize; g++) completions.push(this.draw(table, prompt, request, p, g));
    }
    return completions;
  }

  private draw(table: Float32Array, prompt: Int32Array, request: SampleRequest, p: number, g: number): Completion {
    const { maxResponseLength, temperature } = request.sampling;
    const key = request.key(p, g);
    const drawn: number[] = [];
    const logProbs: number[] = [];
    for (let t = 0; t < maxResponseLength; t++) {
      const probabilities = softmaxRow(table, this.cell(prompt, t), this.options.vocabularySize, temperature || 1);
      const token = temperature === 0 ? argMax(probabilities) : inverseCdf(probabilities, key.uniform(t));
      drawn.push(token);
      logProbs.push(Math.log(probabilities[token]!));
      if (token === request.endToken) break;
    }
    const finish = drawn.at(-1) === request.endToken ? 'stop' : 'length';
    return { tokens: Int32Array.from(drawn), logProbs: Float32Array.from(logProbs), finish };
  }

  async logProbs(batch: PolicyBatch, { temperature, version }: LogProbsOptions): Promise<LogProbs> {
    return this.outputs(version ? this.tableOf(version) : await this.logits(), batch, temperature);
  }

  private outputs(
    table: Float32Array,
    batch: PolicyBatch,
    temperature: number,
  ): LogProbs & { readonly entropy: Float32Array } {
    const width = Math.max(1, ...batch.responses.map((response) => response.tokens.length));
    const logProbs = new Float32Array(batch.responses.length * width);
    const entropy = new Float32Array(batch.responses.length * width);
    batch.responses.forEach((response, r) => {
      response.tokens.forEach((token, t) => {
        const cell = this.cell(batch.prompts[batch.promptOf[r]!]!, t);
        const probabilities = softmaxRow(table, cell, this.options.vocabularySize, temperature);
        logProbs[r * width + t] = Math.log(probabilities[token]!);
        entropy[r * width + t] = -probabilities.reduce((sum, q) => sum + q * Math.log(q), 0);
      });
    });
    return { width, logProbs, entropy };
  }

  async accumulate(
    batch: PolicyBatch,
    objective: Objective,
    { microBatch }: { readonly microBatch: number | 'auto' },
  ): Promise<AccumulateReport> {
    const table = await this.logits();
    this.gradient ??= new Float32Array(table.length);
    const size = microBatch === 'auto' ? batch.responses.length : microBatch;
    const parts: Record<string, number>[] = [];
    for (let start = 0; start < batch.responses.length; start += size) {
      const rows = batch.responses.map((_, row) => row).slice(start, start + size);
      parts.push(await this.accumulateRows(table, batch, objective, rows));
    }
    return { parts };
  }

  private async accumulateRows(
    table: Float32Array,
    batch: PolicyBatch,
    objective: Objective,
    rows: readonly number[],
  ): Promise<Record<string, number>> {
    const { temperature } = objective;
    const part: PolicyBatch = {
      prompts: batch.prompts,
      responses: rows.map((row) => batch.responses[row]!),
      promptOf: Int32Array.from(rows, (row) => batch.promptOf[row]!),
    };
    const { width, logProbs, entropy } = this.outputs(table, part, temperature);
    const gradients = await objectiveGradients(objective, rows, width, logProbs, entropy);
    part.responses.forEach((response, r) => {
      response.tokens.forEach((token, t) => {
        const cell = this.cell(part.prompts[part.promptOf[r]!]!, t);
        const at = r * width + t;
        tableGradient(this.gradient!, table, cell, this.options.vocabularySize, temperature, {
          token,
          logProb: gradients.logProbs[at]!,
          entropy: gradients.entropy?.[at] ?? 0,
        } satisfies TokenGradients);
      });
    });
    return gradients.scalars;
  }

  async gradientNorm(): Promise<number> {
    return Math.sqrt(this.accumulated.reduce((sum, g) => sum + g * g, 0));
  }

  /** What is accumulated [prompts · length · vocabulary]; for tests. */
  get accumulated(): Float32Array {
    return this.gradient ?? new Float32Array(0);
  }

  async discard(): Promise<void> {
    this.gradient = undefined;
  }

  async step({ optimizer, learningRate, gradientNorm }: StepRequest): Promise<StepReport> {
    tf.tidy(() => {
      const table = tf.tensor(this.gradient!, this.table.shape);
      optimizer.apply({ parameters: { table: this.table }, gradients: { table }, learningRate, gradientNorm });
    });
    this.gradient = undefined;
    this.version += 1;
    return { version: this.version, ignored: [] };
  }

  async publish({ frozen, mix }: PublishOptions = {}): Promise<PolicyVersion> {
    const { version } = this;
    if (!frozen && !mix) return { version, release: () => undefined };
    const current = await this.logits();
    if (!mix) return this.freeze(version, Float32Array.from(current));
    const others = this.tableOf(mix.version);
    return this.freeze(
      version,
      current.map((logit, i) => mix.share * logit + (1 - mix.share) * others[i]!),
    );
  }

  async reopen({ json, tensors }: State): Promise<PolicyVersion> {
    return this.freeze((json as { version: number }).version, tensors!['table']!.values);
  }

  private freeze(version: number, table: Float32Array): PolicyVersion {
    const handle: PolicyVersion = {
      version,
      release: () => void this.frozen.delete(handle),
      state: () => ({
        json: { version },
        tensors: { table: { shape: this.table.shape, values: this.tableOf(handle) } },
      }),
    };
    this.frozen.set(handle, table);
    return handle;
  }

  private tableOf(handle: PolicyVersion): Float32Array {
    const table = this.frozen.get(handle);
    if (!table) throw versionReleased(handle.version);
    return table;
  }

  /** Writes nothing: the table is in the state. */
  async save(folder: string): Promise<string> {
    return folder;
  }

  async state(): Promise<State> {
    return {
      json: { version: this.version },
      tensors: { table: { shape: this.table.shape, values: await this.logits() } },
    };
  }

  restore({ json, tensors }: State): void {
    this.version = (json as { version: number }).version;
    const { shape, values } = tensors!['table']!;
    tf.tidy(() => this.table.assign(tf.tensor(values, [...shape])));
  }

  dispose(): void {
    this.table.dispose();
  }

  private async logits(): Promise<Float32Array> {
    return (await this.table.data()) as Float32Array;
  }

  /** Index of the first logit of a position. */
  private cell(prompt: Int32Array, t: number): number {
    const { prompts, length, vocabularySize } = this.options;
    return ((prompt.at(-1) ?? 0) % prompts) * length * vocabularySize + Math.min(t, length - 1) * vocabularySize;
  }
}

function argMax(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
}

function inverseCdf(probabilities: Float64Array, u: number): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++) {
    sum += probabilities[i]!;
    if (u < sum) return i;
  }
  return probabilities.length - 1;
}

export const tabularPolicy = definePlugin({
  kind: 'policy',
  name: 'tabular',
  summary: 'One logit table: exact expectations, for tests.',
  options,
  inject: { random: tokens.random },
  create: (chosen) => {
    const { prompts, length, vocabularySize, logits } = chosen;
    const cells = Array.from({ length: prompts * length }, () => logits ?? new Array<number>(vocabularySize).fill(0));
    return new TabularPolicy(chosen, Float32Array.from(cells.flat()));
  },
});
