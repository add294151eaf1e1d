import { tf, type NamedTensors, type Objective } from '@dapo/core';
import type { Parameters } from './parameters.js';

/** Gradients summed over micro-batches, and the scalars of each until they are read. */
export class Gradients {
  private sums: Record<string, tf.Tensor> = {};
  private parts: Record<string, tf.Tensor>[] = [];
  private readonly variables: readonly tf.Variable[];
  /** TensorFlow.js's name of a variable → the parameter's. */
  private readonly nameOf: ReadonlyMap<string, string>;

  constructor(private readonly parameters: Parameters) {
    this.variables = Object.values(parameters).filter(({ trainable }) => trainable);
    this.nameOf = new Map(Object.entries(parameters).map(([name, variable]) => [variable.name, name]));
  }

  /** Adds the gradient of a function's total by every parameter that is trained. */
  add(evaluate: () => ReturnType<Objective['evaluate']>): void {
    const part: Record<string, tf.Tensor> = {};
    // Known before the way back, where memory may end: `clear` disposes of it then.
    this.parts.push(part);
    const { value, grads } = tf.variableGrads(() => {
      const outputs = evaluate();
      for (const [name, scalar] of Object.entries(outputs.scalars)) part[name] = tf.keep(tf.clone(scalar));
      return outputs.total;
    }, [...this.variables]);
    part['total'] = value;
    for (const [variable, gradient] of Object.entries(grads)) {
      const name = this.nameOf.get(variable)!;
      const sum = this.sums[name];
      this.sums[name] = sum ? tf.add(sum, gradient) : gradient;
      if (sum) tf.dispose([sum, gradient]);
    }
  }

  /** The scalars of every micro-batch since the last call, in one read. */
  async readParts(): Promise<Record<string, number>[]> {
    const { parts } = this;
    this.parts = [];
    if (parts.length === 0) return [];
    const all = tf.tidy(() =>
      tf.stack(parts.flatMap((part) => Object.values(part).map((scalar) => tf.cast(scalar, 'float32')))),
    );
    parts.forEach((part) => tf.dispose(part));
    const values = await all.data();
    all.dispose();
    let at = 0;
    return parts.map((part) => Object.fromEntries(Object.keys(part).map((name) => [name, values[at++]!])));
  }

  /** √ Σ g² over all parameters, the last sum in float64. */
  async norm(): Promise<number> {
    const gradients = Object.values(this.sums);
    if (gradients.length === 0) return 0;
    // A tidy a gradient: the squares of all at once would be as large as the model.
    const squares = tf.tidy(() => tf.stack(gradients.map((gradient) => tf.tidy(() => tf.sum(tf.square(gradient))))));
    const values = (await squares.data()) as Float32Array;
    squares.dispose();
    return Math.sqrt(values.reduce((sum, value) => sum + value, 0));
  }

  /** Hands the sums over and starts anew; a trained parameter that nothing reached has gradient 0. */
  take(): NamedTensors {
    const { sums } = this;
    this.sums = {};
    const trained = Object.entries(this.parameters).filter(([, { trainable }]) => trainable);
    return Object.fromEntries(trained.map(([name, variable]) => [name, sums[name] ?? tf.zerosLike(variable)]));
  }

  clear(): void {
    tf.dispose(this.sums);
    tf.dispose(this.parts);
    this.sums = {};
    this.parts = [];
  }
}
