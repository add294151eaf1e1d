import {
  tf,
  type AccumulateOptions,
  type AccumulateReport,
  type Completion,
  type Json,
  type LogProbs,
  type LogProbsOptions,
  type Objective,
  type Policy,
  type PolicyBatch,
  type PolicyTraits,
  type PolicyVersion,
  type PublishOptions,
  type SampleRequest,
  type State,
  type StepReport,
  type StepRequest,
} from '@dapo/core';
import type { Architecture } from './architecture.js';
import { batchLogProbs } from './batch-log-probs.js';
import { contextExceeded, emptyPrompt } from './errors.js';
import { copyOf, FrozenWeights, mixed } from './frozen-weights.js';
import { generate } from './generate.js';
import { Gradients } from './gradients.js';
import { exceedsAlone, microBatches, positionsOf } from './micro-batches.js';
import { canPack } from './packed-attention.js';
import type { Parameters } from './parameters.js';
import { groupOf, prepare, prepareToRecompute, withPrepared, type Decoder } from './prepared.js';
import { readLogProbs } from './read-log-probs.js';
import { RotaryTable } from './rotary.js';

export interface TransformerSettings {
  readonly architecture: Architecture;
  readonly parameters: Parameters;
  /** Memory that micro-batches of size 'auto' are cut for, and that limits how many responses are generated at a time. */
  readonly byteLimit: number;
  /** Responses generated at a time. */
  readonly maxRows: number;
  /** Whether an update keeps its layers' inputs only; auto: where one response keeps more than `byteLimit`. */
  readonly recompute: boolean | 'auto';
  /** Writes the parameters into a folder. */
  save(folder: string, parameters: Parameters): Promise<void>;
}

/** A decoder in this process, in TensorFlow.js operations. */
export class TransformerPolicy implements Policy {
  readonly traits: PolicyTraits;
  private readonly decoder: Decoder;
  private readonly gradients: Gradients;
  private readonly frozen = new FrozenWeights();
  private version = 0;

  constructor(private readonly settings: TransformerSettings) {
    const { architecture, parameters } = settings;
    this.decoder = {
      architecture,
      weights: parameters,
      rotary: new RotaryTable(architecture.headDim, architecture.ropeTheta, groupOf(architecture)),
    };
    this.gradients = new Gradients(parameters);
    this.traits = {
      entropy: true,
      gradientNorm: 'before-step',
      snapshots: 'frozen',
      logProbs: 'tempered',
      reproducible: true,
      optimizerFields: 'all',
      contextLength: architecture.contextLength,
      vocabularySize: architecture.vocabularySize,
    };
  }

  async generate(request: SampleRequest): Promise<Completion[]> {
    this.checkPrompts(request.prompts, request.sampling.maxResponseLength);
    return withPrepared(this.decoder, (decoder) => generate(decoder, request, this.settings));
  }

  async logProbs(batch: PolicyBatch, options: LogProbsOptions): Promise<LogProbs> {
    this.checkBatch(batch);
    const decoder = options.version ? { ...this.decoder, weights: this.frozen.of(options.version) } : this.decoder;
    const parts = this.split(batch, 'auto');
    return withPrepared(decoder, (prepared) => readLogProbs(prepared, batch, parts, options));
  }

  async accumulate(batch: PolicyBatch, objective: Objective, options: AccumulateOptions): Promise<AccumulateReport> {
    this.checkBatch(batch);
    const { temperature, needsEntropy } = objective;
    const recomputed = this.recomputes(batch);
    const parts = this.split(batch, options.microBatch, recomputed);
    const prepared = recomputed ? prepareToRecompute : prepare;
    for (const rows of parts) {
      this.gradients.add(() =>
        objective.evaluate({
          ...batchLogProbs(prepared(this.decoder), batch, rows, { temperature, entropy: needsEntropy }),
          rows,
        }),
      );
    }
    return { parts: await this.gradients.readParts(), positions: positionsOf(batch, parts) };
  }

  gradientNorm(): Promise<number> {
    return this.gradients.norm();
  }

  async discard(): Promise<void> {
    this.gradients.clear();
    await Promise.resolve();
  }

  async step({ optimizer, learningRate, gradientNorm }: StepRequest): Promise<StepReport> {
    const gradients = this.gradients.take();
    optimizer.apply({ parameters: this.settings.parameters, gradients, learningRate, gradientNorm });
    tf.dispose(gradients as Record<string, tf.Tensor>);
    this.version++;
    await Promise.resolve();
    return { version: this.version, ignored: [] };
  }

  async publish({ frozen, mix }: PublishOptions = {}): Promise<PolicyVersion> {
    const { version } = this;
    const { parameters } = this.settings;
    await Promise.resolve();
    if (mix) return this.frozen.keep(version, mixed(parameters, this.frozen.of(mix.version), mix.share));
    return frozen ? this.frozen.keep(version, copyOf(parameters)) : { version, release: () => undefined };
  }

  async reopen(state: State): Promise<PolicyVersion> {
    await Promise.resolve();
    return this.frozen.reopen(state);
  }

  async save(folder: string): Promise<string> {
    await this.settings.save(folder, this.settings.parameters);
    return folder;
  }

  /** The weights are restored by the factory, from what `save` wrote. */
  state(): State {
    return { json: { version: this.version } };
  }

  restore({ json }: State): void {
    this.version = (json as { readonly [key: string]: Json })['version'] as number;
  }

  dispose(): void {
    this.gradients.clear();
    this.frozen.dispose();
    tf.dispose(this.settings.parameters as Record<string, tf.Tensor>);
  }

  private split(batch: PolicyBatch, microBatch: number | 'auto', recomputed = false): number[][] {
    const { architecture, byteLimit } = this.settings;
    const limit = microBatch === 'auto' ? { architecture, bytes: byteLimit, recomputed } : microBatch;
    return microBatches(batch, { packed: canPack(), limit });
  }

  /** A function of shapes and options alone. */
  private recomputes(batch: PolicyBatch): boolean {
    const { architecture, byteLimit, recompute } = this.settings;
    if (!canPack()) return false;
    return recompute === 'auto' ? exceedsAlone(batch, { architecture, bytes: byteLimit }) : recompute;
  }

  private checkBatch(batch: PolicyBatch): void {
    this.checkPrompts(batch.prompts, longestResponse(batch));
  }

  private checkPrompts(prompts: readonly Int32Array[], response: number): void {
    const { contextLength } = this.settings.architecture;
    prompts.forEach((prompt, index) => {
      if (prompt.length === 0) throw emptyPrompt(index);
      if (prompt.length + response > contextLength) throw contextExceeded(prompt.length, response, contextLength);
    });
  }
}

function longestResponse(batch: PolicyBatch): number {
  return batch.responses.reduce((max, { tokens }) => Math.max(max, tokens.length), 0);
}
