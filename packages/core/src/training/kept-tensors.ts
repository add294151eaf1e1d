import { isThenable } from '../plugin/settling.js';
import { tensorsKept } from '../errors/run-errors.js';
import type { DapoError } from '../errors/dapo-error.js';
import { tf } from '../tensors/tf.js';
import type { Placed } from './parts.js';

/** What a plugin is known by here. */
export type Holder = Pick<Placed<unknown>, 'kind' | 'label' | 'path' | 'instance'>;

/** Their tensors are the run's own: weights and moments. */
const HOLDING_KINDS = ['policy', 'optimizer', 'backend'];

/**
 * Who leaves how many tensors behind. Each call of a plugin is counted, which costs two reads of a number; it is told
 * at the end of a step, and only where the step as a whole has grown.
 */
export class KeptTensors {
  private readonly kept = new Map<string, { readonly plugin: Holder; readonly tensors: number }>();
  private readonly told = new Set<string>();
  /** Tensors that are somebody's already: what a plugin within another keeps is not the outer one's. */
  private counted = 0;
  private atLastStep: number | undefined;

  /** Counts what a call leaves behind. What is made within a `tf.tidy` of the engine is not: its end decides. */
  counting<T>(plugin: Holder, call: () => T): T {
    if (withinTidy()) return call();
    const before = this.unaccounted();
    const settle = (): void => this.add(plugin, this.unaccounted() - before);
    const result = call();
    if (isThenable(result)) return Promise.resolve(result).finally(settle) as T;
    settle();
    return result;
  }

  add(plugin: Holder, tensors: number): void {
    const { tensors: before } = this.kept.get(plugin.path) ?? { tensors: 0 };
    this.kept.set(plugin.path, { plugin, tensors: before + tensors });
    this.counted += tensors;
  }

  /**
   * The plugins that have kept tensors in this step and declare no state of their own, each told once. The first step
   * of a session is what others are measured by: parameters and moments come into being in it.
   *
   * @param step counts from 0
   */
  stepEnded(step: number): DapoError[] {
    const now = tf.memory().numTensors;
    const grown = now > (this.atLastStep ?? Infinity);
    this.atLastStep = now;
    const holders = [...this.kept.values()];
    this.kept.clear();
    if (!grown) return [];
    const leaking = holders.filter(
      ({ plugin, tensors }) => tensors > 0 && !mayHold(plugin) && !this.told.has(plugin.path),
    );
    return leaking.map(({ plugin: { label, path }, tensors }) => {
      this.told.add(path);
      return tensorsKept(label, tensors, step, path);
    });
  }

  private unaccounted(): number {
    return tf.memory().numTensors - this.counted;
  }
}

/** What has a state to save or something to dispose of says that it holds tensors. */
function mayHold({ kind, instance }: Holder): boolean {
  const { state, dispose } = instance as { readonly state?: unknown; readonly dispose?: unknown };
  return HOLDING_KINDS.includes(kind) || typeof state === 'function' || typeof dispose === 'function';
}

function withinTidy(): boolean {
  return tf.engine().state.scopeStack.length > 0;
}

/** A `tf.tidy` of the engine around the call of one plugin: what it leaves, and does not return, the plugin has kept. */
export function tidyAround<T extends tf.TensorContainer>(plugin: Placed<unknown>, call: () => T): T {
  const before = tf.memory().numTensors;
  const result = tf.tidy(call);
  plugin.kept?.add(plugin, tf.memory().numTensors - before - tensorsIn(result));
  return result;
}

function tensorsIn(value: unknown): number {
  if (value instanceof tf.Tensor) return 1;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, inner) => sum + tensorsIn(inner), 0);
}

/** Tensors that a pure tensor function leaves behind. */
export function leftBehind(call: () => void): number {
  const before = tf.memory().numTensors;
  tf.tidy(call);
  return tf.memory().numTensors - before;
}
