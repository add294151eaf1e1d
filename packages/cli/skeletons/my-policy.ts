import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  definePlugin,
  tf,
  tokens,
  z,
  type AccumulateOptions,
  type AccumulateReport,
  type Completion,
  type LogProbs,
  type LogProbsOptions,
  type Objective,
  type OptionsOf,
  type Policy,
  type PolicyBatch,
  type PolicyTraits,
  type PolicyVersion,
  type SampleRequest,
  type State,
  type StepReport,
  type StepRequest,
} from '@dapo/core';

const options = z.strictObject({
  checkpoint: z
    .string()
    .optional()
    .describe('folder that `save` wrote; without one every token is as likely as any other'),
});

/** Token ids [R, T]: those that were chosen, the one before each of them, and 1 where there is one. */
interface Ids {
  readonly width: number;
  readonly chosen: Int32Array;
  readonly previous: Int32Array;
  readonly mask: Float32Array;
}

/** Responses as matrices; the token before the first of a response is the last of its prompt. */
export function idsOf({ prompts, responses, promptOf }: PolicyBatch, rows: readonly number[]): Ids {
  const width = Math.max(1, ...rows.map((row) => responses[row]!.tokens.length));
  const size = rows.length * width;
  const ids = {
    width,
    chosen: new Int32Array(size),
    previous: new Int32Array(size),
    mask: new Float32Array(size),
  };
  rows.forEach((row, r) => {
    const { tokens: chosen } = responses[row]!;
    ids.chosen.set(chosen, r * width);
    ids.mask.fill(1, r * width, r * width + chosen.length);
    ids.previous.set([prompts[promptOf[row]!]!.at(-1) ?? 0, ...chosen.slice(0, -1)].slice(0, chosen.length), r * width);
  });
  return ids;
}

/** log softmax(table[previous] / τ) at the chosen token, and the entropy; both [R, T], 0 beyond a response. */
export function bigramOutputs(
  table: tf.Tensor2D,
  ids: Ids,
  temperature: number,
): { readonly logProbs: tf.Tensor2D; readonly entropy: tf.Tensor2D } {
  const shape: [number, number] = [ids.chosen.length / ids.width, ids.width];
  const all = tf.logSoftmax(tf.div(tf.gather(table, tf.tensor1d(ids.previous, 'int32')), temperature) as tf.Tensor2D);
  const masked = (perToken: tf.Tensor): tf.Tensor2D =>
    tf.mul(tf.reshape(perToken, shape), tf.tensor2d(ids.mask, shape));
  const chosen = tf.oneHot(tf.tensor1d(ids.chosen, 'int32'), table.shape[1]);
  return {
    logProbs: masked(tf.sum(tf.mul(all, chosen), 1)),
    entropy: masked(tf.neg(tf.sum(tf.mul(tf.exp(all), all), 1))),
  };
}

/** A table of logits [V, V]: what follows a token hangs on that token alone. */
class BigramPolicy implements Policy {
  readonly traits: PolicyTraits;
  private gradient?: tf.Tensor;
  private version = 0;

  private readonly table: tf.Variable<tf.Rank.R2>;

  constructor(table: tf.Variable<tf.Rank.R2>) {
    this.table = table;
    this.traits = {
      entropy: true,
      gradientNorm: 'before-step',
      snapshots: 'latest',
      logProbs: 'tempered',
      reproducible: true,
      optimizerFields: 'all',
      contextLength: 1_000_000,
      vocabularySize: table.shape[0],
    };
  }

  async generate({ prompts, groupSize, sampling, endToken, key }: SampleRequest): Promise<Completion[]> {
    const { temperature, maxResponseLength } = sampling;
    const rows = tf.tidy(() => tf.logSoftmax(tf.div(this.table, temperature || 1) as tf.Tensor2D));
    const values = (await rows.data()) as Float32Array;
    rows.dispose();
    const size = this.traits.vocabularySize;
    const after = (token: number): Float32Array => values.subarray(token * size, (token + 1) * size);
    return prompts.flatMap((prompt, p) =>
      Array.from({ length: groupSize }, (_, g): Completion => {
        const drawn: number[] = [];
        const logProbs: number[] = [];
        while (drawn.length < maxResponseLength && drawn.at(-1) !== endToken) {
          const row = after(drawn.at(-1) ?? prompt.at(-1) ?? 0);
          const token = temperature === 0 ? row.indexOf(Math.max(...row)) : draw(row, key(p, g).uniform(drawn.length));
          drawn.push(token);
          logProbs.push(row[token]!);
        }
        return {
          tokens: Int32Array.from(drawn),
          logProbs: Float32Array.from(logProbs),
          finish: drawn.at(-1) === endToken ? 'stop' : 'length',
        };
      }),
    );
  }

  async logProbs(batch: PolicyBatch, { temperature, entropy }: LogProbsOptions): Promise<LogProbs> {
    const ids = idsOf(
      batch,
      batch.responses.map((_, row) => row),
    );
    const outputs = tf.tidy(() => bigramOutputs(this.table, ids, temperature));
    const result = {
      width: ids.width,
      logProbs: Float32Array.from(await outputs.logProbs.data()),
      ...(entropy && { entropy: Float32Array.from(await outputs.entropy.data()) }),
    };
    tf.dispose([outputs.logProbs, outputs.entropy]);
    return result;
  }

  async accumulate(
    batch: PolicyBatch,
    objective: Objective,
    { microBatch }: AccumulateOptions,
  ): Promise<AccumulateReport> {
    const all = batch.responses.map((_, row) => row);
    const size = microBatch === 'auto' ? Math.max(1, all.length) : microBatch;
    const parts: Record<string, number>[] = [];
    for (let start = 0; start < all.length; start += size)
      parts.push(await this.accumulateRows(batch, objective, all.slice(start, start + size)));
    return { parts };
  }

  private async accumulateRows(
    batch: PolicyBatch,
    objective: Objective,
    rows: readonly number[],
  ): Promise<Record<string, number>> {
    const ids = idsOf(batch, rows);
    const scalars: Record<string, tf.Scalar> = {};
    const { value, grads } = tf.variableGrads(() => {
      const { logProbs, entropy } = bigramOutputs(this.table, ids, objective.temperature);
      const { total, scalars: found } = objective.evaluate({
        logProbs,
        rows,
        ...(objective.needsEntropy && { entropy }),
      });
      for (const [name, scalar] of Object.entries(found)) scalars[name] = tf.keep(tf.clone(scalar));
      return total;
    }, [this.table]);
    this.add(Object.values(grads)[0]!);
    const numbers: Record<string, number> = { total: (await value.data())[0]! };
    for (const [name, scalar] of Object.entries(scalars)) numbers[name] = (await scalar.data())[0]!;
    tf.dispose([value, grads, scalars]);
    return numbers;
  }

  async gradientNorm(): Promise<number> {
    const norm = tf.tidy(() => tf.norm(this.accumulated()));
    const [value] = await norm.data();
    norm.dispose();
    return value!;
  }

  async discard(): Promise<void> {
    this.gradient?.dispose();
    this.gradient = undefined;
  }

  async step({ optimizer, learningRate, gradientNorm }: StepRequest): Promise<StepReport> {
    tf.tidy(() =>
      optimizer.apply({
        parameters: { table: this.table },
        gradients: { table: this.accumulated() },
        learningRate,
        gradientNorm,
      }),
    );
    await this.discard();
    this.version += 1;
    return { version: this.version, ignored: [] };
  }

  async publish(): Promise<PolicyVersion> {
    return { version: this.version, release: () => undefined };
  }

  async save(folder: string): Promise<string> {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'table.json'), `${JSON.stringify(await this.table.array())}\n`);
    return folder;
  }

  async state(): Promise<State> {
    return {
      json: { version: this.version },
      tensors: { table: { shape: this.table.shape, values: Float32Array.from(await this.table.data()) } },
    };
  }

  restore({ json, tensors }: State): void {
    this.version = (json as { readonly version: number }).version;
    tf.tidy(() => this.table.assign(tf.tensor2d(tensors!['table']!.values, this.table.shape)));
  }

  async dispose(): Promise<void> {
    await this.discard();
    this.table.dispose();
  }

  private accumulated(): tf.Tensor {
    return this.gradient ?? tf.zerosLike(this.table);
  }

  private add(gradient: tf.Tensor): void {
    const sum = tf.tidy(() => tf.add(this.accumulated(), gradient));
    this.gradient?.dispose();
    this.gradient = sum;
  }
}

/** The token at which the summed probabilities exceed a number between 0 and 1. */
function draw(logProbs: Float32Array, uniform: number): number {
  let sum = 0;
  const token = logProbs.findIndex((logProb) => (sum += Math.exp(logProb)) > uniform);
  return token < 0 ? logProbs.length - 1 : token;
}

export default definePlugin({
  kind: 'policy',
  name: 'my-policy',
  summary: 'A table of logits: each token hangs on the one before it alone.',
  source: { title: 'our own' },
  options,
  inject: { tokenizer: tokens.tokenizer, configFolder: tokens.configFolder },
  check: (_, { rollout }) =>
    rollout.topP < 1 || rollout.topK > 0
      ? [
          {
            level: 'error',
            message: 'this policy knows neither topP nor topK',
            hint: 'leave them out of rollout',
          },
        ]
      : [],
  create: async ({ checkpoint }, { tokenizer, configFolder }) => {
    const size = tokenizer.vocabularySize;
    const rows =
      checkpoint === undefined
        ? undefined
        : (JSON.parse(await readFile(path.resolve(configFolder, checkpoint, 'table.json'), 'utf8')) as number[][]);
    return new BigramPolicy(
      tf.tidy(() => tf.variable(rows ? tf.tensor2d(rows, [size, size]) : tf.zeros<tf.Rank.R2>([size, size]))),
    );
  },
});

/** With `plugins: ['./plugins/my-policy.ts']` in a config, `use: 'my-policy'` completes there and its options are checked. */
declare module '@dapo/core' {
  interface PluginCatalogue {
    'my-policy': { policy: { 'my-policy': OptionsOf<(typeof import('./my-policy.js'))['default']> } };
  }
}
